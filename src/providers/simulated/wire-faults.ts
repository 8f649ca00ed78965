/**
 * Faults of the wire: a whole answer that comes in a form which clients seldom see.
 *
 * @module
 */
import { gzipSync } from 'node:zlib'
import type { Delivery, Step } from './delivery-steps.ts'
import type { FaultRule } from './fault-rule.ts'

const LONG_LINE_BYTES = 1024 * 1024
const DRIP_MS = 2_000
/** Writes of a drip: enough that some of them end inside a character and inside a number. */
const DRIPS = 50

/** The same answer, bent by the fault; the delivery itself where the fault is of another kind. */
export function bent(delivery: Delivery, fault: FaultRule | undefined): Delivery {
  switch (fault?.kind) {
    case 'gzip':
      return compressed(delivery)
    case 'long-line':
      return withLongLine(delivery, fault.bytes ?? LONG_LINE_BYTES)
    case 'slow-drip':
      return dripped(delivery, fault.delayMs ?? DRIP_MS)
    default:
      return delivery
  }
}

/** The beginning of a text up to and with the first byte of its first character that has several; half of one that has none. */
export function brokenCharacter(text: string): Uint8Array {
  const bytes = Buffer.from(text)
  const lead = bytes.findIndex(byte => byte >= 0x80)
  return bytes.subarray(0, lead < 0 ? bytes.length / 2 : lead + 1)
}

function compressed(delivery: Delivery): Delivery {
  const text = gzipSync(bytesOf(delivery.steps))
  return { ...delivery, contentEncoding: 'gzip', steps: [{ ...delivery.steps.at(-1)!, text }] }
}

/** Blanks between the tokens of JSON mean nothing to a parser. */
function withLongLine(delivery: Delivery, bytes: number): Delivery {
  const at = delivery.steps.findIndex(({ text }) => String(text).includes('{'))
  const steps = delivery.steps.map((step, index) =>
    index === at ? { ...step, text: String(step.text).replace('{', `{${' '.repeat(bytes)}`) } : step,
  )
  return { ...delivery, steps }
}

function dripped(delivery: Delivery, overMs: number): Delivery {
  const bytes = bytesOf(delivery.steps)
  const { atMs, writtenTokens } = delivery.steps.at(-1)!
  const size = Math.max(1, Math.ceil(bytes.length / DRIPS))
  const drips = Math.ceil(bytes.length / size)
  const steps = Array.from({ length: drips }, (_, index) => ({
    atMs: atMs + (overMs * index) / drips,
    text: bytes.subarray(index * size, (index + 1) * size),
    writtenTokens: Math.floor((writtenTokens * (index + 1)) / drips),
  }))
  return { ...delivery, steps }
}

function bytesOf(steps: readonly Step[]): Buffer {
  return Buffer.concat(steps.map(({ text }) => asBytes(text)))
}

export function asBytes(text: Step['text']): Uint8Array {
  return typeof text === 'string' ? Buffer.from(text) : text
}
