/**
 * A JSON schema that stands in the words of a prompt, where whoever asks has no field for one. A model reads it there too.
 *
 * @module
 */
import type { Json } from './ask.ts'

const ANNOUNCED = /json schema/gi

/** The object that follows the last mention of a JSON schema; nothing where there is none. */
export function schemaInWords(text: string): Json | undefined {
  const last = [...text.matchAll(ANNOUNCED)].at(-1)
  if (!last) return undefined
  const from = text.indexOf('{', last.index)
  if (from < 0) return undefined
  try {
    return JSON.parse(text.slice(from, endOfObject(text, from)))
  } catch {
    return undefined
  }
}

/** Behind the brace that closes the one at `from`; braces in texts do not count. */
function endOfObject(text: string, from: number): number {
  let depth = 0
  let isText = false
  for (let at = from; at < text.length; at++) {
    const character = text[at]
    if (isText && character === '\\') at += 1
    else if (character === '"') isText = !isText
    else if (!isText && character === '{') depth += 1
    else if (!isText && character === '}' && --depth === 0) return at + 1
  }
  return text.length
}
