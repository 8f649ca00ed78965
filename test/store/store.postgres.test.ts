import { execFileSync, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { chownSync, statSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { PostgresQueryCompiler } from 'kysely'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import { EXIT } from '../../src/cli/exit-codes.ts'
import { limitAt } from '../../src/core/budgets/shared-limit.ts'
import type { SharedHealth } from '../../src/core/ports.ts'
import { BREAKER_LIMITS, closedTo } from '../../src/core/routing/health/breaker.ts'
import { openStore } from '../../src/store/index.ts'
import { signalbox } from '../cli/captured.ts'
import { onFreePort } from '../support/on-free-port.ts'
import { type PostgresServer, query, startPostgres } from '../support/postgres.ts'
import { describeStore } from './describe-store.ts'
import { answered, asked, newAttempt, newCall, newRun, RUN } from './records.ts'

/** Installing PostgreSQL where it is missing takes a minute or two. */
const START_TIMEOUT_MS = 300_000

let server: PostgresServer

beforeAll(async () => {
  server = await startPostgres({ durable: true })
}, START_TIMEOUT_MS)

// Also of a test that fails: the others would have its clock.
afterEach(() => void vi.restoreAllMocks())

afterAll(() => server?.stop())

describeStore({
  name: 'PostgreSQL',
  newPlace: async () => {
    const url = await server.newDatabase()
    return {
      open: settings => openStore({ url, ...settings }),
      compiler: () => new PostgresQueryCompiler(),
      mostParameters: 65_535,
      preparing: ['create schema signalbox'],
      contents: () => contentsOf(url),
      execute: statement => query(url, `set search_path to signalbox; ${statement}`),
      remove: async () => {},
    }
  },
})

/** Every row as text; what lies in dead rows and in the server's log is not looked at. */
async function contentsOf(url: string): Promise<string> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rows: tables } = await client.query(`select tablename from pg_tables where schemaname = 'signalbox'`)
    const texts = []
    for (const { tablename } of tables)
      texts.push(
        ...(await client.query(`select t::text as line from signalbox.${tablename} t`)).rows.map(row => row.line),
      )
    return texts.join('\n')
  } finally {
    await client.end()
  }
}

/** A store with an open run in a database of its own; closed with the test. */
async function storeWithRun() {
  const url = await server.newDatabase()
  const store = await openStore({ url })
  onTestFinished(() => store.close())
  await store.ledger.openRun(newRun())
  return { url, store }
}

it('keeps its tables apart from those of others in the same database', async () => {
  const url = await server.newDatabase()
  await query(url, 'create table runs (theirs text)')
  const store = await openStore({ url })
  expect(await store.reports.runs()).toEqual([])
  await store.close()
})

it.each(['attempts', 'schema_version'])('refuses a store without its table %s, and leaves it as it is', async table => {
  const url = await server.newDatabase()
  await (await openStore({ url })).close()
  await query(url, `drop table signalbox.${table}`)
  const refused = {
    kind: 'corrupt',
    message: expect.stringMatching(
      new RegExp(`^The PostgreSQL database 127\\.0\\.0\\.1:.* lacks the table signalbox\\.${table}\\. .*backup`),
    ),
  }
  await expect(openStore({ url })).rejects.toMatchObject(refused)
  await expect(openStore({ url })).rejects.toMatchObject(refused)
})

it('makes no store in a database for who only reads', async () => {
  const url = await server.newDatabase()
  const opening = () => openStore({ url, existing: true })
  const missing = {
    kind: 'unreachable',
    message: expect.stringMatching(/^There is no store in the PostgreSQL database/),
  }
  await expect(opening()).rejects.toMatchObject(missing)
  // Fails where it was made.
  await query(url, 'create schema signalbox')
  await expect(opening()).rejects.toMatchObject(missing)
  await (await openStore({ url })).close()
  const store = await opening()
  expect(await store.reports.runs()).toEqual([])
  await store.close()
})

it('says which table is gone when it goes while the store is open', async () => {
  const { url, store } = await storeWithRun()
  await query(url, 'drop table signalbox.attempts')
  const gone = { kind: 'corrupt', message: expect.stringContaining('the table signalbox.attempts') }
  await expect(store.reports.attempts({ run: RUN.id })).rejects.toMatchObject(gone)
  await expect(store.ledger.beginAttempt(newAttempt(newCall(1), 1))).rejects.toMatchObject(gone)
  await query(url, 'drop schema signalbox cascade')
  await expect(store.reports.run(RUN.id)).rejects.toMatchObject({ kind: 'corrupt' })
})

