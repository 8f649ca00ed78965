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

/** What is short, of a run's own such wait; `undefined` for other words. */
export function shortWords(words: string): string | undefined {
  return isRaiseWait(words) ? words.slice(beginning(undefined).length) : undefined
}

function beginning(of: string | undefined): string {
  return `waiting for a larger budget${of === undefined ? '' : ` of ${of}`}: `
}
