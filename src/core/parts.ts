/**
 * What people give an agent besides words: files, in the AI SDK's own form, and how they are told of where they are not shown.
 *
 * @module
 */
import type { Message } from './messages.ts'

type UserPart = Extract<Message, { role: 'user' }>['content'][number]
export type TextPart = Extract<UserPart, { type: 'text' }>
export type FilePart = Extract<UserPart, { type: 'file' }>

/** A text that is too long for history: a client wrote it into the store for the run. */
export interface StoredText {
  /** The digest of the text as JSON, in hex. For a sealed run it is made with the run's own key. */
  readonly digest: string
  /** The bytes of the text as JSON, in UTF-8. */
  readonly bytes: number
  /** The beginning of that JSON, at most `PREVIEW_BYTES`. */
  readonly preview: string
}

/** A file that lies in the store: a client wrote it for the run. */
export interface StoredFilePart extends Omit<FilePart, 'data'> {
  readonly data: StoredFile
}

/** A long text that lies in the store. */
interface StoredTextPart {
  readonly type: 'stored-text'
  readonly text: StoredText
}

interface StoredFile {
  readonly type: 'stored'
  /** The digest of its base64 as JSON, in hex. For a sealed run it is made with the run's own key. */
  readonly digest: string
  /** The bytes of the file itself. */
  readonly bytes: number
  /** About how many tokens it is to a model. */
  readonly tokens: number
  /** Words in its place, for people: `[image/png, 48 kB]`. */
  readonly preview: string
}

/** Part of what an agent is given: a text or a file, in hand or by reference to where it lies. */
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

/** The field of each kind of a file's data that says what it is. */
const FIELDS: Readonly<Record<string, string>> = { data: 'data', url: 'url', text: 'text', stored: 'digest' }

function isFileData(data: unknown): boolean {
  const fields = Object(data) as Readonly<Record<string, unknown>>
  if (fields.type === 'reference') return typeof fields.reference === 'object'
  const field = FIELDS[String(fields.type)]
  return field !== undefined && typeof fields[field] === 'string'
}

/** Whether there is nothing but blanks: no vendor takes a message of those. */
export function isBlank(parts: readonly Part[]): boolean {
  return parts.every(part => part.type === 'text' && part.text.trim() === '')
}

/** The parts in words, a short one in place of each file. */
export function partsInWords(parts: readonly Part[]): string {
  return parts.map(partInWords).join(' ')
}

function partInWords(part: Part): string {
  if (part.type === 'text') return part.text
  return part.type === 'file' ? fileInWords(part) : `[text, ${sizeInWords(part.text.bytes)}]`
}

/** `[image/png, 48 kB]`: what it is, and never what is in it. */
export function fileInWords({ mediaType, data }: Pick<FilePart | StoredFilePart, 'mediaType' | 'data'>): string {
  switch (data.type) {
    case 'data':
      return `[${mediaType}, ${sizeInWords(bytesOfBase64(data.data))}]`
    case 'stored':
      return data.preview
    case 'text':
      return `[${mediaType}, ${sizeInWords(data.text.length)}]`
    case 'url':
      return `[${mediaType}, by its address]`
    default:
      return `[${mediaType}, by its vendor's id]`
  }
}

/** The bytes that base64 stands for. */
export function bytesOfBase64(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0
  return Math.floor((base64.length * 3) / 4) - padding
}

function sizeInWords(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** The largest file: vendors take 20 to 50 MB in a request, and base64 makes four bytes of three. */
export const MOST_FILE_BYTES = 20_000_000

/** For a file that nobody has measured: the most that Anthropic counts for an image of the usual resolution. */
export const TOKENS_OF_UNKNOWN_FILE = 1_600

/** The likely tokens of a file that is a part; see `src/providers/file-tokens.ts` for those that are in hand. */
export function tokensOfFile({ data }: Pick<FilePart | StoredFilePart, 'data'>): number {
  return data.type === 'stored' ? data.tokens : TOKENS_OF_UNKNOWN_FILE
}

interface Typed {
  /** In any case, and with parameters: `Image/PNG`, `application/pdf; version=2`. */
  readonly mediaType: string
}

/** Whether only models with the ability `images` can read it. Those that read PDFs do: vendors show them the pages. */
export function needsEyes(file: Typed): boolean {
  return /^image(?:\/|$)/i.test(file.mediaType) || isPdf(file)
}

export function isPdf({ mediaType }: Typed): boolean {
  return /^application\/pdf(?:;|$)/i.test(mediaType)
}

/**
 * Whether it is heard or watched. Models are not asked with such files: vendors count them by seconds, at prices of their own, which no
 * budget could hold.
 */
export function needsEars({ mediaType }: Typed): boolean {
  return /^(?:audio|video)(?:\/|$)/i.test(mediaType)
}

/** Whether it is a drawing in XML: to vendors that is no image, and they refuse the whole request, and each that has it again. */
export function isDrawing({ mediaType }: Typed): boolean {
  return /^image\/svg/i.test(mediaType)
}

/** Tells whoever has given something else what models are asked with. */
export const SHOWN_TO_MODELS = 'models are given texts, images and PDFs; give its words, which a tool may make of it'
