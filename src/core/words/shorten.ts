/**
 * Shortens texts without cutting a character in half: JavaScript has two units for some characters, and vendors refuse a request with one
 * of them alone.
 *
 * @module
 */

/** The first `most` UTF-16 units of a text, without half a character at the end. */
export function cutText(text: string, most: number): string {
  return text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '')
}

/** A text on one line, cut to `most` UTF-16 units with an ellipsis. */
export function shorten(text: string, most: number): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= most ? line : `${cutText(line, most - 1)}…`
}
