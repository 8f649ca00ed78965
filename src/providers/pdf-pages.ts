/**
 * How many pages a PDF has: it counts the objects that say that they are one.
 *
 * @module
 */
import { inflateSync } from 'node:zlib'

/** The most that one stream of packed objects is unpacked to; each holds some hundred objects. */
const MOST_UNPACKED_BYTES = 10_000_000

/** What stands between the word and the stream: the rest of its dictionary. */
const PACKED_OBJECTS = /\/ObjStm\b[\s\S]{0,300}?stream\r?\n/g

/** At least as many as it has; `undefined` where they cannot be counted. */
export function pagesOfPdf(pdf: Buffer): number | undefined {
  const text = pdf.toString('latin1')
  let pages = pagesIn(text)
  for (const { 0: head, index } of text.matchAll(PACKED_OBJECTS)) {
    const objects = unpacked(pdf.subarray(index + head.length))
    if (objects === undefined) return undefined
    pages += pagesIn(objects)
  }
  return pages === 0 ? undefined : pages
}

function pagesIn(text: string): number {
  return text.match(/\/Type\s*\/Page(?![a-zA-Z])/g)?.length ?? 0
}

/** What stands behind the stream is not looked at. Of an encrypted PDF nothing can be unpacked. */
function unpacked(bytes: Buffer): string | undefined {
  try {
    return inflateSync(bytes, { maxOutputLength: MOST_UNPACKED_BYTES }).toString('latin1')
  } catch {
    return undefined
  }
}
