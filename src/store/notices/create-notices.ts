import { pauseAfterTry } from '../../core/notice.ts'
import type { DueNotice, NoticeKey, NoticePort } from '../../core/ports.ts'
import type { Connection } from '../connection.ts'
import type { NoticeTable } from '../schema.ts'
import { all, type Dialect, inTurn, one, type Statement, tell, together, type Work } from '../work.ts'

type Told = { name: string; queue: string; nowMs: number }

type Due = Told & { limit: number }

const lockOurs: Statement<Due, NoticeTable> = ({ limit, ...due }, { queries, lockRows }) =>
  lockRows(oursOf(queries, due).selectAll().orderBy('due_at_ms').limit(limit))

const lockUnsaid: Statement<Due, NoticeTable> = ({ limit, ...due }, { queries, lockRows }) =>
  lockRows(unsaidOf(queries, due).selectAll().orderBy('due_at_ms').limit(limit))

/** Most looks find nothing, and then nobody's writing is held up. */
const findOurs: Statement<Told, Pick<NoticeTable, 'run_key'>> = (due, { queries }) =>
  oursOf(queries, due).select('run_key').limit(1)

const findUnsaid: Statement<Told, Pick<NoticeTable, 'run_key'>> = (due, { queries }) =>
  unsaidOf(queries, due).select('run_key').limit(1)

/** One statement for both would go through all that is to be told later: a webhook that is away may leave very many. */
function oursOf(queries: Dialect['queries'], due: Told) {
  return dueOf(queries, due).where('queue', '=', due.queue)
}

function unsaidOf(queries: Dialect['queries'], due: Told) {
  return dueOf(queries, due).where('queue', 'is', null)
}

function dueOf(queries: Dialect['queries'], { name, nowMs }: Told) {
  return queries.selectFrom('notices').where('name', '=', name).where('due_at_ms', '<=', nowMs)
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
      const found = await read(() => together(one(findOurs, due), one(findUnsaid, due)))
      return found.some(Boolean) ? write(() => claim({ ...due, limit })) : []
    },
    async tried(notice, { triedAtMs, nextTryAtMs = null, problem = null }) {
      const tried_at_ms = triedAtMs + (await clockAheadMs())
      return write(() => tell(setTried, { ...keyOf(notice), due_at_ms: nextTryAtMs, tried_at_ms, problem }))
    },
  }
}

function* claim(due: Due): Work<DueNotice[]> {
  const ours = yield* all(lockOurs, due)
  const unsaid = yield* all(lockUnsaid, { ...due, limit: due.limit - ours.length })
  return yield* inTurn([...ours, ...unsaid], function* ({ run_key, name, ended_at_ms, run_id, body, ...row }) {
    const tries = row.tries + 1
    const nextTryAtMs = due.nowMs + pauseAfterTry(tries)
    yield* tell(setClaimed, { run_key, name, ended_at_ms, tries, due_at_ms: nextTryAtMs })
    return { runKey: run_key, name, endedAtMs: ended_at_ms, runId: run_id, body, tries, nextTryAtMs }
  })
}

function keyOf({ runKey, name, endedAtMs }: NoticeKey): KeyRow {
  return { run_key: runKey, name, ended_at_ms: endedAtMs }
}
