import { ownerOf } from '../../core/lineage-owner.ts'
import type { JsonValue } from '../../core/messages.ts'
import { answerOf, findCall } from '../ledger/call-rows.ts'
import type { BlobTable } from '../schema.ts'
import { opened } from '../seals/seal-text.ts'
import { findParent } from '../transcripts/append-messages.ts'
import { all, type Statement, type Work } from '../work.ts'

type Range = { runKey: string; first: string; last: string }

const blobsBetween: Statement<Range, BlobTable> = ({ runKey, first, last }, { queries }) =>
  queries
    .selectFrom('blobs')
    .selectAll()
    .where('run_key', '=', runKey)
    .where('digest', '>=', first)
    .where('digest', '<=', last)

/** Hexadecimal as digests are written; anything else was made up. */
const REFERENCE = /^[0-9a-f]{12,64}$/

/** Looks with the run that made the call, and with those from which its transcript comes. */
export function* findByReference(callId: string, reference: string): Work<JsonValue | undefined> {
  const answer = yield* answerOf(yield* findCall(callId))
  if (!answer || !REFERENCE.test(reference)) return undefined
  for (let lineage: string | undefined = answer.transcript.lineage; lineage !== undefined; ) {
    const range = { runKey: ownerOf(lineage), first: reference, last: `${reference}g` }
    const [found] = yield* all(blobsBetween, range)
    if (found) return JSON.parse(yield* opened(found.body)) as JsonValue
    lineage = (yield* findParent(lineage))?.parent
  }
  return undefined
}