it('goes on after the server has cut its connections', async () => {
  const { url, store } = await storeWithRun()
  await query(
    url,
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  )
  await expect.poll(() => store.reports.run(RUN.id).catch(String)).toMatchObject({ id: RUN.id })
})

it('goes on with its statements where a newer version has given the tables other columns meanwhile', async () => {
  const { url, store } = await storeWithRun()
  const call = newCall(1)
  await store.ledger.beginCall(call)
  // On several connections, each of which keeps statements of its own.
  const reading = () => Promise.all(Array.from({ length: 8 }, () => store.reports.run(RUN.id)))
  await reading()
  for (const table of ['runs', 'calls', 'attempts', 'scopes'])
    await query(url, `alter table signalbox.${table} add column later text`)
  expect(await reading()).toMatchObject(Array.from({ length: 8 }, () => ({ id: RUN.id })))
  const attempt = newAttempt(call, 1)
  expect(await store.ledger.beginAttempt(attempt)).toMatchObject({ kind: 'reserved' })
  await store.ledger.endAttempt(attempt.attemptId, answered())
  expect(await store.reports.cost(RUN.id)).toMatchObject({ attempts: 1, highPico: '420' })
})

it('hands out starts by its own clock, however far apart those of its workers are', async () => {
  const url = await server.newDatabase()
  const stores = [await openStore({ url }), await openStore({ url }), await openStore({ url })]
  const clock = vi.spyOn(Date, 'now')
  const limits = [{ scopeId: 'acme', burstMs: 0, requestsPerMinute: 1 }]
  const admit = async (worker: number, aheadMs: number) => {
    clock.mockImplementation(() => performance.timeOrigin + performance.now() + aheadMs)
    const nowMs = Date.now()
    const asked = { callId: `call-${worker}`, workspace: 'default', priority: 3, limits, tokens: 1, waits: true }
    const said = await stores[worker]!.admissions.admit({ ...asked, permitId: '1', permitUntilMs: nowMs, nowMs })
    return said.kind === 'start' ? 0 : Math.round((said.atMs - nowMs) / 10_000)
  }
  expect([await admit(0, 40_000), await admit(1, -40_000), await admit(2, 0)]).toEqual([0, 6, 12])
  for (const store of stores) await store.close()
})

/** What a connection has counted is there once it has ended. */
async function counted(url: string, what: string, from: string): Promise<number> {
  const others = 'datname = current_database() and pid <> pg_backend_pid()'
  await expect.poll(() => numberOf(url, `select count(*)::int as number from pg_stat_activity where ${others}`)).toBe(0)
  return numberOf(url, `select ${what}::int as number from ${from}`)
}

it('reads the next events of long runs, and not all that come behind them', async () => {
  const url = await server.newDatabase()
  await (await openStore({ url })).close()
  await query(
    url,
    `insert into signalbox.run_events (run_key, event_offset, at_ms, transient, body) select run, n, 1, 0, '{"kind":"wait"}' from generate_series(1, 20) run, generate_series(1, 5000) n; analyze`,
  )
  const reads = () => counted(url, 'idx_tup_read', `pg_stat_user_indexes where indexrelname = 'run_events_key'`)
  const before = await reads()
  const store = await openStore({ url })
  const spans = ['1', '2'].map(key => ({ key, after: 10, until: 5_000 }))
  expect(await store.events.readSpans(spans, 100)).toHaveLength(200)
  await store.close()
  expect((await reads()) - before).toBeLessThan(1_000)
})

it('finds what a purged run has said without a look through all messages, in whatever order the database has texts', async () => {
  await query(server.url, `create database words template template0 locale_provider icu icu_locale 'en-US'`)
  const url = new URL('/words', server.url).href
  const store = await openStore({ url })
  await store.ledger.openRun(newRun())
  const { transcript } = await store.ledger.beginCall(newCall(1, { messages: [asked('Hello')] }))
  await query(
    url,
    `insert into signalbox.messages select upper('${RUN.key}') || n || '/1', 0, 'd', '1', 'b' from generate_series(1, 5000) n; analyze`,
  )
  await store.close()
  const looks = () => counted(url, 'seq_scan', `pg_stat_user_tables where relname = 'messages'`)
  const before = await looks()
  const purging = await openStore({ url })
  await purging.content.purge(RUN.id, 9_000)
  await expect(purging.transcripts.read(transcript)).rejects.toThrow()
  await purging.close()
  expect(await looks()).toBe(before)
  expect(await numberOf(url, 'select count(*)::int as number from signalbox.messages')).toBe(5_000)
})

