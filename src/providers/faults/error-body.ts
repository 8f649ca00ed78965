/**
 * The fields that error bodies share, whatever wraps them.
 *
 * @module
 */
import { type JsonRecord, listOf, parsedOf, recordOf, textOf } from '../json.ts'
import { baseRespError } from './base-resp.ts'

/** What an error body says, in words that are codes, and in its sentence. */
export interface ErrorFields {
  readonly code?: string
  readonly type?: string
  readonly parameter?: string
  /** For matching against known templates only: it may quote the prompt. */
  readonly message: string
  /** The object that carried the fields. */
  readonly error: JsonRecord
}

/**
 * The object that describes the error inside a body or a chunk: `{ error: {…} }` (alone, in a list, or beside choices),
 * `{ response: { error: {…} } }` (Responses), `{ type: 'error', … }`, `{ throttlingException: {…} }` (Bedrock), `{ success: false, errors:
 * [{…}] }` (Cloudflare), `{ base_resp: {…} }` (MiniMax).
 * `undefined` when the body is no error; one that is empty (`error: ''`, `error: {}`) says that there was none.
 */
export function errorIn(body: unknown): JsonRecord | undefined {
  const first = recordOf(Array.isArray(body) ? body[0] : body)
  if (typeof first.error === 'string' && first.error !== '')
    return { message: first.error, code: first.code, type: first.type }
  const listed = first.success === false ? listOf(first.errors)[0] : undefined
  for (const candidate of [first.error, recordOf(first.response).error, listed])
    if (typeof candidate === 'object' && candidate !== null && Object.keys(candidate).length > 0)
      return recordOf(candidate)
  return first.type === 'error' ? first : (baseRespError(first) ?? exceptionIn(first))
}

/** An event of a stream that is named like an exception. */
function exceptionIn(chunk: JsonRecord): JsonRecord | undefined {
  const name = Object.keys(chunk).find(key => key.endsWith('Exception'))
  return name === undefined ? undefined : { ...recordOf(chunk[name]), type: name[0]!.toUpperCase() + name.slice(1) }
}

/** Reads the fields; a body that is no error as far as one can tell reads as one without any. */
export function errorFields(body: unknown): ErrorFields {
  const error = errorIn(body) ?? recordOf(body)
  return {
    error,
    code: wordOf(error.code),
    type: wordOf(error.type === 'error' ? undefined : error.type),
    parameter: wordOf(error.param),
    message: textOf(error.message) ?? textOf(error.detail) ?? '',
  }
}

/** What a router hands on of its vendor's own error: OpenRouter's `{ message: 'Provider returned error', metadata: { raw } }`. */
export function handedOnMessage({ error }: ErrorFields): string {
  const { raw } = recordOf(error.metadata)
  const text = textOf(raw)
  return text === undefined ? errorFields(raw).message : errorFields(parsedOf(text)).message || text
}

/** A status in a stream, where there is none but in the error: as its code, or beside one that is a word (Groq's `status_code`). */
export function statusIn({ code, status, status_code }: JsonRecord): number | undefined {
  return [code, status, status_code]
    .map(Number)
    .find(number => Number.isInteger(number) && number >= 400 && number < 600)
}

/** Codes and parameters are words like `insufficient_quota` or `messages[3].content`; a sentence might quote content. */
export function wordOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && /^[\w.[\]:/-]{1,80}$/.test(value) ? value : undefined
}
