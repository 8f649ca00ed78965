/**
 * How long a vendor asks to be left alone.
 *
 * @module
 */
import { listOf, recordOf, textOf } from '../json.ts'

/**
 * The demand in milliseconds: `retry-after-ms` first, for it is the finer one, then `Retry-After` in seconds or as an
 * HTTP date, then what the body says. A date that has passed is 0.
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>, body: unknown): number | undefined {
  return (
    amountOf(headers['retry-after-ms'], 1) ??
    amountOf(headers['retry-after'], 1_000) ??
    untilDate(headers['retry-after']) ??
    retryDelayMs(body)
  )
}

function amountOf(text: string | undefined, unitMs: number): number | undefined {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text.trim()) ? Math.ceil(Number(text) * unitMs) : undefined
}

function untilDate(text: string | undefined): number | undefined {
  const at = text === undefined ? Number.NaN : Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now())
}

/** Google's `RetryInfo`: `{ error: { details: [{ retryDelay: '34.5s' }] } }`. */
function retryDelayMs(body: unknown): number | undefined {
  for (const detail of listOf(recordOf(recordOf(body).error).details)) {
    const match = /^(\d+(?:\.\d+)?)s$/.exec(textOf(recordOf(detail).retryDelay) ?? '')
    if (match) return Math.ceil(Number(match[1]) * 1_000)
  }
  return undefined
}
