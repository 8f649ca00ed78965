import { EXIT } from '../exit-codes.ts'
import { formatTime } from '../print/words.ts'
import { CliProblem } from '../problem.ts'

export interface TimeSpan {
  readonly sinceMs?: number
  readonly untilMs?: number
}

/** A span of time with both its ends. */
export interface Period {
  readonly fromMs: number
  readonly untilMs: number
}

export interface PeriodDefaults {
  /** How long before the end it begins, where no beginning is given. */
  readonly lengthMs: number
  /** The end, where none is given; this moment is included. */
  readonly nowMs: number
}

/** What `--since` and `--until` mean for a report that is of a period. */
export function periodOf(
  { since, until }: { readonly since?: number; readonly until?: number },
  { lengthMs, nowMs }: PeriodDefaults,
): Period {
  const untilMs = until ?? nowMs + 1
  const fromMs = since ?? Math.max(0, untilMs - lengthMs)
  if (until === undefined && fromMs > nowMs)
    throw new CliProblem(EXIT.badInput, `--since (${formatTime(fromMs)} UTC) has not come yet`)
  refuseBackward(fromMs, untilMs)
  return { fromMs, untilMs }
}

/** What `--since` and `--until` leave, the latter not included. */
export function timeSpan(sinceMs: number | undefined, untilMs: number | undefined): TimeSpan {
  if (sinceMs !== undefined && untilMs !== undefined) refuseBackward(sinceMs, untilMs)
  return { ...(sinceMs !== undefined && { sinceMs }), ...(untilMs !== undefined && { untilMs }) }
}

function refuseBackward(sinceMs: number, untilMs: number): void {
  if (untilMs <= sinceMs)
    throw new CliProblem(
      EXIT.badInput,
      `--until (${formatTime(untilMs)} UTC) is to be later than --since (${formatTime(sinceMs)} UTC)`,
    )
}
