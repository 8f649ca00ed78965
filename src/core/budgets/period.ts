/**
 * The periods after which budgets start again.
 *
 * @module
 */
import { DAY_MS, HOUR_MS, WEEK_MS } from '../durations.ts'
import type { BudgetPeriod } from './shared-budget.ts'

/** A period, in milliseconds since 1970. Its end is the first moment of the next one. */
export interface Period {
  readonly startMs: number
  /** Absent if it never ends. */
  readonly endMs?: number
}

/** 1970-01-01 was a Thursday, so the Monday before was three days earlier. */
const FIRST_MONDAY_MS = -3 * DAY_MS

/** The period of a moment, in UTC. This count has no leap seconds, so all hours, days and weeks are equally long. */
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
