/**
 * Texts of others in Markdown, in which the Temporal UI shows details and summaries. Its Markdown knows links and HTML, so that a question
 * which quotes a model could show a link or a command that is none of ours.
 *
 * @module
 */
import { harmless } from './harmless.ts'

/** What begins a link, an element, code, a cell or an emphasis. Not `_`, which within a word is itself: names are full of it. */
const MARKS = /[\\`*[\]<>|~]/g

/** A text on one line, shown as it is. */
export function plainMarkdown(text: string): string {
  return harmless(text).replace(/\s+/g, ' ').replace(MARKS, '\\$&')
}

/** A text on one line as code. */
export function codeMarkdown(text: string): string {
  const line = harmless(text).replace(/\s+/g, ' ')
  if (!line.includes('`')) return `\`${line}\``
  const longest = Math.max(...(line.match(/`+/g) ?? []).map(({ length }) => length))
  const fence = '`'.repeat(longest + 1)
  return `${fence} ${line} ${fence}`
}
