/**
 * When Google's quotas of a day begin anew.
 *
 * @module
 */
import { DAY_MS } from '../../core/durations.ts'

/** https://ai.google.dev/gemini-api/docs/rate-limits: they "reset at midnight Pacific time". */
const CLOCK = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'America/Los_Angeles',
  hourCycle: 'h23',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})

/** 5 min: by so much our clock may be ahead of Google's, and then the day that has just begun there is the old one yet. */
const FIRST_MS = 300_000

/**
 * Until then; `undefined` in the first minutes of a day. On the two days a year on which clocks are put on or back it is an hour out,
 * which costs an hour, or one refused request.
 */
export function untilNextDayMs(nowMs: number): number | undefined {
  const [hours = 0, minutes = 0, seconds = 0] = CLOCK.format(nowMs).split(':').map(Number)
  const goneMs = ((hours * 60 + minutes) * 60 + seconds) * 1_000
  return goneMs < FIRST_MS ? undefined : DAY_MS - goneMs
}
