/**
 * Results of MCP servers' tools, as models are told them.
 *
 * @module
 */
import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import type { JsonValue } from '../../core/messages.ts'
import { type FilePart, fileInWords, isDrawing, needsEyes } from '../../core/parts.ts'

/** What a server answers to a call of a tool. */
export type McpResult = Awaited<ReturnType<Client['callTool']>>

/**
 * The result for the model: tool content if there are images or PDFs, else the structured content, else the text.
 *
 * @throws Error with the server's words if it says that the call failed.
 */
export function resultOf({ structuredContent, content, isError }: McpResult): JsonValue {
  const items = (content ?? []) as readonly ResultItem[]
  if (isError === true) {
    const words = wholeOf(items.map(inWords))
    throw new Error(typeof words === 'string' ? words : JSON.stringify(words))
  }
  if (items.some(isShown)) return { type: 'content', value: items.map(shownItem) } as JsonValue
  return (structuredContent ?? wholeOf(items.map(inWords))) as JsonValue
}

/** The texts joined into one if all items are texts, else the items. */
function wholeOf(items: readonly ResultItem[]): unknown {
  return items.every(({ type }) => type === 'text') ? items.map(({ text = '' }) => text).join('\n') : items
}

/** An item of a result's `content`, as far as we read it. */
interface ResultItem {
  readonly type: string
  readonly text?: string
  readonly data?: string
  readonly mimeType?: string
  /** An embedded resource; `blob` is its content in base64. */
  readonly resource?: { readonly mimeType?: string; readonly blob?: string }
}

/** The file in an image, a recording or an embedded resource. */
function fileOf({ type, data, mimeType, resource }: ResultItem): Pick<FilePart, 'mediaType' | 'data'> | undefined {
  if (type === 'resource' && resource?.blob !== undefined)
    return { mediaType: resource.mimeType ?? 'application/octet-stream', data: { type: 'data', data: resource.blob } }
  const isFile = (type === 'image' || type === 'audio') && data !== undefined && mimeType !== undefined
  return isFile ? { mediaType: mimeType, data: { type: 'data', data } } : undefined
}

/** Whether models are shown this item as a file: an image or a PDF. */
function isShown(item: ResultItem): boolean {
  const file = fileOf(item)
  return file !== undefined && needsEyes(file) && !isDrawing(file)
}

/** A text that names the file instead of the file: a model would read (and we would pay for) the base64 of a recording or an archive. */
function inWords(item: ResultItem): ResultItem {
  const file = fileOf(item)
  return file ? { type: 'text', text: fileInWords(file) } : item
}

/** The item as a part of tool content. What is neither a text nor a file becomes JSON. */
function shownItem(item: ResultItem) {
  if (isShown(item)) return { type: 'file', ...fileOf(item) }
  const told = inWords(item)
  return { type: 'text', text: told.type === 'text' ? (told.text ?? '') : JSON.stringify(told) }
}