it('looks for runs whose retention is over without a look at those whose is not', async () => {
  const url = await server.newDatabase()
  const store = await openStore({ url })
  await store.ledger.openRun(newRun({ retentionMs: 7_200_000 }))
  await store.ledger.closeRun(RUN, { outcome: 'answered', endedAtMs: 2_000 })
  await store.close()
  const columns = await rowsOf(
    url,
    `select column_name from information_schema.columns where table_schema = 'signalbox' and table_name = 'runs'`,
  )
  const copied = columns.map(({ column_name }) => COPIES[column_name] ?? column_name).join()
  await query(
    url,
    `insert into signalbox.runs (${columns.map(row => row.column_name).join()}) select ${copied} from signalbox.runs, generate_series(1, 5000) n; analyze`,
  )
  const scans = () => counted(url, 'seq_scan', `pg_stat_user_tables where relname = 'runs'`)
  const reads = () => counted(url, 'sum(idx_tup_read)', `pg_stat_user_indexes where relname = 'runs'`)
  const before = [await scans(), await reads()] as const
  const purging = await openStore({ url })
  expect(await purging.content.purgeDue(7_202_000 + 1_000)).toHaveLength(1)
  await purging.close()
  expect(await scans()).toBe(before[0])
  expect((await reads()) - before[1]).toBeLessThan(100)
})

it('sweeps up budgets, and finds the values that have spent most, without a look at the scopes of runs', async () => {
  await query(server.url, `create database budgets template template0 locale_provider icu icu_locale 'en-US'`)
  const url = new URL('/budgets', server.url).href
  await (await openStore({ url })).close()
  const over = limitAt({ name: 'each', scope: { all: true }, per: 'day', usd: '1', warnAt: [] }, 0).scopeId
  const scopes = (ids: string, count: number) =>
    `insert into signalbox.scopes (scope_id, spent_pico, spent_tokens, reserved_pico, reserved_tokens) select ${ids}, '5', 5, '0', 0 from generate_series(1, ${count}) n`
  await query(url, scopes('md5(n::text)', 20_000))
  await query(url, scopes(`'${over}:' || n`, 20))
  await query(
    url,
    `insert into signalbox.budget_warnings (scope_id, share, at_ms) select '${over}:' || n, '1', 1 from generate_series(1, 20) n; analyze`,
  )
  const scans = () => counted(url, 'seq_scan', `pg_stat_user_tables where relname = 'scopes'`)
  const reads = () => counted(url, 'sum(idx_tup_read)', `pg_stat_user_indexes where relname = 'scopes'`)
  const before = [await scans(), await reads()] as const
  const store = await openStore({ url })
  expect(await store.budgets.spentScopes(`${over}:`, 'tokens', 5)).toHaveLength(5)
  await store.budgets.sweep(Date.now())
  await store.close()
  expect(await scans()).toBe(before[0])
  expect((await reads()) - before[1]).toBeLessThan(1_000)
  const left = (table: string) => numberOf(url, `select count(*)::int as number from signalbox.${table}`)
  expect([await left('scopes'), await left('budget_warnings')]).toEqual([20_000, 0])
})

/** Of runs that ended with the other and are kept for longer. */
const COPIES: Readonly<Record<string, string>> = {
  run_key: `run_key || '-' || n`,
  run_id: `run_id || '-' || n`,
  scope_id: `scope_id || '-' || n`,
  retention_ms: '2 * retention_ms',
}

it('tells all workers what one has seen of an endpoint whose clock is behind theirs', async () => {
  const url = await server.newDatabase()
  const clock = vi.spyOn(Date, 'now')
  const at = (aheadMs: number) => {
    clock.mockImplementation(() => performance.timeOrigin + performance.now() + aheadMs)
    return Date.now()
  }
  const [slow, right] = [await openStore({ url }), await openStore({ url })]
  const slowMs = at(-300_000)
  const seen = [{ outcome: { kind: 'asked' }, atMs: slowMs, chance: 0 }] as const
  await slow.health.exchange([{ endpoint: 'acme:large', seen }], slowMs - 10_000, slowMs)
  const rightMs = at(0)
  const told = await right.health.exchange([], rightMs - 10_000, rightMs)
  expect(told).toMatchObject([{ endpoint: 'acme:large' }])
  for (const store of [slow, right]) await store.close()
})

