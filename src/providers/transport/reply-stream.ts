/**
 * The body of a reply as a web stream, fed by a connection that is paused while the reader is behind.
 *
 * @module
 */
import type { Dispatcher } from 'undici'

export interface ReplyStream {
  readonly readable: ReadableStream<Uint8Array>
  push(chunk: Uint8Array): void
  end(): void
  fail(error: Error): void
}

/** Chunks that may wait unread before the connection is paused; a socket's chunk has up to 64 KiB. */
const WAITING_CHUNKS = 16

export function createReplyStream(connection: Dispatcher.DispatchController): ReplyStream {
  let feed: ReadableStreamDefaultController<Uint8Array>
  let open = true
  const readable = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        feed = controller
      },
      pull() {
        if (connection.paused) connection.resume()
      },
      cancel() {
        open = false
        if (connection.paused) connection.resume()
      },
    },
    { highWaterMark: WAITING_CHUNKS },
  )
  return {
    readable,
    push(chunk) {
      if (!open) return
      feed.enqueue(chunk)
      if ((feed.desiredSize ?? 1) <= 0) connection.pause()
    },
    end() {
      if (open) feed.close()
      open = false
    },
    fail(error) {
      if (open) feed.error(error)
      open = false
    },
  }
}
