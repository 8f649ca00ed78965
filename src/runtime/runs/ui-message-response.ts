/**
 * A run as the HTTP response that `useChat` of the AI SDK reads.
 *
 * @module
 */
import { refuseUnknown } from '../../tools/refuse-unknown.ts'
import { MESSAGE_KEYS, type ShownRun, type UiMessageOptions, uiMessageChunks } from './ui-message-chunks.ts'

/**
 * Those of the AI SDK, without `connection`, which HTTP/2 refuses. And with `no-transform`: what compresses responses, as `compression`
 * of Express does, would hold the words back until its buffer is full.
 */
const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-vercel-ai-ui-message-stream': 'v1',
  'x-accel-buffering': 'no',
}

/** Proxies close connections on which nothing comes for a minute, some sooner. */
const SILENCE_MS = 15_000

const encoder = new TextEncoder()

/** A comment, which readers of such streams skip. */
const STILL_HERE = encoder.encode(': still here\n\n')

/**
 * {@link uiMessageChunks} as a web `Response`, for routes of Next.js, Hono and the like. Its reading ends when `signal` is aborted or its
 * reader leaves, which the run does not notice. While nothing happens, a comment every 15 seconds keeps the connection open. With 204
 * and no body if there is no such run, as `resume` of `useChat` expects it. Needs the store.
 */
export async function uiMessageResponse(run: ShownRun, options: UiMessageOptions = {}): Promise<Response> {
  refuseUnknown(`the message of run ${run.id}`, options, MESSAGE_KEYS)
  if (!(await run.exists())) return new Response(null, { status: 204 })
  return new Response(framesOf(run, options), { headers: HEADERS })
}

function framesOf(run: ShownRun, options: UiMessageOptions): ReadableStream<Uint8Array> {
  const left = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal
  const chunks = uiMessageChunks(run, { ...options, signal })
  let awaited: ReturnType<typeof chunks.next> | undefined
  return new ReadableStream({
    async pull(controller) {
      awaited ??= chunks.next()
      const next = await unlessSilent(awaited)
      if (left.signal.aborted) return
      if (next === undefined) return controller.enqueue(STILL_HERE)
      awaited = undefined
      controller.enqueue(encoder.encode(`data: ${next.done ? '[DONE]' : JSON.stringify(next.value)}\n\n`))
      if (next.done) controller.close()
    },
    cancel: () => left.abort(),
  })
}

/** `undefined` if it is not there yet after a while. */
async function unlessSilent<Value>(coming: Promise<Value>): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<undefined>(resolve => {
    timer = setTimeout(() => resolve(undefined), SILENCE_MS)
  })
  return Promise.race([coming, silence]).finally(() => clearTimeout(timer))
}
