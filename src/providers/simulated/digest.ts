/**
 * Fingerprints of prompts. A checksum of 32 bits a segment, chained, is enough to tell a lost or doubled message, and
 * costs little on prompts of hundreds of messages: every request is read whole.
 *
 * @module
 */
import { crc32 } from 'node:zlib'
import type { Segment } from './ask.ts'

/** The fingerprint after each segment. Equal prefixes have equal ones, but not with another model: no two share a cache. */
export function fingerprintsOf(model: string, segments: readonly Segment[]): number[] {
  let sum = crc32(model)
  return segments.map((segment, place) => {
    sum = crc32(segment.text, (sum ^ place) >>> 0)
    return sum
  })
}

/** Enough to tell the calls of a long run apart: with six digits one in thirty runs of a thousand steps has two of one id. */
export function callWord(fingerprint: number): string {
  return fingerprint.toString(16).padStart(8, '0')
}

/** The word that stands in an answer: six hexadecimal digits. */
export function digestWord(fingerprint: number): string {
  return fingerprint.toString(16).padStart(8, '0').slice(-6)
}
