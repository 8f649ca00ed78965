/**
 * The commands by which a person answers what a run waits for, as lines below what it asks.
 *
 * @module
 */
import { shellWord } from './shell-word.ts'

/** For a tool call that waits for approval. */
export function decideCommands(run: string, toolCallId: string): string {
  const call = `${shellWord(run)} ${shellWord(toolCallId)}`
  return `  signalbox approve ${call}    or: signalbox deny ${call}`
}

/** For a run whose limit on money or tokens is short. */
export function raiseCommands(run: string): string {
  const word = shellWord(run)
  return `  signalbox approve ${word} --raise-usd <amount>    or: signalbox stop ${word}`
}
