/**
 * What people have written, as parts of a message of `useChat`.
 *
 * @module
 */
import type { UserMessage } from '../messages.ts'
import { type FilePart, fileInWords } from '../parts.ts'
import type { UiMessagePart } from './message.ts'

/** Texts and files. A file that only its vendor has is told in words, since a page could not show it. */
export function userParts(content: UserMessage['content']): UiMessagePart[] {
  return content.map(part => (part.type === 'text' ? { type: 'text', text: part.text } : filePart(part)))
}

function filePart({ mediaType, filename, data }: FilePart): UiMessagePart {
  const url = urlOf(mediaType, data)
  if (url === undefined) return { type: 'text', text: fileInWords({ mediaType, data }) }
  return { type: 'file', mediaType, ...(filename !== undefined && { filename }), url }
}

function urlOf(mediaType: string, data: FilePart['data']): string | undefined {
  if (data.type === 'data') return `data:${mediaType};base64,${data.data}`
  if (data.type === 'text') return textUrl(mediaType, data.text)
  return data.type === 'url' ? String(data.url) : undefined
}

/** Half of a character that is written in two units: such an address has no place for it. */
const HALF = /\p{Surrogate}/gu

/** Browsers read an address that names no encoding as ASCII. */
function textUrl(mediaType: string, text: string): string {
  const [type] = mediaType.split(';', 1)
  return `data:${type};charset=utf-8,${encodeURIComponent(text.replace(HALF, '\ufffd'))}`
}
