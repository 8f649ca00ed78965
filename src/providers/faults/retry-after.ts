/**
 * How long a vendor asks to be left alone.
 *
 * @module
 */
import { DAY_MS } from '../../core/durations.ts'
import { listOf, recordOf, textOf } from '../json.ts'

/**
 * Vendors' quotas begin anew within a day, and a longer demand is mostly a mistake of theirs: asking once a day whether it still holds
 * costs nothing, closing an endpoint for years does.
 */
const LONGEST_RETRY_AFTER_MS = DAY_MS

/** From here on a number is no span but a moment, in seconds since 1970: 31 years, and September 2001. */
const LEAST_MOMENT_S = 1e9

/**
 * The demand in milliseconds: `retry-after-ms` first, for it is the finer one, then `Retry-After` in seconds or as an
 * HTTP date, then what the body says. More than {@link LONGEST_RETRY_AFTER_MS} is that; 0, or a moment that has passed, names
 * no time, and the next place is looked at.
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>, body: unknown): number | undefined {
  const said =
    amountOf(headers['retry-after-ms']) ||
    untilMoment(headers['retry-after']) ||
    untilDate(headers['retry-after']) ||
    retryDelayMs(body)
  return said ? Math.min(Math.ceil(said), LONGEST_RETRY_AFTER_MS) : undefined
}

/** The first where a proxy has said it once more: headers of one name are joined by commas. */
function amountOf(text: string | undefined): number | undefined {
  const [, amount] = /^\s*(\d+(?:\.\d+)?)\s*(?:,|$)/.exec(text ?? '') ?? []
  return amount === undefined ? undefined : Number(amount)
}

function untilMoment(text: string | undefined): number | undefined {
  const seconds = amountOf(text)
  if (seconds === undefined) return undefined
  return seconds < LEAST_MOMENT_S ? seconds * 1_000 : Math.max(0, seconds * 1_000 - Date.now())
}

/** The engine takes `-5` for a month of 2001, so what names no day or month is no date. */
function untilDate(text: string | undefined): number | undefined {
  const at = text === undefined || !/[a-z]/i.test(text) ? Number.NaN : Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now())
}

/**
 * `Please try again in 15m32.256s`, `… in 873ms`, `Please retry after 6 seconds`, `please try again after 1 seconds`, `Please retry in
 * 36.4s`: OpenAI, Groq, Azure, Moonshot, Google.
 */
const IN_WORDS = /\b(?:try again|retry) (?:in|after) (?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)(ms| ?s))?/i

/** What an error's sentence says, where neither its headers nor its fields do. */
export function retryInWordsMs(message: string): number | undefined {
  const [, hours = 0, minutes = 0, amount = 0, unit] = IN_WORDS.exec(message) ?? []
  const ms = (Number(hours) * 3_600 + Number(minutes) * 60) * 1_000 + Number(amount) * (unit === 'ms' ? 1 : 1_000)
  return ms > 0 ? Math.min(Math.ceil(ms), LONGEST_RETRY_AFTER_MS) : undefined
}

/** Google's `RetryInfo`: `{ error: { details: [{ retryDelay: '34.5s' }] } }`. */
function retryDelayMs(body: unknown): number | undefined {
  for (const detail of listOf(recordOf(recordOf(body).error).details)) {
    const match = /^(\d+(?:\.\d+)?)s$/.exec(textOf(recordOf(detail).retryDelay) ?? '')
    if (match) return Number(match[1]) * 1_000
  }
  return undefined
}
