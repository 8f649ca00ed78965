import type { AttemptTable } from '../schema.ts'
import { all, type Statement, type Work } from '../work.ts'
import { wholeMs } from './whole-ms.ts'

/** What the figures of endpoints are made of. */
export type AttemptPart = Pick<
  AttemptTable,
  | 'attempt_id'
  | 'started_at_ms'
  | 'task_class'
  | 'endpoint'
  | 'provider'
  | 'model'
  | 'outcome'
  | 'fault_kind'
  | 'usage'
  | 'first_token_ms'
  | 'total_ms'
  | 'cost_low_pico'
  | 'cost_high_pico'
  | 'unpriced'
  | 'reported_cost_pico'
  | 'batch'
>

/** A month may have millions of attempts, of which only figures are to be kept. */
const PAGE = 2_000

type Page = { afterMs: number; afterId: string; untilMs: number }

/** Its bounds name the index's column alone: past an `or` both databases would look through the time from its beginning for every page. */
const page: Statement<Page, AttemptPart> = ({ afterMs, afterId, untilMs }, { queries }) =>
  queries
    .selectFrom('attempts')
    .select(['attempt_id', 'started_at_ms', 'task_class', 'endpoint', 'provider', 'model'])
    .select(['outcome', 'fault_kind', 'usage', 'first_token_ms', 'total_ms'])
    .select(['cost_low_pico', 'cost_high_pico', 'unpriced', 'reported_cost_pico', 'batch'])
    .where('started_at_ms', '>=', afterMs)
    .where('started_at_ms', '<', untilMs)
    .where(where => where.or([where('started_at_ms', '>', afterMs), where('attempt_id', '>', afterId)]))
    .orderBy('started_at_ms')
    .orderBy('attempt_id')
    .limit(PAGE)

/** Gives each attempt that left from `fromMs` on and before `untilMs` to `take`, oldest first; they are read in pages. */
export function* eachAttempt(fromMs: number, untilMs: number, take: (part: AttemptPart) => void): Work<void> {
  let after = { afterMs: wholeMs(fromMs), afterId: '' }
  for (;;) {
    const parts = yield* all(page, { ...after, untilMs: wholeMs(untilMs) })
    for (const part of parts) take(part)
    const last = parts.at(-1)
    if (!last || parts.length < PAGE) return
    after = { afterMs: last.started_at_ms, afterId: last.attempt_id }
  }
}
