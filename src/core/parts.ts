/**
 * The parts of a message to an agent: texts and files, in the AI SDK's form or as references to the store, and how files are described in
 * words.
 *
 * @module
 */
import type { UserMessage } from './messages.ts'
import { utf8Bytes } from './utf8-bytes.ts'

type UserPart = UserMessage['content'][number]
export type TextPart = Extract<UserPart, { type: 'text' }>
export type FilePart = Extract<UserPart, { type: 'file' }>

/** A text that is too long for history. The client wrote it into the store for the run. */
export interface StoredText {
  /** The digest of the text as JSON, in hex. For a sealed run it is made with the run's own key. */
  readonly digest: string
  /** The bytes of the text as JSON, in UTF-8. */
  readonly bytes: number
  /** The beginning of that JSON, at most `PREVIEW_BYTES`. */
  readonly preview: string
}

/** The characters of JSON's longest escape, `\u0000`: a preview may end within one. */
const LONGEST_ESCAPE = 6

/** The beginning of a text that lies in the store, as it was written; its preview is JSON, and behind that an ellipsis. */
export function beginningOfText({ preview }: Pick<StoredText, 'preview'>): string {
  const inner = preview.slice(1, preview.endsWith('…') ? -1 : undefined)
  for (let cut = 0; cut < LONGEST_ESCAPE; cut += 1) {
    try {
      return JSON.parse(`"${inner.slice(0, inner.length - cut)}"`)
    } catch {}
  }
  return inner
}

/** A file in the store. The client wrote it there for the run. */
export interface StoredFilePart extends Omit<FilePart, 'data'> {
  readonly data: StoredFile
}

/** A long text in the store. */
interface StoredTextPart {
  readonly type: 'stored-text'
  readonly text: StoredText
}

interface StoredFile {
  readonly type: 'stored'
  /** The digest of its base64, or of its text, as JSON, in hex. For a sealed run it is made with the run's own key. */
  readonly digest: string
  /** The store has its text. @defaultValue its base64 */
  readonly as?: 'text'
  /** The bytes of the file itself. */
  readonly bytes: number
  /** About how many tokens it is to a model. */
  readonly tokens: number
  /** What people see instead of it: `[image/png, 48 kB]`. */
  readonly preview: string
}

/** A part of a message to an agent: a text or a file, itself or as a reference to the store. */
export type Part = TextPart | FilePart | StoredFilePart | StoredTextPart

/** Whether a value is a list of parts, and not empty. */
export function isParts(value: unknown): value is readonly Part[] {
  return Array.isArray(value) && value.length > 0 && value.every(isPart)
}

function isPart(value: unknown): value is Part {
  const { type, text, mediaType, data } = Object(value) as Readonly<Record<string, unknown>>
  if (type === 'text') return typeof text === 'string'
  if (type === 'stored-text') return typeof (Object(text) as Partial<StoredText>).digest === 'string'
  return type === 'file' && typeof mediaType === 'string' && isFileData(data)
}

/** The required text field of each kind of file data. */
const FIELDS: Readonly<Record<string, string>> = { data: 'data', url: 'url', text: 'text', stored: 'digest' }

function isFileData(data: unknown): boolean {
  const fields = Object(data) as Readonly<Record<string, unknown>>
  if (fields.type === 'reference') return typeof fields.reference === 'object'
  const field = FIELDS[String(fields.type)]
  return field !== undefined && typeof fields[field] === 'string'
}

/** Whether the parts are nothing but white space, which vendors refuse. */
export function isBlank(parts: readonly Part[]): boolean {
  return parts.every(part => part.type === 'text' && part.text.trim() === '')
}

/** The texts, with `[image/png, 48 kB]` and the like in place of files. */
export function partsInWords(parts: readonly Part[]): string {
  return parts.map(partInWords).join(' ')
}

function partInWords(part: Part): string {
  if (part.type === 'text') return part.text
  return part.type === 'file' ? fileInWords(part) : `[text, ${sizeInWords(part.text.bytes)}]`
}

/** A file in words: `[image/png, 48 kB]`. Never its name or content. */
export function fileInWords({ mediaType, data }: Pick<FilePart | StoredFilePart, 'mediaType' | 'data'>): string {
  switch (data.type) {
    case 'data':
      return `[${mediaType}, ${sizeInWords(bytesOfBase64(data.data))}]`
    case 'stored':
      return data.preview
    case 'text':
      return `[${mediaType}, ${sizeInWords(utf8Bytes(data.text))}]`
    case 'url':
      return `[${mediaType}, by its address]`
    default:
      return `[${mediaType}, by its vendor's id]`
  }
}

/** The bytes of a file that is in hand; `undefined` of an address, or of what lies elsewhere. */
export function bytesOfFile({ data }: Pick<FilePart | StoredFilePart, 'data'>): number | undefined {
  if (data.type === 'text') return utf8Bytes(data.text)
  return data.type === 'data' ? bytesOfBase64(data.data) : undefined
}

/** The number of bytes that a base64 text encodes. */
export function bytesOfBase64(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0
  return Math.floor((base64.length * 3) / 4) - padding
}

function sizeInWords(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** The largest file. Vendors accept requests of 20 to 50 MB, and base64 makes four bytes of three. */
export const MOST_FILE_BYTES = 20_000_000

/** The assumption for a file that was not measured: the most that Anthropic counts for an image of the usual resolution. */
export const TOKENS_OF_UNKNOWN_FILE = 1_600

/** The likely tokens of a file, without looking into it. `src/providers/file-tokens.ts` measures files. */
export function tokensOfFile({ data }: Pick<FilePart | StoredFilePart, 'data'>): number {
  return data.type === 'stored' ? data.tokens : TOKENS_OF_UNKNOWN_FILE
}

interface Typed {
  /** In any case, and with parameters: `Image/PNG`, `application/pdf; version=2`. */
  readonly mediaType: string
}

/** Whether only models with the ability `images` can read it. That includes PDFs, whose pages vendors show as images. */
export function needsEyes(file: Typed): boolean {
  return /^image(?:\/|$)/i.test(file.mediaType) || isPdf(file)
}

export function isPdf({ mediaType }: Typed): boolean {
  return /^application\/pdf(?:;|$)/i.test(mediaType)
}

/** Whether it is audio or video. Models are not sent such files: vendors bill them by the second, which our budgets cannot count. */
export function needsEars({ mediaType }: Typed): boolean {
  return /^(?:audio|video)(?:\/|$)/i.test(mediaType)
}

/** Whether it is an SVG. Vendors do not accept it as an image: they would refuse this request and every later one that contains it. */
export function isDrawing({ mediaType }: Typed): boolean {
  return /^image\/svg/i.test(mediaType)
}

/** The end of a message to whoever gave another kind of file. */
export const SHOWN_TO_MODELS = 'models are given texts, images and PDFs; give its words, which a tool may make of it'
