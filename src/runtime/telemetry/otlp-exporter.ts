/**
 * Sends spans to a collector, as OTLP over HTTP in JSON (opentelemetry.io/docs/specs/otlp). In batches and aside from the work:
 * a collector that is slow or gone loses spans, and nothing else.
 *
 * @module
 */
import { postJson } from '../post-json.ts'
import { ATTRIBUTE, resourceOf, SERVICE } from './names.ts'
import type { Span } from './spans.ts'

export interface ExporterSettings {
  /** Of the collector; `/v1/traces` is added. */
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

/** A second behind is as good as live; a batch of 512 is a few hundred kilobytes. */
const EVERY_MS = 1_000
const BATCH = 512

/** More than this many spans unsent are an outage of the collector: what comes after is dropped. */
const MOST_WAITING = 8_192

/** What a worker that ends waits for its collector: a batch that is on its way, and as long again for the rest. */
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
  /** Whether it was taken. After a loss the collector counts as well again only when less than half of the room is in use. */
  const sendBatch = async (): Promise<boolean> => {
    const problem = await send(settings, waiting.splice(0, BATCH))
    if (problem !== undefined) lose(problem)
    else if (isLosing && waiting.length < MOST_WAITING / 2) {
      settings.warn('the collector accepts spans again', {})
      isLosing = false
    }
    return problem === undefined
  }
  // One batch at a time: those on their way are no part of what waits, and nothing would bound them.
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

/** Gives what went wrong; `undefined` when it was taken. */
function send({ url, headers, service = SERVICE }: ExporterSettings, spans: readonly Span[]) {
  const body = {
    resourceSpans: [
      {
        resource: { attributes: attributesOf(resourceOf(service)) },
        scopeSpans: [{ scope: { name: 'signalbox' }, spans: spans.map(otlpSpan) }],
      },
    ],
  }
  return postJson(`${url.replace(/\/+$/, '')}/v1/traces`, JSON.stringify(body), { ...(headers && { headers }) })
}

/** OTLP's numbers for kinds of spans and for a status that is an error. */
const KIND = { internal: 1, client: 3 } as const
const FAILED = 2

function otlpSpan({ kind, startMs, endMs, attributes, error, ...rest }: Span) {
  return {
    ...rest,
    kind: KIND[kind],
    startTimeUnixNano: nanos(startMs),
    endTimeUnixNano: nanos(Math.max(startMs, endMs)),
    attributes: attributesOf({ ...attributes, ...(error !== undefined && { [ATTRIBUTE.errorType]: error }) }),
    ...(error !== undefined && { status: { code: FAILED, message: error } }),
  }
}

function nanos(ms: number): string {
  return (BigInt(Math.round(ms * 1_000)) * 1_000n).toString()
}

function attributesOf(attributes: Span['attributes']) {
  const known = Object.entries(attributes).filter(([, value]) => value !== undefined)
  return known.map(([key, value]) => ({ key, value: otlpValue(value!) }))
}

/** Whole numbers of 64 bits are texts in JSON. */
function otlpValue(value: string | number): Readonly<Record<string, string | number>> {
  if (typeof value === 'string') return { stringValue: value }
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}