it('has an endpoint closed for as long to all workers, and its probe out, whatever the clock says of the one that closes it', async () => {
  const url = await server.newDatabase()
  // However long the store takes: all of it is asked about one moment.
  const momentMs = Date.now()
  const clock = vi.spyOn(Date, 'now')
  const at = (aheadMs: number) => {
    clock.mockImplementation(() => performance.timeOrigin + performance.now() + aheadMs)
    return momentMs + aheadMs
  }
  const stores = [await openStore({ url }), await openStore({ url }), await openStore({ url })]
  const workers = [300_000, 0, -300_000].map((aheadMs, nth) => ({ aheadMs, health: stores[nth]!.health }))
  // How far apart two clocks are is known to half of the time that an answer takes.
  const tensOfSecondsLeft = ({ state }: SharedHealth, nowMs: number) =>
    Math.round(((closedTo(state.breaker, nowMs) ?? nowMs) - nowMs) / 10_000)
  const fault = { kind: 'overloaded', message: '', evidence: {} } as const
  for (const closing of workers) {
    const endpoint = `acme:${closing.aheadMs}`
    const failed = { outcome: { kind: 'fault', fault }, atMs: at(closing.aheadMs), chance: 0 } as const
    await closing.health.exchange([{ endpoint, seen: Array(5).fill(failed) }], failed.atMs, failed.atMs)
    for (const { aheadMs, health } of workers) {
      const nowMs = at(aheadMs)
      const told = await health.exchange([], nowMs - 10_000, nowMs)
      expect(tensOfSecondsLeft(told.find(each => each.endpoint === endpoint)!, nowMs)).toBe(1)
    }
    const claims: boolean[] = []
    for (const { aheadMs, health } of workers) {
      const nowMs = at(aheadMs) + BREAKER_LIMITS.openMs + 5_000
      const claimed = await health.claimProbe({ endpoint, seen: [] }, nowMs)
      claims.push(claimed.granted)
      expect(tensOfSecondsLeft(claimed.health, nowMs)).toBe(BREAKER_LIMITS.probeMs / 10_000)
    }
    expect(claims).toEqual([true, false, false])
  }
  for (const store of stores) await store.close()
})

it('tells a worker by its own clock what one has begun whose clock is minutes ahead', async () => {
  const url = await server.newDatabase()
  const clock = vi.spyOn(Date, 'now')
  const at = (aheadMs: number) => {
    clock.mockImplementation(() => performance.timeOrigin + performance.now() + aheadMs)
    return Math.floor(Date.now())
  }
  const [ahead, behind] = [await openStore({ url }), await openStore({ url })]
  const startedAtMs = at(300_000)
  await ahead.ledger.openRun(newRun({ startedAtMs }))
  const call = newCall(1, { startedAtMs })
  await ahead.ledger.beginAttempt(newAttempt(call, 1, { startedAtMs }))
  const fault = { kind: 'rate-limited', message: '', evidence: { retryAfterMs: 2_000 } } as const
  await ahead.ledger.endAttempt(`${call.callId}#1`, { outcome: 'fault', fault, endedAtMs: startedAtMs + 1 })
  const what = { scopeId: 'budget:all', callId: call.callId, run: RUN, step: 1, taskClass: 'cheap' }
  const short = { endpoint: 'acme:large', reason: 'full', needed: { tokens: 1 }, sinceMs: startedAtMs }
  await ahead.budgets.beginWait({ ...what, ...short })
  const nowMs = at(-300_000)
  const told = await behind.ledger.beginCall({ ...call, startedAtMs: nowMs })
  const [attempt] = await behind.ledger.attemptsOf(call.callId)
  await behind.ledger.closeRun(RUN, { outcome: 'failed', endedAtMs: nowMs })
  const run = await behind.reports.run(RUN.id)
  clock.mockRestore()
  const times = [told.startedAtMs, told.waitingSinceMs, told.attempts[0]?.endedAtMs, attempt?.startedAtMs]
  for (const time of times) expect(Math.abs(time! - nowMs)).toBeLessThan(5_000)
  expect(Math.abs(run!.endedAtMs! - run!.startedAtMs)).toBeLessThan(5_000)
  for (const store of [ahead, behind]) await store.close()
})

