/**
 * What a run says of itself that waits until people raise a budget.
 *
 * @module
 */

/** @param of - The run above whose budget it is; absent: its own. */
export function raiseWords(message: string, of?: string): string {
  return `${beginning(of)}${message}`
}

/** Whether these words are of such a wait, for the same budget. */
export function isRaiseWait(words: string, of?: string): boolean {
  return words.startsWith(beginning(of))
}

function beginning(of: string | undefined): string {
  return `waiting for a larger budget${of === undefined ? '' : ` of ${of}`}: `
}
