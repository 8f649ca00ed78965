/**
 * Ids of tool calls on their way to another vendor than the one that made them.
 *
 * @module
 */
import { hash } from 'node:crypto'

/**
 * What every vendor takes: Anthropic allows letters, digits, `_` and `-`, OpenAI's chat completions 40 characters and its Responses 64.
 * Moonshot makes `functions.get_weather:0`, and wants it back.
 */
const TAKEN_EVERYWHERE = /^[\w-]{1,40}$/

/** Enough of the old id to recognise it; with the digest it stays within 40. */
const KEPT_CHARACTERS = 27

/** With a number behind them that fits into 40. */
const NUMBERED_CHARACTERS = 34

export function isTakenEverywhere(toolCallId: string): boolean {
  return TAKEN_EVERYWHERE.test(toolCallId)
}

/** The same id for the same id, always, so that a vendor's cache of the prompt stays good. */
export function portableId(toolCallId: string): string {
  if (isTakenEverywhere(toolCallId)) return toolCallId
  const digest = hash('sha256', toolCallId).slice(0, 12)
  return `${toolCallId.replace(/[^\w-]/g, '_').slice(0, KEPT_CHARACTERS)}_${digest}`
}

/** The id, or one with the first number behind it that is not taken: the same one for as long as what is taken only grows. */
export function freeId(toolCallId: string, taken: ReadonlySet<string>): string {
  if (!taken.has(toolCallId)) return toolCallId
  for (let number = 2; ; number += 1) {
    const numbered = `${toolCallId.slice(0, NUMBERED_CHARACTERS)}_${number}`
    if (!taken.has(numbered)) return numbered
  }
}
