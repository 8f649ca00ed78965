/**
 * Files that a client is given for an agent, as bytes or in base64: put into the one form in which they are sent.
 *
 * @module
 */
import { Buffer } from 'node:buffer'
import {
  bytesOfFile,
  type FilePart,
  isParts,
  MOST_FILE_BYTES,
  needsEars,
  type Part,
  SHOWN_TO_MODELS,
  type TextPart,
} from '../../core/parts.ts'
import { WrongStart } from '../wrong-start.ts'

/** A text or a file. A file's data is as the AI SDK has it, or its bytes. A file may also be one of a message of its `useChat`. */
export type GivenPart =
  | TextPart
  | (Omit<FilePart, 'data'> & { readonly data: Uint8Array | FilePart['data'] | BytesAsData | UrlAsData })
  | FileOfPage

/** `url`: an address that the vendor reads, or the file itself as a `data:` URL. */
interface FileOfPage extends Pick<FilePart, 'type' | 'mediaType' | 'filename'> {
  readonly url: string
}

interface BytesAsData {
  readonly type: 'data'
  readonly data: Uint8Array
}

interface UrlAsData {
  readonly type: 'url'
  readonly url: URL
}

/**
 * The parts, or `undefined` for what is no list of parts at all: an input may be any JSON.
 *
 * @param what - What they are, for people.
 * @throws WrongStart for a list with a file that is none: as JSON its bytes would be read, and paid for, as a text
 */
export function givenParts(what: string, given: unknown): readonly Part[] | undefined {
  if (!Array.isArray(given) || !given.some(hasFile)) return isParts(given) ? given : undefined
  const parts: unknown = given.map(plain)
  if (!isParts(parts))
    throw new WrongStart(
      `${what} has files, and something that is neither a text nor a file; give { type: 'text', text } and { type: 'file', mediaType: 'image/png', data } with its bytes, or with { type: 'data', data: base64 }. Nothing was sent`,
    )
  for (const part of parts) checkSize(what, part)
  return parts
}

/**
 * {@link givenParts} for what an agent is told, which may be a text too.
 *
 * @throws TypeError if it is neither a text nor a list of parts; WrongStart if it has a file that no model is asked with.
 */
export function givenWords(what: string, given: string | readonly GivenPart[]): string | readonly Part[] {
  if (typeof given === 'string') return given
  const parts = givenParts(what, given)
  if (!parts) throw new TypeError(`${what} is neither a text nor a list of texts and files. Nothing was sent`)
  const heard = parts.filter(part => part.type === 'file').find(needsEars)
  if (heard) throw new WrongStart(`${what} has a file of ${heard.mediaType}: ${SHOWN_TO_MODELS}. Nothing was sent`)
  return parts
}

/** A file as the AI SDK writes one, now or before. A workflow of one's own may call something else so. */
function hasFile(part: unknown): boolean {
  const { type, data, mediaType, image } = Object(part) as Readonly<Record<string, unknown>>
  return type === 'file' ? (data ?? mediaType) !== undefined : type === 'image' && image !== undefined
}

function plain(part: unknown): unknown {
  const { type, data, url, ...rest } = Object(part) as Readonly<Record<string, unknown>>
  if (type === 'file' && data === undefined && typeof url === 'string')
    return { type, ...rest, data: dataOf(url, String(rest.mediaType)) }
  return type === 'file' ? { ...(part as object), data: plainData(data) } : part
}

function plainData(given: unknown): unknown {
  if (given instanceof Uint8Array) return { type: 'data', data: base64Of(given) }
  const { type, data, url } = Object(given) as Readonly<Record<string, unknown>>
  if (type === 'data' && data instanceof Uint8Array) return { type, data: base64Of(data) }
  return type === 'url' && url instanceof URL ? { type, url: url.href } : given
}

function dataOf(url: string, mediaType: string): unknown {
  const [, head = '', content] = /^data:([^,]*),(.*)$/s.exec(url) ?? []
  if (content === undefined) return { type: 'url', url }
  const text = decoded(content)
  if (text === undefined) return undefined
  if (/; *base64$/i.test(head)) return { type: 'data', data: text }
  return mediaType.startsWith('text/') ? { type: 'text', text } : { type: 'data', data: base64Of(Buffer.from(text)) }
}

/** `undefined` where it is no text in UTF-8: an address by which nobody could read the file. */
function decoded(content: string): string | undefined {
  try {
    return decodeURIComponent(content)
  } catch (error) {
    if (error instanceof URIError) return undefined
    throw error
  }
}

function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

/** Base64 alone. Browsers put the file's type before it (`data:image/png;base64,…`), and vendors then say that it is broken. */
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

function checkSize(what: string, part: Part): void {
  if (part.type !== 'file') return
  const { mediaType, data } = part
  const bytes = bytesOfFile(part) ?? 0
  if (bytes > MOST_FILE_BYTES)
    throw new WrongStart(
      `${what} has a file (${mediaType}) of ${bytes} bytes, but at most ${MOST_FILE_BYTES} fit into a request to a vendor; make it smaller. Nothing was sent`,
    )
  if (data.type === 'data' && !BASE64.test(data.data))
    throw new WrongStart(
      `${what} has a file (${mediaType}) whose data is not base64; give its bytes, or base64 without a prefix. Nothing was sent`,
    )
}
