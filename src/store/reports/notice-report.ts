import { taskQueueOf } from '../../core/notice.ts'
import { latestRun } from '../runs/latest-run.ts'
import type { NoticeTable } from '../schema.ts'
import { ask, type Work } from '../work.ts'

/** How it stands with telling somebody of a run's end, as plain JSON. */
export interface NoticeReport {
  /** Of the notice, in the configuration. */
  readonly name: string
  /** The end that it tells of: a run that was reset may have several. */
  readonly endedAtMs: number
  readonly state: 'due' | 'told' | 'given-up'
  readonly tries: number
  readonly triedAtMs?: number
  /** When the next try is due; absent if there is none. */
  readonly nextTryAtMs?: number
  /** Whose workers tell it, if it is due; absent where those of any queue do. */
  readonly taskQueue?: string
  /** Why the last try failed. */
  readonly problem?: string
}

/** Of a run's ends, oldest first. */
export function* noticeReports(runId: string): Work<NoticeReport[]> {
  const run = yield* latestRun(runId)
  if (!run || run.notices === null) return []
  const rows = yield* ask(({ queries }) =>
    queries.selectFrom('notices').selectAll().where('run_key', '=', run.run_key).orderBy('ended_at_ms').orderBy('name'),
  )
  return rows.map(reportOf)
}

function reportOf({ name, ended_at_ms, tries, due_at_ms, tried_at_ms, problem, queue }: NoticeTable): NoticeReport {
  return {
    name,
    endedAtMs: ended_at_ms,
    state: due_at_ms !== null ? 'due' : problem === null ? 'told' : 'given-up',
    tries,
    ...(tried_at_ms !== null && { triedAtMs: tried_at_ms }),
    ...(due_at_ms !== null && { nextTryAtMs: due_at_ms, ...(queue !== null && { taskQueue: taskQueueOf(queue) }) }),
    ...(problem !== null && { problem }),
  }
}