it('keeps content and what is spent for a worker whose clock is days ahead, or was put so while it worked', async () => {
  const url = await server.newDatabase()
  const store = await openStore({ url })
  const nowMs = Date.now()
  const limit = limitAt({ name: 'all', scope: { all: true }, per: 'day', usd: '1', warnAt: [] }, nowMs)
  await store.ledger.openRun(newRun({ retentionMs: 3_600_000, startedAtMs: nowMs }))
  const call = newCall(1, { startedAtMs: nowMs })
  await store.ledger.beginAttempt(newAttempt(call, 1, { shared: [limit] }))
  await store.ledger.closeRun(RUN, { outcome: 'failed', endedAtMs: nowMs })
  const days = vi.spyOn(Date, 'now').mockImplementation(() => nowMs + 3 * 86_400_000)
  const ahead = await openStore({ url })
  for (const each of [ahead, store]) {
    await each.budgets.sweep(Date.now())
    expect(await each.content.purgeDue(Date.now())).toEqual([])
    expect(await each.content.purgeEndedBefore(Date.now() - 86_400_000, Date.now())).toEqual([])
  }
  days.mockRestore()
  expect(await store.budgets.standing([limit])).toMatchObject([{ spentPico: '1000' }])
  for (const each of [ahead, store]) await each.close()
})

it('begins a transaction again that the server has ended because another waited for it, too', async () => {
  const { url, store } = await storeWithRun()
  const other = new Client({ connectionString: url })
  await other.connect()
  await other.query(`set search_path to signalbox; set deadlock_timeout = '1h'; begin`)
  await other.query(`select 1 from scopes where scope_id = '${RUN.key}' for update`)
  const call = newCall(1)
  const reserved = store.ledger.beginAttempt(newAttempt(call, 1))
  await expect.poll(() => waiting(url)).toBe(1)
  // Each waits for the other from here on, until the server sees it: ours is the one that looks.
  await other.query(`select 1 from runs where run_key = '${RUN.key}' for update`)
  await other.query('commit')
  await other.end()
  expect(await reserved).toMatchObject({ kind: 'reserved' })
  expect(await store.reports.attempts({ run: RUN.id })).toHaveLength(1)
})

/** Transactions that wait for another one's lock. */
function waiting(url: string): Promise<number> {
  return numberOf(url, 'select count(*)::int as number from pg_locks where not granted')
}

async function numberOf(url: string, question: string): Promise<number> {
  return (await rowsOf(url, question))[0].number
}

async function rowsOf(url: string, question: string) {
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query(question)
  await client.end()
  return rows
}

it('settles side by side whatever isolation the server gives by itself', async () => {
  const url = await server.newDatabase()
  await query(
    url,
    `alter database ${new URL(url).pathname.slice(1)} set default_transaction_isolation = 'serializable'`,
  )
  const store = await openStore({ url })
  await store.ledger.openRun(newRun())
  const attempts = Array.from({ length: 8 }, (_, step) => newAttempt(newCall(step + 1), 1))
  for (const { call } of attempts) await store.ledger.beginCall(call)
  const reserved = await Promise.all(attempts.map(attempt => store.ledger.beginAttempt(attempt)))
  expect(reserved.map(({ kind }) => kind)).toEqual(attempts.map(() => 'reserved'))
  await Promise.all(attempts.map(({ attemptId }) => store.ledger.endAttempt(attemptId, answered())))
  expect(await store.reports.cost(RUN.id)).toMatchObject({ attempts: 8, highPico: `${8 * 420}` })
  await store.close()
})

it('purges nothing of a run that is reset in that very moment', async () => {
  const url = await server.newDatabase()
  const store = await openStore({ url })
  await store.ledger.openRun(newRun({ retentionMs: 0, part: 'first' }))
  const { transcript } = await store.ledger.beginCall(newCall(1, { messages: [asked('Hello')], part: 'first' }))
  await store.ledger.closeRun(RUN, { outcome: 'answered', endedAtMs: 1_000 })
  const other = new Client({ connectionString: url })
  await other.connect()
  await other.query(`begin; update signalbox.runs set ended_at_ms = null, outcome = null where run_key = '${RUN.key}'`)
  const purged = store.content.purgeDue(9_000_000)
  await expect.poll(() => waiting(url)).toBe(1)
  await other.query('commit')
  await other.end()
  expect(await purged).toEqual([])
  expect(await store.transcripts.read(transcript)).toEqual([asked('Hello')])
  await store.close()
})

