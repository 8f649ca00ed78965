/**
 * How the tools that a workflow asks for itself are told from those that a model has asked for.
 *
 * @module
 */

const PREFIX = 'workflow-'

/** The id of a call, by its number among those of its run. */
export function ownToolCallId(number: number): string {
  return `${PREFIX}${number}`
}

/** Vendors' ids of a model's calls begin with words of their own. */
export function isOwnToolCall(toolCallId: string): boolean {
  return toolCallId.startsWith(PREFIX)
}
