/**
 * When a budget begins anew.
 *
 * @module
 */
import type { BudgetPeriod } from './shared-budget.ts'

/** Milliseconds since the epoch; the end is the first moment of the next period. */
export interface Period {
  readonly startMs: number
  /** Absent: it never ends. */
  readonly endMs?: number
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const WEEK_MS = 7 * DAY_MS

/** 1970-01-01 was a Thursday: the Monday before it lies three days back. */
const FIRST_MONDAY_MS = -3 * DAY_MS

/** The period that a moment lies in, in UTC: there are no leap seconds in this count, so hours, days and weeks are even. */
export function periodAt(per: BudgetPeriod, nowMs: number): Period {
  switch (per) {
    case 'hour':
      return evenPeriod(nowMs, HOUR_MS, 0)
    case 'day':
      return evenPeriod(nowMs, DAY_MS, 0)
    case 'week':
      return evenPeriod(nowMs, WEEK_MS, FIRST_MONDAY_MS)
    case 'month':
      return monthAt(nowMs)
    case 'lifetime':
      return { startMs: 0 }
  }
}

function evenPeriod(nowMs: number, lengthMs: number, originMs: number): Period {
  const startMs = Math.floor((nowMs - originMs) / lengthMs) * lengthMs + originMs
  return { startMs, endMs: startMs + lengthMs }
}

function monthAt(nowMs: number): Period {
  const date = new Date(nowMs)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
  return { startMs: Date.UTC(year, month), endMs: Date.UTC(year, month + 1) }
}
