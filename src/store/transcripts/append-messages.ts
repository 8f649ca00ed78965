import { MESSAGE_VERSION, type Message } from '../../core/messages.ts'
import type { TranscriptRef } from '../../core/protocol.ts'
import { ownerOf } from '../../core/runs/lineage-owner.ts'
import { writeBlob } from '../blobs/blob-rows.ts'
import { takeOut } from '../blobs/stored-message.ts'
import { insertOnce } from '../insert-once.ts'
import type { LineageTable, MessageTable, RunTable } from '../schema.ts'
import { PLAIN, sealerOf } from '../seals/seal-text.ts'
import type { Sealer } from '../seals/sealer.ts'
import { all, one, type Statement, tell, together, type Work } from '../work.ts'

type Written = Pick<MessageTable, 'position' | 'digest'>

const parentOf: Statement<{ lineage: string }, LineageTable> = ({ lineage }, { queries }) =>
  queries.selectFrom('lineages').selectAll().where('lineage', '=', lineage)

const digestsBetween: Statement<{ lineage: string; from: number; to: number }, Written> = (
  { lineage, from, to },
  { queries },
) =>
  queries
    .selectFrom('messages')
    .select(['position', 'digest'])
    .where('lineage', '=', lineage)
    .where('position', '>=', from)
    .where('position', '<', to)

const insertMessage: Statement<MessageTable, unknown> = (row, { queries }) => queries.insertInto('messages').values(row)

const insertLineage = insertOnce('lineages')

/** The lineage that this one left and where, or `undefined` for one that began by itself. */
export const findParent = (lineage: string) => one(parentOf, { lineage })

interface Draft {
  readonly body: string
  readonly digest: string
  /** What is long in it, by digest. */
  readonly blobs: ReadonlyMap<string, string>
}

/**
 * Appends a run's messages behind the first `length` of a lineage, and gives the transcript with them.
 *
 * A place that holds the same message already is left as it is. A place that holds another one begins a new lineage there,
 * whose name follows from the place and the message, so that a retry finds it again.
 *
 * @param taken - What {@link takenOf} has found there since the run was locked. @defaultValue it is looked up
 */
export function* appendMessages(
  { seal_key }: Pick<RunTable, 'seal_key'>,
  transcript: TranscriptRef,
  messages: readonly Message[],
  taken?: Taken,
): Work<TranscriptRef> {
  const sealer = seal_key === null ? undefined : yield* sealerOf(seal_key)
  return yield* appendDrafts(
    transcript,
    messages.map(message => draftOf(message, sealer ?? PLAIN)),
    taken ?? (yield* takenOf(transcript, messages.length)),
  )
}

function draftOf(message: Message, { seal, digest }: Pick<Sealer, 'seal' | 'digest'>): Draft {
  const { body, blobs } = takeOut(message, digest)
  const sealed = [...blobs].map(([name, text]) => [name, seal(text)] as const)
  return { body: seal(body), digest: digest(body), blobs: new Map(sealed) }
}

function* appendDrafts(
  { lineage, length }: TranscriptRef,
  drafts: readonly Draft[],
  taken: Taken,
): Work<TranscriptRef> {
  for (const [index, draft] of drafts.entries()) {
    const position = length + index
    const there = taken.get(position)
    if (there === draft.digest) continue
    if (there !== undefined) return yield* fork(lineage, position, drafts.slice(index))
    const { body, digest, blobs } = draft
    for (const [name, text] of blobs) yield* writeBlob(ownerOf(lineage), name, text)
    yield* tell(insertMessage, { lineage, position, version: MESSAGE_VERSION, body, digest })
  }
  return { lineage, length: length + drafts.length }
}

function* fork(parent: string, position: number, drafts: readonly Draft[]): Work<TranscriptRef> {
  const lineage = `${parent}~${PLAIN.digest(`${position} ${drafts[0]!.digest}`).slice(0, 12)}`
  yield* tell(insertLineage, { lineage, parent, parent_length: position })
  const transcript = { lineage, length: position }
  return yield* appendDrafts(transcript, drafts, yield* takenOf(transcript, drafts.length))
}

/** The digests of messages by their position. */
export type Taken = ReadonlyMap<number, string>

/** What lies already in the next so many places of a transcript. */
export function* takenOf({ lineage, length }: TranscriptRef, count: number): Work<Taken> {
  return count > 0 ? yield* digestsFrom(lineage, length, length + count) : new Map()
}

/** What lies at these positions, in the lineage itself or where they are its parents'. */
function* digestsFrom(lineage: string, from: number, to: number): Work<Taken> {
  const [own, parent] = yield* together(all(digestsBetween, { lineage, from, to }), findParent(lineage))
  const digests = new Map(own.map(row => [row.position, row.digest]))
  if (!parent || from >= parent.parent_length) return digests
  const inherited = yield* digestsFrom(parent.parent, from, Math.min(to, parent.parent_length))
  return new Map([...inherited, ...digests])
}