it('purges in two workers at once, each tree in one of them', async () => {
  const { url, store } = await storeWithRun()
  const ids = Array.from({ length: 30 }, (_, number) => `due-${number}`)
  for (const id of ids) {
    const run = { ...RUN, id, key: id }
    await store.ledger.openRun(newRun({ run }))
    await store.ledger.closeRun(run, { outcome: 'answered', endedAtMs: 1_000 })
  }
  const other = await openStore({ url })
  const purged = await Promise.all([store, other].map(({ content }) => content.purgeEndedBefore(2_000, 3_000)))
  await other.close()
  expect(purged.flat().map(({ run }) => run)).toHaveLength(30)
  expect(new Set(purged.flat().map(({ run }) => run))).toEqual(new Set(ids))
})

it('purges a tree from below, as its runs tell those above them, so that neither waits for the other', async () => {
  const { url, store } = await storeWithRun()
  const child = { ...RUN, id: `${RUN.id}/a-1-1`, key: `${RUN.key}/a-1-1`, scope: RUN.key }
  await store.ledger.openRun(newRun({ run: child }))
  const telling = new Client({ connectionString: url })
  await telling.connect()
  const lock = (key: string) => telling.query(`select 1 from signalbox.runs where run_key = '${key}' for update nowait`)
  await telling.query('begin')
  await lock(child.key)
  const purged = store.content.purge(RUN.id, 9_000)
  await expect.poll(() => waiting(url)).toBe(1)
  await lock(RUN.key)
  await telling.query('commit')
  await telling.end()
  expect(await purged).toMatchObject({ runs: 2 })
})

it('says what was purged also where the files cannot be rewritten then', async () => {
  const { url, store } = await storeWithRun()
  await store.ledger.beginCall(newCall(1, { messages: [asked('What was said.')] }))
  await store.ledger.closeRun(RUN, { outcome: 'answered', endedAtMs: 1_000 })
  const reader = new Client({ connectionString: url })
  await reader.connect()
  await reader.query('begin; select count(*) from signalbox.messages')
  const env = { DATABASE_URL: `${url}?options=${encodeURIComponent('-c lock_timeout=200ms')}` }
  const { out, err, exitCode } = await signalbox(['purge', '--run', RUN.id], { env })
  expect(out).toBe(`${RUN.id}: content deleted\n`)
  expect(err).toMatch(/which were not rewritten: .* waited longer for a lock .*`vacuum full`/)
  expect(exitCode).toBe(EXIT.outOfReach)
  await reader.end()
})

/** Of a user whose statements have a limit. On a slow machine that of opening is too long for it now and then. */
function openLimited(url: string) {
  const limited = `${url}?options=${encodeURIComponent('-c statement_timeout=300ms')}`
  return vi.waitFor(() => openStore({ url: limited }), { timeout: 20_000 })
}

it('purges for as long as that takes, where the statements of this user have a limit', async () => {
  const { url, store } = await storeWithRun()
  await store.ledger.closeRun(RUN, { outcome: 'answered', endedAtMs: 1_000 })
  const limited = await openLimited(url)
  const other = new Client({ connectionString: url })
  await other.connect()
  await other.query('begin; lock table signalbox.messages in share mode')
  const purging = limited.content.purge(RUN.id, 2_000)
  await expect.poll(() => waiting(url)).toBe(1)
  const events = () => limited.events.write({ ...RUN }, [{ kind: 'said', id: '1', text: 'late' }], 3_000)
  await expect(events()).rejects.toMatchObject({ kind: 'busy', message: expect.stringMatching(/raise that limit/) })
  await other.query('commit')
  await other.end()
  expect(await purging).toMatchObject({ how: 'deleted' })
  await limited.close()
})

it('rewrites its tables for as long as that takes, where the statements of this user have a limit', async () => {
  const { url } = await storeWithRun()
  const limited = await openLimited(url)
  const other = new Client({ connectionString: url })
  await other.connect()
  const lock = 'begin; lock table signalbox.messages, signalbox.run_events in access exclusive mode'
  await other.query(lock)
  const rewritten = limited.content.scrub().then(() => 'rewritten', String)
  await expect.poll(() => waiting(url)).toBe(1)
  const events = () => limited.events.write({ ...RUN }, [{ kind: 'said', id: '1', text: 'late' }], 3_000)
  await expect(events()).rejects.toMatchObject({ kind: 'busy' })
  await other.query('commit')
  expect(await rewritten).toBe('rewritten')
  // The connection on which that was done is in use again, with its limit.
  await other.query(lock)
  await expect(events()).rejects.toMatchObject({ kind: 'busy' })
  await other.end()
  await limited.close()
})

