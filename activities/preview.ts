/**
 * The short form of a value that history and the Temporal UI may show.
 *
 * @module
 */
import { Buffer } from 'node:buffer'
import type { JsonValue } from '../src/core/messages.ts'
import { PREVIEW_BYTES } from '../src/core/protocol.ts'

export interface Preview {
  /** The value as JSON text, cut to {@link PREVIEW_BYTES} at a whole character. */
  readonly text: string
  /** The bytes of the whole JSON text. */
  readonly bytes: number
}

export function previewOf(value: JsonValue): Preview {
  const text = JSON.stringify(value)
  const bytes = Buffer.byteLength(text)
  return { bytes, text: bytes <= PREVIEW_BYTES ? text : cut(text) }
}

/** 3 bytes are kept for the ellipsis; a character that does not fit whole is left out. */
function cut(text: string): string {
  const bytes = Buffer.from(text).subarray(0, PREVIEW_BYTES - 3)
  return `${new TextDecoder().decode(bytes, { stream: true })}…`
}
