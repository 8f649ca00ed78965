/**
 * What the tools give, so that the judge can tell it beforehand.
 *
 * @module
 */

/** Over the 512 bytes that history may show: the whole goes to the store. */
const LONG = 3_000

/** Tools whose outcome is unknown once their worker is lost. */
export const AT_MOST_ONCE: ReadonlySet<string> = new Set(['charge', 'publish', 'permit', 'forbid'])

/** What a call of them costs; the others are free. */
export const PRICE_USD: Readonly<Record<string, string>> = { look: '0.00005', charge: '0.0001' }

/** What its model is told where no budget admits the price. */
export const tooDear = (tool: string) => `${tool} was not called: a call costs $${PRICE_USD[tool]}, and `

export function resultOf(tool: string, tag: string, at: string): string {
  const words = `${tool} of ${tag} at ${at}`
  if (tool === 'break') return `${words}: the shelf is empty`
  return tool === 'fetch' ? `${words}: `.padEnd(LONG, `${tag} ${at} `) : words
}
