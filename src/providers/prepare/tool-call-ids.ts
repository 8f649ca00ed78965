/**
 * Ids of tool calls on their way to another vendor than the one that made them.
 *
 * @module
 */
import { createHash } from 'node:crypto'

/**
 * What every vendor takes: Anthropic allows letters, digits, `_` and `-`, OpenAI's Responses 64 characters. Moonshot makes
 * `functions.get_weather:0`, and wants it back.
 */
const TAKEN_EVERYWHERE = /^[\w-]{1,64}$/

/** Enough of the old id to recognise it; with the digest it stays within 64. */
const KEPT_CHARACTERS = 48

export function isTakenEverywhere(toolCallId: string): boolean {
  return TAKEN_EVERYWHERE.test(toolCallId)
}

/** The same id for the same id, always, so that a vendor's cache of the prompt stays good. */
export function portableId(toolCallId: string): string {
  if (isTakenEverywhere(toolCallId)) return toolCallId
  const digest = createHash('sha256').update(toolCallId).digest('hex').slice(0, 12)
  return `${toolCallId.replace(/[^\w-]/g, '_').slice(0, KEPT_CHARACTERS)}_${digest}`
}
