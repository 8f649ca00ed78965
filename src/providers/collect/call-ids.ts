/**
 * What we call the tool calls of an answer. They are told apart by their ids: in decisions of people, in records of tools, in events.
 *
 * @module
 */
import type { Message } from '../../core/messages.ts'
import { portableId } from '../prepare/tool-call-ids.ts'
import type { ToolCallDraft } from './answer-parts.ts'

/** Ours for the vendor's id of the next call. */
export type CallIds = (vendorId: string) => Pick<ToolCallDraft, 'toolCallId' | 'vendorId'>

/**
 * Ours stand in history, in commands and in indexes: PostgreSQL takes 2,704 bytes for an entry. Vendors' own have up to 64 characters. Those in
 * which a gateway hides the signature of a thought have thousands.
 */
const MOST_BYTES = 256

/**
 * Gives each call an id that no other call of the answer has, and none of the prompt. Some servers repeat ids, or count anew in each answer
 * (`call_0`): whoever approved the call of one step late would have approved that of a later one.
 */
export function createCallIds(prompt: readonly Message[]): CallIds {
  let taken: Set<string> | undefined
  const numbers = new Map<string, number>()
  return vendorId => {
    taken ??= idsIn(prompt)
    const isLong = Buffer.byteLength(vendorId) > MOST_BYTES
    const wanted = isLong ? portableId(vendorId) : vendorId
    let toolCallId = wanted
    let number = numbers.get(wanted) ?? 1
    while (taken.has(toolCallId)) toolCallId = `${wanted}_${++number}`
    numbers.set(wanted, number)
    taken.add(toolCallId)
    return { toolCallId, ...(isLong && { vendorId }) }
  }
}

function idsIn(prompt: readonly Message[]): Set<string> {
  const ids = new Set<string>()
  for (const message of prompt)
    if (message.role === 'assistant')
      for (const part of message.content) if (part.type === 'tool-call') ids.add(part.toolCallId)
  return ids
}
