/**
 * Sends spans to a collector, as OTLP over HTTP in JSON (opentelemetry.io/docs/specs/otlp). In batches and aside from the work:
 * a collector that is slow or gone loses spans, and nothing else.
 *
 * @module
 */
import { postJson } from '../post-json.ts'
import { ATTRIBUTE } from './names.ts'
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

export function createSpanExporter(settings: ExporterSettings): SpanExporter {
  let waiting: Span[] = []
  let timer: NodeJS.Timeout | undefined
  let sending: Promise<void> = Promise.resolve()
  let isLosing = false

  const tell = (problem: string | undefined) => {
    if (problem !== undefined && !isLosing)
      settings.warn('spans are lost: the collector does not take them', { problem })
    if (problem === undefined && isLosing) settings.warn('the collector takes spans again', {})
    isLosing = problem !== undefined
  }
  const flush = () => {
    timer = undefined
    const batch = waiting.slice(0, BATCH)
    waiting = waiting.slice(BATCH)
    if (batch.length === 0) return
    sending = sending.then(async () => tell(await send(settings, batch)))
    if (waiting.length > 0) plan()
  }
  const plan = () => {
    timer ??= setTimeout(flush, waiting.length >= BATCH ? 0 : EVERY_MS).unref()
  }
  return {
    add(span) {
      if (waiting.length >= MOST_WAITING) return tell('it is too slow')
      waiting.push(span)
      plan()
    },
    async close() {
      clearTimeout(timer)
      while (waiting.length > 0) flush()
      clearTimeout(timer)
      await sending
    },
  }
}

/** Gives what went wrong; `undefined` when it was taken. */
function send({ url, headers, service = 'signalbox' }: ExporterSettings, spans: readonly Span[]) {
  const body = {
    resourceSpans: [
      {
        resource: { attributes: attributesOf({ 'service.name': service }) },
        scopeSpans: [{ scope: { name: 'signalbox' }, spans: spans.map(otlpSpan) }],
      },
    ],
  }
  return postJson(`${url.replace(/\/+$/, '')}/v1/traces`, body, { ...(headers && { headers }) })
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
