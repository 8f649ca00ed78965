/**
 * How many columns of a screen a text takes, by which tables are aligned.
 *
 * @module
 */
const PLAIN = /^[\u0020-\u007e]*$/

/** What is drawn two columns wide: the scripts of East Asia, and emoji. */
const WIDE =
  /^(?:\p{Emoji_Presentation}|\p{Emoji}\ufe0f|[\u1100-\u115f\u2e80-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}])/u

/** Made when a text needs it: that takes a tenth of the start of a command. */
let graphemes: Intl.Segmenter | undefined

export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  let width = 0
  for (const { segment } of graphemes.segment(text)) width += WIDE.test(segment) ? 2 : 1
  return width
}
