import { LostContent, WAY_OUT } from '../../core/content/lost-content.ts'
import { pagesOf } from '../in-pages.ts'
import { insertOnce } from '../insert-once.ts'
import type { BlobTable } from '../schema.ts'
import { openedAs } from '../seals/seal-text.ts'
import { ask, one, type Statement, tell, type Work } from '../work.ts'

type Place = { runKey: string; digest: string }

const insertBlob = insertOnce('blobs')

const findBlob: Statement<Place, BlobTable> = ({ runKey, digest }, { queries }) =>
  queries.selectFrom('blobs').selectAll().where('run_key', '=', runKey).where('digest', '=', digest)

/** Keeps a text of a run, sealed where the run is, once however often it occurs there. */
export const writeBlob = (runKey: string, digest: string, body: string) =>
  tell(insertBlob, { run_key: runKey, digest, body })

/** A text that must be there, as it was written. */
export function* readBlob(runKey: string, digest: string): Work<string> {
  return yield* opened(runKey, digest, yield* one(findBlob, { runKey, digest }))
}

/** Several texts of one run by their digests; every one must be there, as it was written. */
export function* readBlobs(runKey: string, digests: readonly string[]): Work<ReadonlyMap<string, string>> {
  const bodies = new Map<string, string>()
  if (digests.length === 1) return bodies.set(digests[0]!, yield* readBlob(runKey, digests[0]!))
  for (const wanted of pagesOf(digests)) {
    const rows = yield* ask(({ queries }) =>
      queries.selectFrom('blobs').selectAll().where('run_key', '=', runKey).where('digest', 'in', wanted),
    )
    const found = new Map(rows.map(row => [row.digest, row]))
    for (const digest of wanted) bodies.set(digest, yield* opened(runKey, digest, found.get(digest)))
  }
  return bodies
}

function* opened(runKey: string, digest: string, row: BlobTable | undefined): Work<string> {
  const place = `The content ${digest.slice(0, 12)} of the run ${runKey}`
  if (!row) throw new LostContent(`${place} is missing from the store. ${WAY_OUT}`)
  const body = yield* openedAs(row.body, digest)
  if (body === undefined) throw new LostContent(`${place} has been changed since it was written. ${WAY_OUT}`)
  return body
}
