import { definedOnly } from '../../core/defined-only.ts'
import { formatTime } from '../../core/words/time-words.ts'
import { EXIT } from '../exit-codes.ts'
import { CliProblem } from '../problem.ts'

/** A span of time with both its ends. */
export interface Period {
  readonly fromMs: number
  readonly untilMs: number
}

/**
 * What `--since` and `--until` mean for a report that is of a period.
 *
 * @param lengthMs - How long before the end it begins, where no beginning is given.
 * @param nowMs - The end, where none is given; this moment is included.
 */
export function periodOf(
  { since, until }: { readonly since?: number; readonly until?: number },
  { lengthMs, nowMs }: { readonly lengthMs: number; readonly nowMs: number },
): Period {
  const untilMs = until ?? nowMs + 1
  const fromMs = since ?? Math.max(0, untilMs - lengthMs)
  if (until === undefined) refuseFuture(fromMs, nowMs)
  refuseBackward(fromMs, untilMs)
  return { fromMs, untilMs }
}

/** What `--since` and `--until` leave, the latter not included. */
export function timeSpan(sinceMs: number | undefined, untilMs: number | undefined) {
  if (sinceMs !== undefined && untilMs !== undefined) refuseBackward(sinceMs, untilMs)
  if (sinceMs !== undefined && untilMs === undefined) refuseFuture(sinceMs, Date.now())
  return definedOnly({ sinceMs, untilMs })
}

function refuseFuture(sinceMs: number, nowMs: number): void {
  if (sinceMs > nowMs) throw new CliProblem(EXIT.badInput, `--since (${formatTime(sinceMs)} UTC) is in the future`)
}

function refuseBackward(sinceMs: number, untilMs: number): void {
  if (untilMs <= sinceMs)
    throw new CliProblem(
      EXIT.badInput,
      `--until (${formatTime(untilMs)} UTC) must be later than --since (${formatTime(sinceMs)} UTC)`,
    )
}
