/**
 * Cuts a tool's result to its limit, and tells the model what was cut.
 *
 * @module
 */
import type { JsonValue } from '../core/messages.ts'
import { bytesOfFile, type FilePart, isDrawing, MOST_FILE_BYTES, needsEars, SHOWN_TO_MODELS } from '../core/parts.ts'
import { cutNote } from '../core/tools/cut-note.ts'
import { isToolContent, type ToolContent } from '../core/tools/tool-content.ts'
import { cutText } from '../core/words/shorten.ts'

/** The lowest limit for a result. The note on a cut result alone takes about 130 bytes. */
export const LEAST_RESULT_BYTES = 512

const QUOTES_BYTES = 2

/**
 * One half of a surrogate pair without the other. A text that is cut by its length may end in one, and vendors refuse the whole request
 * because of it.
 */
const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g

/** How JSON text writes a lone surrogate. It also matches a text that merely quotes such an escape, which does no harm. */
const ESCAPED_SURROGATE = /\\ud[89a-f]/

/**
 * Returns the result itself if its JSON text has at most `maxBytes` bytes in UTF-8. Otherwise it returns a string whose JSON text does:
 * the beginning of the result (of its JSON text, if it is not a string) and a note that names the whole size.
 *
 * In tool content, each text is cut on its own and files are left whole. Lone surrogates become U+FFFD.
 *
 * @throws RangeError for a file that is too large, or of a type that no model can be shown.
 */
export function capResult(result: JsonValue, maxBytes: number): JsonValue {
  if (isToolContent(result)) return cappedContent(result, maxBytes) as unknown as JsonValue
  const json = JSON.stringify(result)
  return ESCAPED_SURROGATE.test(json) ? capped(withoutLoneSurrogates(json), maxBytes) : capped(result, maxBytes, json)
}

function cappedContent({ type, value }: ToolContent, maxBytes: number): ToolContent {
  const parts = value.map(part =>
    part.type === 'text' ? { ...part, text: String(capResult(part.text, maxBytes)) } : shownFile(part),
  )
  return { type, value: parts }
}

function shownFile(file: FilePart): FilePart {
  const { mediaType } = file
  if (needsEars(file) || isDrawing(file)) throw new RangeError(`it gave a file of ${mediaType}: ${SHOWN_TO_MODELS}`)
  const bytes = bytesOfFile(file) ?? 0
  if (bytes > MOST_FILE_BYTES)
    throw new RangeError(`it gave a file of ${bytes} bytes, and at most ${MOST_FILE_BYTES} can be shown to a model`)
  // A common misspelling, which vendors do not accept.
  return /^image\/jpg$/i.test(mediaType) ? { ...file, mediaType: 'image/jpeg' } : file
}

function withoutLoneSurrogates(json: string): JsonValue {
  return JSON.parse(json, (_, value: unknown) =>
    typeof value === 'string' ? value.replace(LONE_SURROGATE, '\uFFFD') : value,
  )
}

function capped(result: JsonValue, maxBytes: number, json = JSON.stringify(result)): JsonValue {
  const bytes = Buffer.byteLength(json)
  if (bytes <= maxBytes) return result
  const text = typeof result === 'string' ? result : json
  const room = maxBytes - QUOTES_BYTES - jsonBytes(cutNote(bytes, bytes))
  const kept = longestPrefix(text, room)
  return kept + cutNote(bytes, Buffer.byteLength(kept))
}

/** The longest beginning whose JSON fits, by binary search: a character takes one to six bytes in JSON. */
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

/** The bytes of a text as a JSON string, without the quotes. */
function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - QUOTES_BYTES
}
