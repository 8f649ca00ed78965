/**
 * The last event of a stream, where a protocol has a short one.
 *
 * @module
 */

/** Longer than either mark with all that stands around it. */
const TAIL_BYTES = 128

/** OpenAI's and Anthropic's, as a line of its own: inside of content a line break is escaped. */
const MARK = /(?:^|\n)(?:data: ?\[DONE\]|event: ?message_stop\r?\ndata: ?\{[^\n]*\})\r?\n\s*$/

/**
 * Whether a chunk ends with it. A mark that is split over two chunks is not found: it saves a wait where a server leaves the stream
 * open, and nothing hangs on it.
 */
export function endsStream(chunk: Buffer): boolean {
  const last = chunk.at(-1)
  return last === 0x0a && MARK.test(chunk.subarray(-TAIL_BYTES).toString('latin1'))
}
