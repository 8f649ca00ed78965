/**
 * Results of MCP servers' tools, as models are told them.
 *
 * @module
 */
import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import type { JsonValue } from '../../core/messages.ts'
import { fileInWords } from '../../core/parts.ts'

/** What a server answers to a call of a tool. */
export type Given = Awaited<ReturnType<Client['callTool']>>

/**
 * What it shows where there are images, else structured content where the server has it, else its text.
 *
 * @throws what the server calls an error, for the model to read.
 */
export function resultOf({ structuredContent, content, isError }: Given): JsonValue {
  const parts = ((content ?? []) as readonly GivenItem[]).map(inWords)
  if (isError !== true && parts.some(isImage)) return { type: 'content', value: parts.map(shownItem) } as JsonValue
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
}

function isImage({ type, data, mimeType }: GivenItem): boolean {
  return type === 'image' && data !== undefined && mimeType !== undefined
}

/** No model is asked to hear it, and its bytes would be read, and paid for, as a text. */
function inWords(item: GivenItem): GivenItem {
  const { type, data, mimeType } = item
  if (type !== 'audio' || data === undefined || mimeType === undefined) return item
  return { type: 'text', text: fileInWords({ mediaType: mimeType, data: { type: 'data', data } }) }
}

/** As models are shown it; what is neither a text nor an image, as JSON. */
function shownItem(item: GivenItem) {
  if (isImage(item)) return { type: 'file', mediaType: item.mimeType!, data: { type: 'data', data: item.data! } }
  return { type: 'text', text: item.type === 'text' ? (item.text ?? '') : JSON.stringify(item) }
}
