/**
 * The ids of tool calls that a workflow itself makes, as opposed to a model.
 *
 * @module
 */

const PREFIX = 'workflow-'

/** The id of a tool call that a workflow itself makes, from its number in the run. */
export function ownToolCallId(number: number): string {
  return `${PREFIX}${number}`
}

/** Whether a workflow itself made the call. Vendors' ids never begin like ours. */
export function isOwnToolCall(toolCallId: string): boolean {
  return toolCallId.startsWith(PREFIX)
}
