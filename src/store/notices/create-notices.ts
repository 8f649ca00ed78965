import { pauseAfterTry } from '../../core/notice.ts'
import type { DueNotice, NoticeKey, NoticePort } from '../../core/ports.ts'
import type { Connection } from '../connection.ts'
import type { NoticeTable } from '../schema.ts'
import { all, type Dialect, inTurn, one, type Statement, tell, type Work } from '../work.ts'

type Due = { name: string; queue: string; nowMs: number; limit: number }

const lockDue: Statement<Due, NoticeTable> = ({ limit, ...due }, { queries, lockRows }) =>
  lockRows(dueOf(queries, due).selectAll().orderBy('due_at_ms').limit(limit))

/** Most looks find nothing, and then nobody's writing is held up. */
const findDue: Statement<Omit<Due, 'limit'>, Pick<NoticeTable, 'run_key'>> = (due, { queries }) =>
  dueOf(queries, due).select('run_key').limit(1)

function dueOf(queries: Dialect['queries'], { name, queue, nowMs }: Omit<Due, 'limit'>) {
  return queries
    .selectFrom('notices')
    .where('name', '=', name)
    .where(where => where.or([where('queue', '=', queue), where('queue', 'is', null)]))
    .where('due_at_ms', '<=', nowMs)
}

type KeyRow = Pick<NoticeTable, 'run_key' | 'name' | 'ended_at_ms'>

const setClaimed: Statement<KeyRow & Pick<NoticeTable, 'tries' | 'due_at_ms'>, unknown> = (changed, { queries }) =>
  changing(queries, changed)

const setTried: Statement<KeyRow & Pick<NoticeTable, 'due_at_ms' | 'tried_at_ms' | 'problem'>, unknown> = (
  changed,
  { queries },
) => changing(queries, changed).where('due_at_ms', 'is not', null)

function changing(queries: Dialect['queries'], changed: KeyRow & Partial<NoticeTable>) {
  const { run_key, name, ended_at_ms, ...changes } = changed
  return queries
    .updateTable('notices')
    .set(changes)
    .where('run_key', '=', run_key)
    .where('name', '=', name)
    .where('ended_at_ms', '=', ended_at_ms)
}

/** Notices of ended runs. Their times are by the store's clock, as the ends of runs are. */
export function createNotices({ read, write, clockAheadMs }: Connection): NoticePort {
  return {
    async claim(told, nowMs, limit) {
      const due = { ...told, nowMs: nowMs + (await clockAheadMs()) }
      const isAny = (await read(() => one(findDue, due))) !== undefined
      return isAny ? write(() => claim({ ...due, limit })) : []
    },
    async tried(notice, { triedAtMs, nextTryAtMs = null, problem = null }) {
      const tried_at_ms = triedAtMs + (await clockAheadMs())
      return write(() => tell(setTried, { ...keyOf(notice), due_at_ms: nextTryAtMs, tried_at_ms, problem }))
    },
  }
}

function* claim(due: Due): Work<DueNotice[]> {
  const rows = yield* all(lockDue, due)
  return yield* inTurn(rows, function* ({ run_key, name, ended_at_ms, run_id, body, ...row }) {
    const tries = row.tries + 1
    const nextTryAtMs = due.nowMs + pauseAfterTry(tries)
    yield* tell(setClaimed, { run_key, name, ended_at_ms, tries, due_at_ms: nextTryAtMs })
    return { runKey: run_key, name, endedAtMs: ended_at_ms, runId: run_id, body, tries, nextTryAtMs }
  })
}

function keyOf({ runKey, name, endedAtMs }: NoticeKey): KeyRow {
  return { run_key: runKey, name, ended_at_ms: endedAtMs }
}
