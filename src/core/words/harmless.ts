/**
 * Texts of models, tools and people where a person reads them: they may hold anything.
 *
 * @module
 */

/** By these a screen is cleared, its lines overwritten, its title and clipboard set. Line breaks and tabs only move on. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const STEERING = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]|\r(?!\n)/g

/**
 * By these what follows is shown in another order than it has, to the end of the line: an amount, a name or a command beside it then
 * reads as another one. What Arabic and Hebrew are written with is none of these.
 */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g

/** The text with U+FFFD for each character that steers what shows it, or turns the order of what is shown. */
export function harmless(text: string): string {
  return text.replace(STEERING, '\ufffd').replace(TURNING, '\ufffd')
}
