/**
 * Sends spans to a collector in batches, beside the worker's work. If the collector is slow or gone, spans are lost and nothing else.
 *
 * @module
 */
import { postJson } from '../post-json.ts'
import { SERVICE } from './names.ts'
import { otlpTraces } from './otlp-traces.ts'
import type { Span } from './spans.ts'

export interface ExporterSettings {
  /** The collector's address; `/v1/traces` is added. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** @defaultValue signalbox */
  readonly service?: string
  /** Told once when spans are lost, and once when they arrive again. */
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void
}

export interface SpanExporter {
  add(span: Span): void
  /** Sends what is left. */
  close(): Promise<void>
}

/** How often spans are sent, and how many at once: a batch of 512 is a few hundred kilobytes. */
const EVERY_MS = 1_000
const BATCH = 512

/** The most spans that wait to be sent. While so many do, further ones are dropped. */
const MOST_WAITING = 8_192

/** How long a worker that ends goes on sending, once the batch that is on its way has been answered. */
const CLOSING_MS = 5_000

export function createSpanExporter(settings: ExporterSettings): SpanExporter {
  const waiting: Span[] = []
  let timer: NodeJS.Timeout | undefined
  let sending: Promise<void> | undefined
  let isLosing = false
  let isClosing = false

  const lose = (problem: string) => {
    if (!isLosing) settings.warn('spans are lost: the collector does not accept them', { problem })
    isLosing = true
  }
  /** Returns whether the batch was taken. After a loss, all counts as well again only once less than half of the room is in use. */
  const sendBatch = async (): Promise<boolean> => {
    const problem = await send(settings, waiting.splice(0, BATCH))
    if (problem !== undefined) lose(problem)
    else if (isLosing && waiting.length < MOST_WAITING / 2) {
      settings.warn('the collector accepts spans again', {})
      isLosing = false
    }
    return problem === undefined
  }
  // One batch at a time: spans on their way are not counted as waiting, so nothing else would bound them.
  const flush = async () => {
    timer = undefined
    do await sendBatch()
    while (waiting.length >= BATCH && !isClosing)
    sending = undefined
    if (waiting.length > 0) plan()
  }
  const plan = () => {
    if (sending || isClosing) return
    timer ??= setTimeout(() => {
      sending = flush()
    }, EVERY_MS).unref()
  }
  return {
    add(span) {
      if (waiting.length >= MOST_WAITING) return lose('it is too slow')
      waiting.push(span)
      plan()
    },
    async close() {
      isClosing = true
      clearTimeout(timer)
      await sending
      const untilMs = performance.now() + CLOSING_MS
      while (waiting.length > 0 && performance.now() < untilMs) if (!(await sendBatch())) break
      if (waiting.length > 0) lose('there is no time left to send the rest')
    },
  }
}

/** Posts a batch. Returns what went wrong, in words; `undefined` if the collector took it. */
function send({ url, headers, service = SERVICE }: ExporterSettings, spans: readonly Span[]) {
  return postJson(`${url.replace(/\/+$/, '')}/v1/traces`, otlpTraces(service, spans), { ...(headers && { headers }) })
}
