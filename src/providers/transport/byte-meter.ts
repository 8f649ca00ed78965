/**
 * The caps on what is read of one reply.
 *
 * @module
 */

export interface ReplyLimits {
  /** Of a whole reply. @defaultValue 64 MiB */
  readonly maxReplyBytes: number
  /** Of one line of a stream, which a package holds in memory until it ends. @defaultValue 8 MiB */
  readonly maxLineBytes: number
}

export const REPLY_LIMITS: ReplyLimits = { maxReplyBytes: 64 * 1024 * 1024, maxLineBytes: 8 * 1024 * 1024 }

/** An error body says what it has to say in its beginning. */
export const MAX_ERROR_BYTES = 256 * 1024

const NEWLINE = 10

/** Counts chunks; says what was exceeded, or nothing. */
export function createByteMeter(limits: ReplyLimits, streams: boolean): (chunk: Uint8Array) => string | undefined {
  let bytes = 0
  let lineBytes = 0
  return chunk => {
    bytes += chunk.length
    if (bytes > limits.maxReplyBytes) return `its reply is longer than ${limits.maxReplyBytes} bytes`
    if (!streams) return undefined
    const lastBreak = chunk.lastIndexOf(NEWLINE)
    lineBytes = lastBreak < 0 ? lineBytes + chunk.length : chunk.length - lastBreak - 1
    return lineBytes > limits.maxLineBytes
      ? `a line of its reply is longer than ${limits.maxLineBytes} bytes`
      : undefined
  }
}
