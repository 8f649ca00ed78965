/**
 * What is done with the bytes of a reply's body.
 *
 * @module
 */
import type { Dispatcher } from 'undici'
import type { Deferred } from '../deferred.ts'
import { errorIn } from '../faults/error-body.ts'
import { faultOf } from '../faults/fault-words.ts'
import { parsedOf } from '../json.ts'
import { MAX_ERROR_BYTES } from './byte-meter.ts'
import type { ExchangeProgress } from './exchange-parts.ts'
import { createLineEnds } from './line-ends.ts'
import { createMender, type Mender, mendedBody } from './mending.ts'
import type { ReplyHandlerParts } from './reply-handler-parts.ts'
import { createReplyStream, type ReplyStream } from './reply-stream.ts'

export interface Reading {
  push(chunk: Buffer): void
  end(): void
  fail(error: Error): void
  /** True for an error status and a redirect: what they come to is known before their body is. */
  readonly refusal?: boolean
  /** True for what the package reads while it comes. */
  readonly streams?: boolean
}

/** A stream that the package reads while it comes. */
export function readIntoResponse(
  status: number,
  { progress, mending }: ReplyHandlerParts,
  response: Deferred<Response>,
  connection: Dispatcher.DispatchController,
): Reading {
  const stream = createReplyStream(connection)
  response.resolve(responseOf(stream.readable, status, progress))
  // A stream in another form (Bedrock's frames) has no lines.
  if (/^application\//i.test(progress.headers['content-type'] ?? '')) return { ...stream, streams: true }
  return { ...inLines(mending ? mendedStream(stream, createMender(mending)) : stream), streams: true }
}

function inLines(reading: Reading): Reading {
  const withLineFeeds = createLineEnds()
  return { ...reading, push: chunk => reading.push(withLineFeeds(chunk)) }
}

function mendedStream(stream: ReplyStream, mender: Mender): Pick<Reading, 'push' | 'end' | 'fail'> {
  const give = (lines: Buffer | undefined) => lines && stream.push(lines)
  return {
    push: chunk => give(mender.push(chunk)),
    end() {
      give(mender.rest())
      stream.end()
    },
    fail: stream.fail,
  }
}

/** A reply without streaming, handed to the package when it is whole. */
export function readWhole(
  status: number,
  { progress, mending }: ReplyHandlerParts,
  response: Deferred<Response>,
): Reading {
  const chunks: Buffer[] = []
  return {
    push: chunk => void chunks.push(chunk),
    end() {
      const text = Buffer.concat(chunks).toString()
      progress.whole = mending ? mendedBody(text, mending) : text
      response.resolve(responseOf(progress.whole, status, progress))
    },
    fail() {},
  }
}

/** An error status, a redirect, or one JSON body where a stream was asked for: never shown to the package. */
export function readRefusal(parts: ReplyHandlerParts, status: number): Reading {
  const chunks: Buffer[] = []
  let bytes = 0
  const end = () => concludeRefusal(parts, status, Buffer.concat(chunks).toString())
  return {
    push(chunk) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes >= MAX_ERROR_BYTES) end()
    },
    end,
    fail() {},
    refusal: status >= 300,
  }
}

/**
 * Whoever stands between gave up waiting, and the model behind may have worked and been billed: a gateway (504), Cloudflare (524), a
 * proxy whose connection was closed (499). Every other error status is a refusal, which nobody bills.
 */
const LOST_SIGHT: ReadonlySet<number> = new Set([499, 504, 524])

function concludeRefusal(parts: ReplyHandlerParts, status: number, text: string): void {
  const { where, fail, failReply } = parts
  const { headers } = parts.progress
  const body = parsedOf(text)
  if (status >= 400) failReply({ status, headers, body }, LOST_SIGHT.has(status) ? 'maybe' : 'no')
  else if (status >= 300) fail(faultOf(where, 'invalid-request', { status }, 'it redirects elsewhere'), 'no')
  else if (errorIn(body)) failReply({ headers, body }, 'maybe')
  else fail(faultOf(where, 'malformed-reply', { status }, 'one JSON body came where a stream was asked for'), 'maybe')
}

/** Packages read the type alone; the other headers are ours to read. */
function responseOf(body: ReadableStream<Uint8Array> | string, status: number, progress: ExchangeProgress): Response {
  return new Response(body, { status, headers: { 'content-type': progress.headers['content-type'] ?? '' } })
}
