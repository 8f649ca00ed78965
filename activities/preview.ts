/**
 * The short form of a value that history and the Temporal UI may show.
 *
 * @module
 */
import { Buffer } from 'node:buffer'
import type { JsonValue } from '../src/core/messages.ts'
import { PREVIEW_BYTES } from '../src/core/protocol.ts'
import { contentInWords, isToolContent } from '../src/core/tools/tool-content.ts'

export interface Preview {
  /** The value as JSON text, cut at a whole character. Of what a tool shows, a text with a word for each file. */
  readonly text: string
  /** The bytes of the whole JSON text. */
  readonly bytes: number
}

/** What a reader of a run's events sees of a tool's result: a line. */
export const GLIMPSE_BYTES = 120

/** @param most - Bytes of the text. */
export function previewOf(value: JsonValue, most = PREVIEW_BYTES): Preview {
  const json = JSON.stringify(value)
  const bytes = Buffer.byteLength(json)
  const text = isToolContent(value) ? JSON.stringify(contentInWords(value.value)) : json
  return { bytes, text: Buffer.byteLength(text) <= most ? text : cut(text, most) }
}

/** 3 bytes are kept for the ellipsis; a character that does not fit whole is left out. */
function cut(text: string, most: number): string {
  const bytes = Buffer.from(text).subarray(0, most - 3)
  return `${new TextDecoder().decode(bytes, { stream: true })}…`
}
