/**
 * How many pages a PDF has: it counts the objects that say that they are one.
 *
 * @module
 */
import { inflateSync } from 'node:zlib'

/** The most that one stream of packed objects is unpacked to; each holds some hundred objects. */
const MOST_UNPACKED_BYTES = 10_000_000

/** That of all streams together. A PDF is anybody's, and 20 MB of spaces that were packed would keep the process busy for minutes. */
const MOST_UNPACKED_IN_ALL = 50_000_000

/** What stands between the word and the stream: the rest of its dictionary, and not another such word. */
const PACKED_OBJECTS = /\/ObjStm\b(?:(?!\/ObjStm)[\s\S]){0,300}?stream\r?\n/g

/** At least as many as it has; `undefined` where they cannot be counted. */
export function pagesOfPdf(pdf: Buffer): number | undefined {
  const text = pdf.toString('latin1')
  let pages = pagesIn(text)
  let left = MOST_UNPACKED_IN_ALL
  for (const { 0: head, index } of text.matchAll(PACKED_OBJECTS)) {
    const objects = unpacked(pdf.subarray(index + head.length), Math.min(left, MOST_UNPACKED_BYTES))
    if (objects === undefined) return undefined
    left -= objects.length
    pages += pagesIn(objects)
  }
  return pages === 0 ? undefined : pages
}

function pagesIn(text: string): number {
  return text.match(/\/Type\s*\/Page(?![a-zA-Z])/g)?.length ?? 0
}

/** What stands behind the stream is not looked at. Of an encrypted PDF nothing can be unpacked. */
function unpacked(bytes: Buffer, most: number): string | undefined {
  if (most < 1) return undefined
  try {
    return inflateSync(bytes, { maxOutputLength: most }).toString('latin1')
  } catch {
    return undefined
  }
}
