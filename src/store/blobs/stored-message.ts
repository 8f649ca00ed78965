/**
 * A message as it lies in the store: what is long in it lies apart, once for the run, under its digest.
 *
 * @module
 */
import { clearedNote } from '../../core/agent/cleared-note.ts'
import type { Message } from '../../core/messages.ts'
import { PREVIEW_BYTES } from '../../core/protocol.ts'
import { isToolContent } from '../../core/tools/tool-content.ts'

/** Where a value lies that was taken out of a message. No part of the specification has a field of this name. */
export interface BlobRef {
  readonly digest: string
  /** Of the value as JSON text, in UTF-8. */
  readonly bytes: number
}

export interface TakenOut {
  /** The message as JSON text, with a reference in place of each long value. */
  readonly body: string
  readonly blobs: ReadonlyMap<string, string>
}

/** Texts that people and models write are seldom longer; documents and images are. */
const LONG_TEXT_BYTES = 4_096

/** Part of a stored message; `blob` stands in place of the value that its kind has in `FIELD`. */
interface Holder {
  readonly type?: string
  readonly blob?: BlobRef
  readonly [field: string]: unknown
}

/** Takes long tool results, documents and files out of a message. The same message gives the same body. */
export function takeOut(message: Message, digestOf: (text: string) => string): TakenOut {
  const blobs = new Map<string, string>()
  const take = (holder: Holder, field: string, longer: number): Holder => {
    // A tool call that was denied has no value at all.
    const json = JSON.stringify(holder[field]) ?? ''
    const bytes = Buffer.byteLength(json)
    if (bytes <= longer) return holder
    const { [field]: _, ...rest } = holder
    const digest = digestOf(json)
    blobs.set(digest, json)
    return { ...rest, blob: { digest, bytes } }
  }
  return { body: JSON.stringify(eachLong(message as unknown as Holder, take)), blobs }
}

/** What a stored message refers to. */
export function refsIn(stored: unknown): readonly BlobRef[] {
  const refs: BlobRef[] = []
  eachLong(stored as Holder, holder => {
    if (holder.blob) refs.push(holder.blob)
    return holder
  })
  return refs
}

/** The message with a note in place of each tool result that lies apart: what it was, how long, and its reference. */
export function clearResults(stored: unknown): unknown {
  const message = stored as Holder
  if (message.role !== 'tool') return message
  return { ...message, content: (message.content as readonly Holder[]).map(cleared) }
}

function cleared(part: Holder): Holder {
  const { blob: whole, ...rest } = part
  const { type, blob = whole } = (part.output ?? {}) as Holder
  if (!blob) return part
  const value = clearedNote({ toolName: String(part.toolName), bytes: blob.bytes, reference: referenceOf(blob.digest) })
  return { ...rest, output: { type: type?.startsWith('error') ? 'error-text' : 'text', value } }
}

/** 48 bits: enough to tell the results of one run apart, and short enough for a model to write without a slip. */
const REFERENCE_LENGTH = 12

function referenceOf(digest: string): string {
  return digest.slice(0, REFERENCE_LENGTH)
}

/** The message itself again. `bodies` has every text that it refers to. */
export function putBack(stored: unknown, bodies: ReadonlyMap<string, string>): Message {
  return eachLong(stored as Holder, (holder, field) => {
    if (!holder.blob) return holder
    const { blob, ...rest } = holder
    return { ...rest, [field]: JSON.parse(bodies.get(blob.digest)!) }
  }) as unknown as Message
}

type Change = (holder: Holder, field: string, longer: number) => Holder

/** Gives every place to `change` where a message may hold something long. */
function eachLong(message: Holder, change: Change): Holder {
  if (message.role === 'system') return change(message, 'content', LONG_TEXT_BYTES)
  return { ...message, content: (message.content as readonly Holder[]).map(part => eachLongIn(part, change)) }
}

function eachLongIn(part: Holder, change: Change): Holder {
  switch (part.type) {
    case 'text':
      return change(part, 'text', LONG_TEXT_BYTES)
    case 'tool-result':
      return eachLongInResult(part, change)
    case 'file':
      return { ...part, data: eachLongInFile(part.data as Holder, change) }
    default:
      return part
  }
}

/** What shows files lies apart as a whole, as its tool's record has it; of any other result its value. */
function eachLongInResult(part: Holder, change: Change): Holder {
  const output = part.output as Holder | undefined
  if (!output || isToolContent(output)) return change(part, 'output', PREVIEW_BYTES)
  return { ...part, output: change(output, 'value', PREVIEW_BYTES) }
}

function eachLongInFile(file: Holder, change: Change): Holder {
  if (file.type === 'data') return change(file, 'data', PREVIEW_BYTES)
  return file.type === 'text' ? change(file, 'text', LONG_TEXT_BYTES) : file
}
