/**
 * What is looked up of a call that was answered: its tools' inputs, and what its transcript refers to.
 *
 * @module
 */
import { LostContent, WAY_OUT } from '../../core/content/lost-content.ts'
import type { JsonValue, Message } from '../../core/messages.ts'
import { ownerOf } from '../../core/runs/lineage-owner.ts'
import { answerOf, findCall } from '../ledger/call-rows.ts'
import type { BlobTable } from '../schema.ts'
import { opened } from '../seals/seal-text.ts'
import { findParent } from '../transcripts/append-messages.ts'
import { readMessage } from '../transcripts/read-transcript.ts'
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

/**
 * The input that a model gave to a tool: the journal's answer ends its transcript, and its message has the tool call.
 *
 * @throws LostContent where the journal has no answer: it was purged, or the store is an older one than the run.
 */
export function* findInput(callId: string, toolCallId: string): Work<JsonValue | undefined> {
  const answer = yield* answerOf(yield* findCall(callId))
  if (!answer) throw new LostContent(`The answer to the call ${callId} is missing from the store. ${WAY_OUT}`)
  const { messages } = yield* readMessage(answer.transcript.lineage, answer.transcript.length - 1)
  return inputIn(messages[0]!, toolCallId)
}

function inputIn(message: Message, toolCallId: string): JsonValue | undefined {
  if (message.role !== 'assistant') return undefined
  for (const part of message.content) {
    if (part.type === 'tool-call' && part.toolCallId === toolCallId) return part.input as JsonValue
  }
  return undefined
}
