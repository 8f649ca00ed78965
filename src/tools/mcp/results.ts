/**
 * Results of MCP servers' tools, as models are told them.
 *
 * @module
 */
import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import type { JsonValue } from '../../core/messages.ts'
import { type FilePart, fileInWords, isDrawing, needsEyes } from '../../core/parts.ts'

/** What a server answers to a call of a tool. */
export type Given = Awaited<ReturnType<Client['callTool']>>

/**
 * What it shows where there are images or PDFs, else structured content where the server has it, else its text.
 *
 * @throws what the server calls an error, for the model to read.
 */
export function resultOf({ structuredContent, content, isError }: Given): JsonValue {
  const items = (content ?? []) as readonly GivenItem[]
  if (isError === true) {
    const words = wholeOf(items.map(inWords))
    throw new Error(typeof words === 'string' ? words : JSON.stringify(words))
  }
  if (items.some(isShown)) return { type: 'content', value: items.map(shownItem) } as JsonValue
  return (structuredContent ?? wholeOf(items.map(inWords))) as JsonValue
}

/** One text where there is nothing else. */
function wholeOf(items: readonly GivenItem[]): unknown {
  return items.every(({ type }) => type === 'text') ? items.map(({ text = '' }) => text).join('\n') : items
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
  return file !== undefined && needsEyes(file) && !isDrawing(file)
}

/** No model is asked to hear it, or to look into an archive or at a drawing in XML: its bytes would be read, and paid for, as a text. */
function inWords(item: GivenItem): GivenItem {
  const file = fileOf(item)
  return file ? { type: 'text', text: fileInWords(file) } : item
}

/** As models are shown it; what is neither a text nor a file, as JSON. */
function shownItem(item: GivenItem) {
  if (isShown(item)) return { type: 'file', ...fileOf(item) }
  const told = inWords(item)
  return { type: 'text', text: told.type === 'text' ? (told.text ?? '') : JSON.stringify(told) }
}
