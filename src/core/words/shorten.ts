/**
 * Texts made shorter, never by half of a character: JavaScript has two where people see one, and vendors refuse a request with one alone.
 *
 * @module
 */

/** Its first characters, at most so many. */
export function cutText(text: string, most: number): string {
  return text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '')
}

/** At most so many characters, on one line. */
export function shorten(text: string, most: number): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= most ? line : `${cutText(line, most - 1)}…`
}
