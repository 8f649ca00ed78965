import { LostContent, WAY_OUT } from '../../core/content/lost-content.ts'
import { MESSAGE_VERSION, type Message } from '../../core/messages.ts'
import { ownerOf } from '../../core/runs/lineage-owner.ts'
import { readBlobs } from '../blobs/blob-rows.ts'
import { clearResults, putBack, refsIn } from '../blobs/stored-message.ts'
import type { MessageTable } from '../schema.ts'
import { openedAs } from '../seals/seal-text.ts'
import { isSealed } from '../seals/sealer.ts'
import { StoreProblem } from '../store-problem.ts'
import { all, type Statement, type Work } from '../work.ts'
import { chainOf, type LineageChain } from './lineage-chain.ts'

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

export interface ReadMessages {
  readonly messages: readonly Message[]
  /** Their length as JSON text. */
  readonly size: number
  /** Some of them are sealed: they may not outlive their key in a cache. */
  readonly sealed: boolean
}

/** So many messages of a lineage. */
export interface Stretch {
  readonly chain: LineageChain
  readonly length: number
}

/**
 * The messages of a stretch from a position on, its parents' first. Every place is checked: none missing, none changed since
 * it was written. Long tool results before `clearedBefore` are not read: a note stands in their place.
 */
export function* readTranscript(stretch: Stretch, from: number, clearedBefore = 0): Work<ReadMessages> {
  const rows = yield* rowsOf(stretch, from)
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
export function* readMessage(lineage: string, position: number): Work<ReadMessages> {
  const chain = yield* chainOf(lineage)
  return yield* readTranscript({ chain, length: position + 1 }, position)
}

function* rowsOf({ chain, length }: Stretch, from: number): Work<readonly MessageTable[]> {
  const [link, ...above] = chain
  if (!link || from >= length) return []
  const { lineage, parent_length } = link
  const inherited = Math.min(parent_length ?? 0, length)
  const before = yield* rowsOf({ chain: above, length: inherited }, from)
  if (length === inherited) return before
  const start = Math.max(from, inherited)
  const rows = yield* all(messagesBetween, { lineage, from: start, to: length })
  for (const [index, row] of rows.entries()) checkPlace(row, start + index)
  if (start + rows.length < length) throw lost(lineage, start + rows.length)
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
  if (row.position !== position) throw lost(row.lineage, position)
  if (row.version !== MESSAGE_VERSION) throw unreadable(row)
}

function* bodyOf({ body: text, digest, lineage, position }: MessageTable): Work<string> {
  const body = yield* openedAs(text, digest)
  if (body === undefined) throw lost(lineage, position, 'has been changed since it was written')
  return body
}

function lost(lineage: string, position: number, what = 'is missing from the store'): LostContent {
  return new LostContent(`Message ${position} of the lineage ${lineage} ${what}. ${WAY_OUT}`)
}

function unreadable({ lineage, position, version }: MessageTable): StoreProblem {
  return new StoreProblem(
    'newer-version',
    `Message ${position} of the lineage ${lineage} follows the message specification ${version}, ` +
      `and this Signalbox reads ${MESSAGE_VERSION}. Run the version of Signalbox that wrote it.`,
  )
}
