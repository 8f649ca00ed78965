import { LostContent, WAY_OUT } from '../../core/lost-content.ts'
import { MESSAGE_VERSION, type Message } from '../../core/messages.ts'
import type { TranscriptRef } from '../../core/protocol.ts'
import { readBlobs } from '../blobs/blob-rows.ts'
import { clearResults, putBack, refsIn } from '../blobs/stored-message.ts'
import type { MessageTable } from '../schema.ts'
import { openedAs } from '../seals/seal-text.ts'
import { isSealed } from '../seals/sealer.ts'
import { StoreProblem } from '../store-problem.ts'
import { all, one, type Statement, type Work } from '../work.ts'
import { findParent } from './append-messages.ts'
import { ownerOf } from './owner.ts'

const messagesBetween: Statement<{ lineage: string; from: number; to: number }, MessageTable> = (
  { lineage, from, to },
  { queries },
) =>
  queries
    .selectFrom('messages')
    .selectAll()
    .where('lineage', '=', lineage)
    .where('position', '>=', from)
    .where('position', '<', to)
    .orderBy('position')

const placeOf: Statement<{ lineage: string; position: number }, Pick<MessageTable, 'position'>> = (
  { lineage, position },
  { queries },
) => queries.selectFrom('messages').select('position').where('lineage', '=', lineage).where('position', '=', position)

export interface ReadMessages {
  readonly messages: readonly Message[]
  /** Their length as JSON text. */
  readonly size: number
  /** Some of them are sealed: they may not outlive their key in a cache. */
  readonly sealed: boolean
}

/**
 * The messages of a transcript from a position on, its parents' first. Every place is checked: none missing, none changed since
 * it was written. Long tool results before `clearedBefore` are not read: a note stands in their place.
 */
export function* readTranscript(transcript: TranscriptRef, from: number, clearedBefore = 0): Work<ReadMessages> {
  const rows = yield* rowsOf(transcript, from)
  const stored: Stored[] = []
  for (const row of rows) {
    const message: unknown = JSON.parse(yield* bodyOf(row))
    stored.push({
      owner: ownerOf(row.lineage),
      message: row.position < clearedBefore ? clearResults(message) : message,
    })
  }
  const bodies = yield* bodiesOf(stored)
  let size = rows.reduce((sum, row) => sum + row.body.length, 0)
  for (const body of bodies.values()) size += body.length
  const messages = stored.map(({ message }) => putBack(message, bodies))
  return { messages, size, sealed: rows.some(row => isSealed(row.body)) }
}

/** One message, in the lineage or where its parents have it. */
export function* findMessage(lineage: string, position: number): Work<Message> {
  const { messages } = yield* readTranscript({ lineage, length: position + 1 }, position)
  return messages[0]!
}

/**
 * Of what the reader knows already the last message of each lineage must still be there: one that is gone was purged, with all that its
 * run had said, and what was purged is not said again because somebody remembers it.
 */
function* rowsOf({ lineage, length }: TranscriptRef, from: number): Work<readonly MessageTable[]> {
  if (length === 0) return []
  const parent = yield* findParent(lineage)
  const inherited = Math.min(parent?.parent_length ?? 0, length)
  const before = yield* rowsOf({ lineage: parent?.parent ?? lineage, length: inherited }, from)
  if (length === inherited) return before
  if (from >= length) {
    if (!(yield* one(placeOf, { lineage, position: length - 1 }))) throw missing(lineage, length - 1)
    return before
  }
  const start = Math.max(from, inherited)
  const rows = yield* all(messagesBetween, { lineage, from: start, to: length })
  for (const [index, row] of rows.entries()) checkPlace(row, start + index)
  if (start + rows.length < length) throw missing(lineage, start + rows.length)
  return before.concat(rows)
}

interface Stored {
  /** The run under whose key the long values lie. */
  readonly owner: string
  readonly message: unknown
}

/** A fork's messages may belong to several runs. Equal digests are equal texts, whoever keeps them. */
function* bodiesOf(stored: readonly Stored[]): Work<ReadonlyMap<string, string>> {
  const wanted = new Map<string, Set<string>>()
  for (const { owner, message } of stored)
    for (const { digest } of refsIn(message)) wanted.set(owner, (wanted.get(owner) ?? new Set()).add(digest))
  const bodies = new Map<string, string>()
  for (const [owner, digests] of wanted)
    for (const [digest, body] of yield* readBlobs(owner, [...digests])) bodies.set(digest, body)
  return bodies
}

function checkPlace(row: MessageTable, position: number): void {
  if (row.position !== position) throw missing(row.lineage, position)
  if (row.version !== MESSAGE_VERSION) throw unreadable(row)
}

function* bodyOf(row: MessageTable): Work<string> {
  const body = yield* openedAs(row.body, row.digest)
  if (body === undefined) throw damaged(row)
  return body
}

function missing(lineage: string, position: number): LostContent {
  return new LostContent(`Message ${position} of the lineage ${lineage} is missing in the store. ${WAY_OUT}`)
}

function damaged({ lineage, position }: MessageTable): LostContent {
  return new LostContent(`Message ${position} of the lineage ${lineage} was changed since it was written. ${WAY_OUT}`)
}

function unreadable({ lineage, position, version }: MessageTable): StoreProblem {
  return new StoreProblem(
    'newer-version',
    `Message ${position} of the lineage ${lineage} follows the message specification ${version}, ` +
      `and this Signalbox reads ${MESSAGE_VERSION}. Run the version of Signalbox that wrote it.`,
  )
}
