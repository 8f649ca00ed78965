/**
 * What a run shows while it waits until people raise a budget.
 *
 * @module
 */

/** What a run shows while it waits until people raise a budget. @param of - The run above whose budget it is; absent for its own */
export function raiseWords(message: string, of?: string): string {
  return `${beginning(of)}${message}`
}

/** Whether these words are {@link raiseWords} for the same budget. */
export function isRaiseWait(words: string, of?: string): boolean {
  return words.startsWith(beginning(of))
}

/** The message in {@link raiseWords} for a run's own budget; `undefined` for any other words. */
export function shortWords(words: string): string | undefined {
  return isRaiseWait(words) ? words.slice(beginning(undefined).length) : undefined
}

function beginning(of: string | undefined): string {
  return `waiting for a larger budget${of === undefined ? '' : ` of ${of}`}: `
}
