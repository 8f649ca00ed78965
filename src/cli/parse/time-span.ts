import { EXIT } from '../exit-codes.ts'
import { formatTime } from '../print/words.ts'
import { CliProblem } from '../problem.ts'

export interface TimeSpan {
  readonly sinceMs?: number
  readonly untilMs?: number
}

/** What `--since` and `--until` leave, the latter not included. */
export function timeSpan(sinceMs: number | undefined, untilMs: number | undefined): TimeSpan {
  if (sinceMs !== undefined && untilMs !== undefined && untilMs <= sinceMs)
    throw new CliProblem(
      EXIT.badInput,
      `--until (${formatTime(untilMs)} UTC) is to be later than --since (${formatTime(sinceMs)} UTC)`,
    )
  return { ...(sinceMs !== undefined && { sinceMs }), ...(untilMs !== undefined && { untilMs }) }
}
