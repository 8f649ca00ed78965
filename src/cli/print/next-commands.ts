/**
 * The commands by which a person answers what a run waits for, as lines below what it asks.
 *
 * @module
 */

/** For a tool call that waits for approval. */
export function decideCommands(run: string, toolCallId: string): string {
  return `  signalbox approve ${run} ${toolCallId}    or: signalbox deny ${run} ${toolCallId}`
}

/** For a run whose limit on money or tokens is short. */
export function raiseCommands(run: string): string {
  return `  signalbox approve ${run} --raise-usd <amount>    or: signalbox stop ${run}`
}
