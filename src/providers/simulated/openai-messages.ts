/**
 * What OpenAI's two APIs have in common in the messages that they are sent.
 *
 * @module
 */
import { type Loose, listOf, textOf } from './loose.ts'

/** What a picture costs whatever its size, as OpenAI's calculator gives for 1024 × 1024 in high detail. */
export const IMAGE_TOKENS = 765

export function isSystem({ role }: Loose): boolean {
  return role === 'system' || role === 'developer'
}

/** The text of a message or an item, without its pictures. */
export function contentText({ content }: Loose): string {
  if (typeof content === 'string') return content
  return listOf(content)
    .map(part => textOf(part.text))
    .join('\n')
}
