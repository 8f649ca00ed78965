/**
 * Results of MCP servers' tools, as models are told them.
 *
 * @module
 */
import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import type { JsonValue } from '../../core/messages.ts'
import { type FilePart, fileInWords, needsEyes } from '../../core/parts.ts'

/** What a server answers to a call of a tool. */
export type Given = Awaited<ReturnType<Client['callTool']>>

/**
 * What it shows where there are images or PDFs, else structured content where the server has it, else its text.
 *
 * @throws what the server calls an error, for the model to read.
 */
export function resultOf({ structuredContent, content, isError }: Given): JsonValue {
  const parts = ((content ?? []) as readonly GivenItem[]).map(inWords)
  if (isError !== true && parts.some(isShown)) return { type: 'content', value: parts.map(shownItem) } as JsonValue
  const isText = parts.every(part => part.type === 'text')
  const whole: unknown = isText ? parts.map(part => part.text ?? '').join('\n') : parts
  if (isError === true) throw new Error(typeof whole === 'string' ? whole : JSON.stringify(whole))
  return (structuredContent ?? whole) as JsonValue
}

interface GivenItem {
  readonly type: string
  readonly text?: string
  readonly data?: string
  readonly mimeType?: string
  /** A text of it, or what it is in base64. */
  readonly resource?: { readonly mimeType?: string; readonly blob?: string }
}

/** An image, a recording, or whatever is embedded in base64. */
function fileOf({ type, data, mimeType, resource }: GivenItem): Pick<FilePart, 'mediaType' | 'data'> | undefined {
  if (type === 'resource' && resource?.blob !== undefined)
    return { mediaType: resource.mimeType ?? 'application/octet-stream', data: { type: 'data', data: resource.blob } }
  const isFile = (type === 'image' || type === 'audio') && data !== undefined && mimeType !== undefined
  return isFile ? { mediaType: mimeType, data: { type: 'data', data } } : undefined
}

function isShown(item: GivenItem): boolean {
  const file = fileOf(item)
  return file !== undefined && needsEyes(file)
}

/** No model is asked to hear it, or to look into an archive: its bytes would be read, and paid for, as a text. */
function inWords(item: GivenItem): GivenItem {
  const file = fileOf(item)
  return file && !needsEyes(file) ? { type: 'text', text: fileInWords(file) } : item
}

/** As models are shown it; what is neither a text nor a file, as JSON. */
function shownItem(item: GivenItem) {
  const file = fileOf(item)
  if (file) return { type: 'file', ...file }
  return { type: 'text', text: item.type === 'text' ? (item.text ?? '') : JSON.stringify(item) }
}
