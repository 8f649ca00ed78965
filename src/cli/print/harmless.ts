/** By these a screen is cleared, its lines overwritten, its title and clipboard set. Line breaks and tabs only move on. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is them that are looked for
const STEERING = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]|\r(?!\n)/g

/** A text for a screen, in which nothing steers it: what models, tools and people said may hold anything. */
export function harmless(text: string): string {
  return text.replace(STEERING, '\ufffd')
}
