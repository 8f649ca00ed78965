import { LostContent } from '../../core/content/lost-content.ts'
import type { TextPort } from '../../core/ports.ts'
import type { RunName } from '../../core/protocol.ts'
import { sealedRoot, type WorkflowPlace } from '../../core/sealing.ts'
import { readBlob, writeBlob } from '../blobs/blob-rows.ts'
import type { Connection } from '../connection.ts'
import { type LockedRun, lockRun } from '../ledger/run-row.ts'
import { runsAbove } from '../runs/runs-above.ts'
import type { BlobTable, ClientTextTable } from '../schema.ts'
import { findRoot } from '../seals/key-rows.ts'
import { PLAIN, sealerOf } from '../seals/seal-text.ts'
import { one, type Statement, tell, type Work } from '../work.ts'

type Place = { runId: string; digest: string }

/** Where the text is there already, for an earlier run of this id, it gets the new time. */
const insertText: Statement<ClientTextTable, unknown> = (row, { queries }) =>
  queries
    .insertInto('client_texts')
    .values(row)
    .onConflict(conflict => conflict.columns(['run_id', 'digest']).doUpdateSet({ at_ms: row.at_ms }))

const findText: Statement<Place, ClientTextTable> = ({ runId, digest }, { queries }) =>
  queries.selectFrom('client_texts').selectAll().where('run_id', '=', runId).where('digest', '=', digest)

const deleteText: Statement<Place, unknown> = ({ runId, digest }, { queries }) =>
  queries.deleteFrom('client_texts').where('run_id', '=', runId).where('digest', '=', digest)

type Kept = { runKey: string; digest: string }

const findDigest: Statement<Kept, Pick<BlobTable, 'digest'>> = ({ runKey, digest }, { queries }) =>
  queries.selectFrom('blobs').select('digest').where('run_key', '=', runKey).where('digest', '=', digest)

const findBody: Statement<Kept, Pick<BlobTable, 'body'>> = ({ runKey, digest }, { queries }) =>
  queries.selectFrom('blobs').select('body').where('run_key', '=', runKey).where('digest', '=', digest)

const findTaken: Statement<Place, Pick<BlobTable, 'body'>> = ({ runId, digest }, { queries }) =>
  queries
    .selectFrom('blobs')
    .innerJoin('runs', 'runs.run_key', 'blobs.run_key')
    .select('blobs.body')
    .where('runs.run_id', '=', runId)
    .where('blobs.digest', '=', digest)
    .limit(1)

/** Texts on their way from a client to a run: kept under the run's id, since its key is Temporal's to give. */
export function createTexts({ write }: Connection): TextPort {
  return {
    keep: (run, text, atMs) => write(() => keep(run, JSON.stringify(text), atMs)),
    take: (run, digest) => write(() => take(run, digest)),
  }
}

/** Keeps a text under the digest that it will have in the run's message, so that the run keeps it once. */
function* keep(run: WorkflowPlace, json: string, atMs: number): Work<string> {
  const root = yield* findRoot(sealedRoot(run))
  const { seal, digest } = root?.content === 1 ? yield* sealerOf(root.key_id) : PLAIN
  const name = digest(json)
  yield* tell(insertText, { run_id: run.workflowId, digest: name, body: seal(json), at_ms: atMs })
  return name
}

function* take(asked: RunName, digest: string): Work<string> {
  const run = yield* lockRun(asked)
  const { id, key } = asked
  const text = yield* one(findText, { runId: id, digest })
  if (text) {
    yield* writeBlob(key, digest, text.body)
    yield* tell(deleteText, { runId: id, digest })
  } else if (!(yield* one(findDigest, { runKey: key, digest }))) yield* takeOver(run, digest)
  return JSON.parse(yield* readBlob(key, digest)) as string
}

/**
 * What a run above was given, which has passed it on; or another namespace has a run of this id that was given the same words and came
 * first: what it took was written for both.
 */
function* takeOver(run: LockedRun, digest: string): Work<void> {
  const { run_key: key, run_id: runId } = run
  const text = (yield* textAbove(run, digest)) ?? (yield* one(findTaken, { runId, digest }))
  if (!text) throw lost(runId, digest)
  yield* writeBlob(key, digest, text.body)
}

/** Nearest first. On its way still where the run above has not read it itself; it stays there. */
function* textAbove(run: LockedRun, digest: string): Work<Pick<BlobTable, 'body'> | undefined> {
  for (const { run_id: runId, run_key: runKey } of (yield* runsAbove(run)).toReversed()) {
    const text = (yield* one(findText, { runId, digest })) ?? (yield* one(findBody, { runKey, digest }))
    if (text) return text
  }
  return undefined
}

function lost(runId: string, digest: string): LostContent {
  return new LostContent(
    `The text ${digest.slice(0, 12)} that a client wrote for the run ${runId} is missing from the store. ` +
      'If a workflow was given it and hands it on, start this run with its `run.child` or `run.agent`, which pass it on; otherwise point DATABASE_URL of clients and workers at the same store, then start the run again.',
  )
}
