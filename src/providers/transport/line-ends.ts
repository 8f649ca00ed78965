/**
 * Line ends of a stream of events, which may be written in three ways.
 *
 * @module
 */

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/**
 * Rewrites a stream's chunks so that each line ends with a line feed alone, as nearly every vendor writes it. The packages' parser looks for
 * both ends at each line, through all that it has where there is none of one kind: a few megabytes of the other would keep a worker busy for
 * minutes. In content a carriage return is escaped.
 */
export function createLineEnds(): (chunk: Buffer) => Buffer {
  let endedInReturn = false
  return chunk => {
    if (!endedInReturn && !chunk.includes(CARRIAGE_RETURN)) return chunk
    const lines = Buffer.allocUnsafe(chunk.length)
    let length = 0
    for (const byte of chunk) {
      if (byte !== LINE_FEED || !endedInReturn) lines[length++] = byte === CARRIAGE_RETURN ? LINE_FEED : byte
      endedInReturn = byte === CARRIAGE_RETURN
    }
    return lines.subarray(0, length)
  }
}
