/**
 * Keeps a tool's result within its bound, and tells the model what it does not see.
 *
 * @module
 */

import type { JsonValue } from '../core/messages.ts'
import { bytesOfBase64, type FilePart, isDrawing, MOST_FILE_BYTES, needsEars, SHOWN_TO_MODELS } from '../core/parts.ts'
import { cutNote } from '../core/tools/cut-note.ts'
import { isToolContent, type ToolContent } from '../core/tools/tool-content.ts'
import { cutText } from '../core/words/shorten.ts'

/** The note on a cut result takes about 130 bytes; below this bound nothing of the result would be left. */
export const LEAST_RESULT_BYTES = 512

const QUOTES = 2

/** Of two halves one alone: what cuts a text by its length leaves such, and vendors refuse the whole request for it. */
const ALONE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g

/** As JSON text has one, and as it has nothing else but for a text that speaks of such. */
const ESCAPED_HALF = /\\ud[89a-f]/

/**
 * The result itself when its JSON text has at most `maxBytes` bytes (UTF-8). Otherwise a string whose JSON text does:
 * the beginning of the result (of its JSON text, when it is not a string itself) and a note with the whole size. Halves of characters
 * become the mark that stands for what cannot be shown.
 */
export function capResult(given: JsonValue, maxBytes: number): JsonValue {
  if (isToolContent(given)) return cappedContent(given, maxBytes) as unknown as JsonValue
  const json = JSON.stringify(given)
  return ESCAPED_HALF.test(json) ? capped(withoutHalves(json), maxBytes) : capped(given, maxBytes, json)
}

/**
 * Each text is cut to the bound, and no file: it may be as large as vendors take one.
 *
 * @throws RangeError for a file that is larger, or that no model is shown
 */
function cappedContent({ type, value }: ToolContent, maxBytes: number): ToolContent {
  const parts = value.map(part =>
    part.type === 'text' ? { ...part, text: String(capResult(part.text, maxBytes)) } : shown(part),
  )
  return { type, value: parts }
}

function shown(file: FilePart): FilePart {
  const { mediaType, data } = file
  if (needsEars(file) || isDrawing(file)) throw new RangeError(`it gave a file of ${mediaType}: ${SHOWN_TO_MODELS}`)
  const bytes = data.type === 'data' ? bytesOfBase64(data.data) : 0
  if (bytes > MOST_FILE_BYTES)
    throw new RangeError(`it gave a file of ${bytes} bytes, and at most ${MOST_FILE_BYTES} can be shown to a model`)
  // Many call it so, and vendors do not know it.
  return /^image\/jpg$/i.test(mediaType) ? { ...file, mediaType: 'image/jpeg' } : file
}

function withoutHalves(json: string): JsonValue {
  return JSON.parse(json, (_, value: unknown) => (typeof value === 'string' ? value.replace(ALONE, '\uFFFD') : value))
}

function capped(result: JsonValue, maxBytes: number, json = JSON.stringify(result)): JsonValue {
  const bytes = Buffer.byteLength(json)
  if (bytes <= maxBytes) return result
  const text = typeof result === 'string' ? result : json
  const room = maxBytes - QUOTES - jsonBytes(cutNote(bytes, bytes))
  const kept = longestPrefix(text, room)
  return kept + cutNote(bytes, Buffer.byteLength(kept))
}

/** Halving over the length: a character takes one to six bytes once it is quoted as JSON. */
function longestPrefix(text: string, maxBytes: number): string {
  let fits = 0
  let tooLong = Math.min(text.length, maxBytes) + 1
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1
    if (jsonBytes(text.slice(0, middle)) <= maxBytes) fits = middle
    else tooLong = middle
  }
  return cutText(text, fits)
}

/** The bytes of a string inside a JSON text, without its quotes. */
function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - QUOTES
}
