/**
 * Spans in OTLP's JSON (opentelemetry.io/docs/specs/otlp).
 *
 * @module
 */
import { ATTRIBUTE, resourceOf } from './names.ts'
import type { Span } from './spans.ts'

/** The body of a request that exports these spans. @param service - The name of the service that made them. */
export function otlpTraces(service: string, spans: readonly Span[]): string {
  const resource = { attributes: attributesOf(resourceOf(service)) }
  const scopeSpans = [{ scope: { name: 'signalbox' }, spans: spans.map(otlpSpan) }]
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans }] })
}

/** OTLP's numbers for the kinds of spans, and for a status that is an error. */
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

/** OTLP writes 64-bit whole numbers as text. */
function otlpValue(value: string | number): Readonly<Record<string, string | number>> {
  if (typeof value === 'string') return { stringValue: value }
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}
