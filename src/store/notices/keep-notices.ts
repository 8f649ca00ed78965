import { type NoticedEnd, noticeOf, type WantedNotice } from '../../core/notice.ts'
import type { RunEnd } from '../../core/ports.ts'
import type { Labels } from '../../core/protocol.ts'
import { insertOnce } from '../insert-once.ts'
import type { LockedRun } from '../ledger/run-row.ts'
import { spendingsOf } from '../ledger/spendings.ts'
import type { NoticeTable, RunTable } from '../schema.ts'
import { inTurn, one, type Statement, tell, type Work } from '../work.ts'

type Named = Pick<RunTable, 'workflow' | 'labels' | 'started_at_ms'>

const findNamed: Statement<{ runKey: string }, Named> = ({ runKey }, { queries }) =>
  queries.selectFrom('runs').select(['workflow', 'labels', 'started_at_ms']).where('run_key', '=', runKey)

const insertNotice = insertOnce('notices')

/** Writes down who is to be told of the run's end, in the transaction that ends it. Where nobody is, this asks the database nothing. */
export function* keepNotices(row: LockedRun, end: RunEnd): Work<void> {
  if (row.notices === null) return
  const wanted = (JSON.parse(row.notices) as readonly WantedNotice[]).filter(({ on }) => on.includes(end.outcome))
  if (wanted.length === 0) return
  const named = (yield* one(findNamed, { runKey: row.run_key }))!
  const { cost } = yield* spendingsOf(row)
  const noticed = noticedOf(row, named, { ...end, cost })
  yield* inTurn(wanted, ({ name, queue }) =>
    tell(insertNotice, { ...rowOf({ ...noticed, name }), queue: queue ?? null }),
  )
}

function noticedOf(row: LockedRun, named: Named, { outcome, cost, endedAtMs }: RunEnd & Pick<NoticedEnd, 'cost'>) {
  const { workflow, labels, started_at_ms: startedAtMs } = named
  const { run_id: run, run_key: key, workspace } = row
  return { run, key, workspace, workflow, labels: JSON.parse(labels) as Labels, outcome, cost, startedAtMs, endedAtMs }
}

function rowOf(noticed: NoticedEnd): Omit<NoticeTable, 'queue'> {
  const { name, run, key, endedAtMs } = noticed
  return {
    run_key: key,
    name,
    ended_at_ms: endedAtMs,
    run_id: run,
    body: JSON.stringify(noticeOf(noticed)),
    tries: 0,
    due_at_ms: endedAtMs,
    tried_at_ms: null,
    problem: null,
  }
}