it('gives up on a server that has fallen silent, as at a failover to another address, and goes on with one that answers', async () => {
  const line = await startLine(server.url)
  const store = await openStore({ url: line.through(await server.newDatabase()) })
  await store.ledger.openRun(newRun())
  const heard = line.fallSilent()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const asked = store.ledger.beginCall(newCall(1)).catch(error => error)
  await heard
  await vi.advanceTimersByTimeAsync(60_000)
  vi.useRealTimers()
  expect(await asked).toMatchObject({
    kind: 'unreachable',
    message: expect.stringMatching(/did not answer in time.*query_timeout/),
  })
  line.speak()
  expect(await store.ledger.beginCall(newCall(1))).toMatchObject({ attempts: [] })
  await store.close()
  line.stop()
})

it('does not keep alive a process that has closed it while the server said nothing', async () => {
  const line = await startLine(server.url)
  const url = line.through(await server.newDatabase())
  const script = join(import.meta.dirname, 'closing-process.ts')
  const reader = spawn(process.execPath, [script, url], { stdio: ['pipe', 'pipe', 'inherit'] })
  await once(reader.stdout, 'data')
  line.fallSilent()
  reader.stdin.write('close')
  expect(await once(reader, 'exit')).toEqual([0, null])
  line.stop()
})

it('fails what a silent server was asked, and whatever would be asked of it, while it is abandoned', async () => {
  const line = await startLine(server.url)
  const store = await openStore({ url: line.through(await server.newDatabase()) })
  await store.ledger.openRun(newRun())
  const heard = line.fallSilent()
  // One on the connection that is there, others on connections that begin, and some in line for those.
  const asked = Array.from({ length: 12 }, (_, at) => store.ledger.beginCall(newCall(at + 1)).catch(error => error))
  await heard
  const resume = store.abandon()
  const lost = expect.objectContaining({ name: 'StoreProblem', kind: 'unreachable' })
  expect(await Promise.all(asked)).toEqual(asked.map(() => lost))
  await expect(store.ledger.beginCall(newCall(13))).rejects.toThrow('is not asked any more: this worker is ending')
  line.speak()
  resume()
  expect(await store.ledger.beginCall(newCall(1))).toMatchObject({ attempts: [] })
  await store.close()
  line.stop()
})

