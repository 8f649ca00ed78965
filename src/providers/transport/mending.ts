/**
 * Corrects chunks that a package would refuse, on their way to it, so that an answer which is paid for is not lost because of the form of
 * a count.
 *
 * @module
 */
import { isTooDeep } from '../../core/json/depth.ts'
import { isRecord } from '../../core/json/is-record.ts'
import { type JsonRecord, parsedOf } from '../json.ts'

/** Which chunks a dialect corrects, and how. */
export interface Mending {
  /** Whether a text is worth parsing: lines of events byte by byte as Latin-1, or a body. Asked of every chunk that comes. */
  isSuspect(text: string): boolean
  /** The chunk as the package takes it. */
  mended(chunk: JsonRecord): JsonRecord
}

export interface Mender {
  /** The lines that have come whole; `undefined` when none has. */
  push(chunk: Buffer): Buffer | undefined
  /** A last line without its end. */
  rest(): Buffer | undefined
}

const LINE_FEED = 0x0a

/** Mends a stream of events, line by line. What is not suspect passes as it came. */
export function createMender(mending: Mending): Mender {
  // Joined once for all, when its line ends: as often as a chunk comes, that would take as long as the line is long.
  let begun: Buffer[] = []
  const taken = (last: Buffer) => {
    const lines = begun.length === 0 ? last : Buffer.concat([...begun, last])
    begun = []
    return mendedLines(lines, mending)
  }
  return {
    push(chunk) {
      const end = chunk.lastIndexOf(LINE_FEED) + 1
      const lines = end === 0 ? undefined : taken(chunk.subarray(0, end))
      if (end < chunk.length) begun.push(chunk.subarray(end))
      return lines
    },
    rest() {
      const last = begun.pop()
      return last && taken(last)
    },
  }
}

function mendedLines(lines: Buffer, mending: Mending): Buffer {
  if (!mending.isSuspect(lines.toString('latin1'))) return lines
  const texts = lines.toString().split('\n')
  return Buffer.from(texts.map(text => mendedEvent(text, mending)).join('\n'))
}

function mendedEvent(line: string, mending: Mending): string {
  const [, field, body] = /^(data: ?)(\{.*\})\s*$/.exec(line) ?? []
  return field === undefined || body === undefined ? line : field + mendedBody(body, mending)
}

/** A whole body, or what an event's line holds. What is nested so deep that to walk it would throw is left to the package. */
export function mendedBody(text: string, { isSuspect, mended }: Mending): string {
  const chunk = isSuspect(text) ? parsedOf(text) : undefined
  return isRecord(chunk) && !isTooDeep(chunk) ? JSON.stringify(mended(chunk)) : text
}
