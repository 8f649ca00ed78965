import { LostContent } from '../../core/lost-content.ts'
import { MESSAGE_VERSION, type Message } from '../../core/messages.ts'
import type { TranscriptRef } from '../../core/protocol.ts'
import type { MessageTable } from '../schema.ts'
import { sealerOf } from '../seals/seal-text.ts'
import { isSealed, keyIdOf } from '../seals/sealer.ts'
import { StoreProblem } from '../store-problem.ts'
import { all, type Statement, type Work } from '../work.ts'
import { findParent } from './append-messages.ts'
import { digestOf } from './digest.ts'

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

/**
 * The messages of a transcript from a position on, its parents' first. Every place is checked: none missing, none changed since
 * it was written.
 */
export function* readTranscript({ lineage, length }: TranscriptRef, from: number): Work<ReadMessages> {
  if (from >= length) return { messages: [], size: 0, sealed: false }
  const parent = yield* findParent(lineage)
  const inherited = Math.min(parent?.parent_length ?? 0, length)
  const before = yield* readTranscript({ lineage: parent?.parent ?? lineage, length: inherited }, from)
  const start = Math.max(from, inherited)
  const rows = yield* all(messagesBetween, { lineage, from: start, to: length })
  const own: Message[] = []
  for (const [index, row] of rows.entries()) own.push(yield* messageOf(row, start + index))
  if (start + own.length < length) throw missing(lineage, start + own.length)
  return {
    messages: before.messages.concat(own),
    size: rows.reduce((size, row) => size + row.body.length, before.size),
    sealed: before.sealed || rows.some(row => isSealed(row.body)),
  }
}

/** One message, in the lineage or where its parents have it. */
export function* findMessage(lineage: string, position: number): Work<Message> {
  const { messages } = yield* readTranscript({ lineage, length: position + 1 }, position)
  return messages[0]!
}

function* messageOf(row: MessageTable, position: number): Work<Message> {
  if (row.position !== position) throw missing(row.lineage, position)
  if (row.version !== MESSAGE_VERSION) throw unreadable(row)
  const sealer = isSealed(row.body) ? yield* sealerOf(keyIdOf(row.body)) : undefined
  const body = sealer ? sealer.open(row.body) : row.body
  if ((sealer ? sealer.digest(body) : digestOf(body)) !== row.digest) throw damaged(row)
  return JSON.parse(body) as Message
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

const WAY_OUT =
  'Point DATABASE_URL at the store with which the run began or restore its backup, then reset the run; otherwise start it again.'