/** Between a store and its server: bytes go both ways, unless it has fallen silent. What was on its way then never arrives. */
async function startLine(url: string) {
  const { hostname, port } = new URL(url)
  let isSilent = false
  const sockets = new Set<Socket>()
  const heard = new EventEmitter()
  const listener = createServer({ allowHalfOpen: true }, near => {
    const far = connect(Number(port), hostname)
    near.on('end', () => isSilent || near.end())
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('data', bytes => (isSilent ? heard.emit('bytes') : to.write(bytes)))
      from.on('error', () => {}).on('close', () => to.destroy())
    }
  })
  await onFreePort(listener)
  const address = listener.address() as AddressInfo
  return {
    through: (to: string) => Object.assign(new URL(to), { port: `${address.port}` }).href,
    fallSilent() {
      isSilent = true
      return once(heard, 'bytes')
    },
    speak() {
      isSilent = false
    },
    stop() {
      listener.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

it('outlives a crash of the server in the middle of its transactions', async () => {
  const store = await openStore({ url: await server.newDatabase() })
  await store.ledger.openRun(newRun())
  let crashed = false
  const failures: unknown[] = []
  const keepWriting = async (writer: number) => {
    while (!crashed)
      await store.events
        .write(RUN, [{ kind: 'text-delta', step: writer, attempt: 1, text: 'word' }], 3_000)
        .catch(error => failures.push(error))
  }
  const writing = Promise.all(Array.from({ length: 12 }, (_, writer) => keepWriting(writer)))
  await server.crash()
  crashed = true
  await writing
  expect(failures.length).toBeGreaterThan(0)
  expect(new Set(failures.map(failure => (failure as Error).name))).toEqual(new Set(['StoreProblem']))
  await expect.poll(() => store.reports.runs().then(() => 'well', String)).toBe('well')
  await store.close()
})

it('names the server and never the password when nobody listens', async () => {
  const opening = openStore({ url: 'postgres://someone:hunter2@127.0.0.1:1/work' })
  await expect(opening).rejects.toMatchObject({
    name: 'StoreProblem',
    kind: 'unreachable',
    message: expect.stringMatching(/127\.0\.0\.1:1\/work cannot be reached.*DATABASE_URL/),
  })
  await expect(opening).rejects.not.toMatchObject({ message: expect.stringContaining('hunter2') })
})

it('says that a database does not exist', async () => {
  const url = new URL('/nowhere', server.url).href
  await expect(openStore({ url })).rejects.toMatchObject({
    kind: 'unreachable',
    message: expect.stringMatching(/nowhere does not exist. Create it/),
  })
})

it('gives its reports to a user who may only read, and says so when that one writes or lacks a right', async () => {
  const { url } = await storeWithRun()
  await query(
    url,
    `create role reader login; grant usage on schema signalbox to reader; grant select on all tables in schema signalbox to reader`,
  )
  const reading = new URL(url)
  reading.username = 'reader'
  const reader = await openStore({ url: reading.href, existing: true })
  expect(await reader.reports.runs()).toMatchObject([{ id: RUN.id }])
  expect(await reader.reports.spend({ by: ['class'], fromMs: 0, untilMs: 9 })).toMatchObject({ rows: [] })
  expect(await reader.health.exchange([], 0, 9)).toEqual([])
  await expect(reader.budgets.setLimits('month', { limitPico: '1', setAtMs: 1 })).rejects.toMatchObject({
    kind: 'read-only',
  })
  await query(url, 'revoke select on signalbox.runs from reader')
  const lacking = {
    kind: 'read-only',
    message: expect.stringMatching(/does not allow this user to do that\. .* SELECT on its tables/),
  }
  await expect(reader.reports.runs()).rejects.toMatchObject(lacking)
  await reader.close()
})

it('says that the user may not write', async () => {
  const url = await server.newDatabase()
  await query(url, 'create role visitor login')
  const visitor = new URL(url)
  visitor.username = 'visitor'
  await expect(openStore({ url: visitor.href })).rejects.toMatchObject({ kind: 'read-only' })
})

it('is asked by TLS where its address says so, and tells what is wrong with a certificate', async () => {
  const url = await server.newDatabase()
  const opening = (parameters: string) => openStore({ url: `${url}?${parameters}` })
  await expect(opening('sslmode=verify-full')).rejects.toMatchObject({
    kind: 'unreachable',
    message: expect.stringContaining('does not speak TLS'),
  })
  const certificate = await turnTlsOn(url)
  await expect(opening('sslmode=verify-full')).rejects.toMatchObject({
    kind: 'unreachable',
    message: expect.stringMatching(/certificate that is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\).*sslrootcert=/),
  })
  await expect(opening('sslmode=verify-full&sslrootcert=/nowhere/ca.pem')).rejects.toMatchObject({
    kind: 'unreachable',
    message: expect.stringContaining('/nowhere/ca.pem that DATABASE_URL names cannot be read (ENOENT)'),
  })
  const store = await opening(`sslmode=verify-full&sslrootcert=${certificate}`)
  expect(await store.reports.runs()).toEqual([])
  await store.close()
})

/** With a certificate that it has signed itself. @returns its path */
async function turnTlsOn(url: string): Promise<string> {
  const client = new Client({ connectionString: url })
  await client.connect()
  const [{ data_directory: data }] = (await client.query('show data_directory')).rows
  const [key, certificate] = [join(data, 'server.key'), join(data, 'server.crt')]
  const subject = [
    '-subj',
    '/CN=localhost',
    '-addext',
    'subjectAltName=IP:127.0.0.1',
    '-keyout',
    key,
    '-out',
    certificate,
  ]
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject], {
    stdio: 'pipe',
  })
  const { uid, gid } = statSync(data)
  if (uid !== process.getuid?.()) for (const path of [key, certificate]) chownSync(path, uid, gid)
  await client.query('alter system set ssl = on')
  await client.query('select pg_reload_conf()')
  await expect.poll(async () => (await client.query('show ssl')).rows).toEqual([{ ssl: 'on' }])
  await client.end()
  return certificate
}
