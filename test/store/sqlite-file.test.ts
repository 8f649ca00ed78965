import { execFile } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openStore } from '../../src/store/index.ts'
import { openNewStore } from '../support/new-store.ts'
import { answered, asked, copyingRuns, exactly, newAttempt, newCall, newRun, RUN, worst } from './records.ts'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-file-'))
  path = join(folder, 'store.db')
})
afterEach(() => rmSync(folder, { recursive: true }))

it.each([
  ['a file that is no database', 'Dear reader, this is no database. '.repeat(200)],
  ['a file cut short', 'SQLite format 3\u0000'],
])('refuses %s and leaves it as it is', async (_, content) => {
  writeFileSync(path, content)
  await expect(openStore({ path })).rejects.toMatchObject({
    name: 'StoreProblem',
    kind: 'corrupt',
    message: expect.stringMatching(/store\.db is damaged or not a SQLite database.*backup/),
  })
  expect(readFileSync(path, 'utf8')).toBe(content)
})

it('says that the file is damaged when the damage shows later', async () => {
  const store = await openNewStore({ path })
  await store.ledger.openRun(newRun())
  await store.close()
  const bytes = readFileSync(path)
  writeFileSync(path, bytes.fill(0xff, 4_096))
  const opening = openStore({ path }).then(damaged => damaged.reports.run(RUN.id).finally(() => damaged.close()))
  await expect(opening).rejects.toMatchObject({ kind: 'corrupt', message: expect.stringContaining(path) })
})

it('reads each column by its name where a newer version has meanwhile put them in another order', async () => {
  const store = await openNewStore({ path })
  const call = newCall(1)
  await store.ledger.openRun(newRun({ budget: { usd: '0.000000001' } }))
  await store.ledger.beginCall(call)
  await store.ledger.beginAttempt(newAttempt(call, 1, worst(900)))
  const before = await store.ledger.attemptsOf(call.callId)
  const moved = (table: string, column: string) =>
    `alter table ${table} rename column ${column} to before; alter table ${table} add column ${column} text;
     update ${table} set ${column} = before; alter table ${table} drop column before;`
  change(moved('scopes', 'limit_pico') + moved('attempts', 'provider'))
  expect(await store.ledger.attemptsOf(call.callId)).toEqual(before)
  expect(await store.ledger.beginAttempt(newAttempt(call, 2, worst(200)))).toMatchObject({ headroomPico: '100' })
  await store.close()
})

it.each([
  ['attempts', /lacks the table attempts\. .*backup.* It was not changed\.$/],
  ['run_events', /lacks the table run_events/],
  ['schema_version', /lacks the table schema_version/],
])('refuses a store without its table %s, and leaves it as it is', async (table, message) => {
  await makeStore()
  change(`drop table ${table}`)
  await refusedUnchanged({ kind: 'corrupt', message: expect.stringMatching(message) })
})

it('says which table is gone when it goes while the store is open', async () => {
  const store = await openNewStore({ path })
  await store.ledger.openRun(newRun())
  change('drop table attempts')
  const asked = store.reports.attempts({ run: RUN.id }).finally(() => store.close())
  await expect(asked).rejects.toMatchObject({ kind: 'corrupt', message: expect.stringContaining('table attempts') })
})

it.each([
  ['small store', 0],
  ['store too large to be looked at whole', 35_000_000],
])('refuses a %s in which a table begins with a damaged page, and leaves it as it is', async (_, bytes) => {
  await makeStore()
  if (bytes > 0) change(`insert into blobs values ('${RUN.key}', 'long', zeroblob(${bytes}))`)
  damage(`tbl_name = 'attempts'`)
  await refusedUnchanged(DAMAGED)
  damage(`name = 'attempts_open'`)
  await refusedUnchanged(DAMAGED)
})

it('leaves a damaged backup as it is, which has no write-ahead log yet', async () => {
  await makeStore()
  const backup = join(folder, 'backup.db')
  change(`vacuum into '${backup}'`)
  path = backup
  damage(`tbl_name = 'attempts'`)
  await refusedUnchanged(DAMAGED)
})

it('leaves a backup of a newer version as it is', async () => {
  await makeStore()
  change(`pragma journal_mode = delete; insert into schema_version values (9999, 'of tomorrow', 0)`)
  await refusedUnchanged({ kind: 'newer-version', message: expect.stringContaining('Upgrade Signalbox') })
})

it('leaves a damaged store as it is whose process was killed, and its log', async () => {
  await makeStore()
  const writer = new DatabaseSync(path)
  writer.exec(`insert into rejections values ('a', 'b')`)
  const log = readFileSync(`${path}-wal`)
  const bytes = damagedBytes(`tbl_name = 'attempts'`)
  writer.close()
  writeFileSync(path, bytes)
  writeFileSync(`${path}-wal`, log)
  await refusedUnchanged(DAMAGED)
  expect(readFileSync(`${path}-wal`).equals(log)).toBe(true)
})

it("refuses another program's database and leaves it as it is", async () => {
  const theirs = new DatabaseSync(path)
  theirs.exec(`create table runs (miles integer); insert into runs values (26)`)
  theirs.close()
  const before = readFileSync(path)
  await expect(openStore({ path })).rejects.toMatchObject({
    kind: 'foreign',
    message: expect.stringMatching(/of something else.*DATABASE_URL/),
  })
  expect(readFileSync(path).equals(before)).toBe(true)
})

it('refuses a folder in place of a file, and a path through a file', async () => {
  mkdirSync(path)
  await expect(openStore({ path })).rejects.toMatchObject({ kind: 'unreachable' })
  writeFileSync(join(folder, 'file'), '')
  await expect(openStore({ path: join(folder, 'file', 'store.db') })).rejects.toMatchObject({ kind: 'unreachable' })
})

it.each([
  ['write', 0o444],
  ['read', 0o000],
])('refuses a file that it may not %s, and a folder that it may not write', async (_, mode) => {
  await (await openNewStore({ path })).close()
  chmodSync(path, mode)
  chmodSync(folder, 0o555)
  const [file, place] = await asPlainUser(() =>
    Promise.allSettled([openStore({ path }), openStore({ path: `${path}2` })]),
  )
  chmodSync(folder, 0o755)
  const reason = { kind: 'read-only', message: expect.stringMatching(/cannot be written.*Let this user write it/) }
  expect(file).toMatchObject({ status: 'rejected', reason: expect.objectContaining(reason) })
  expect(place).toMatchObject({ status: 'rejected', reason: expect.objectContaining(reason) })
})

it('makes missing folders, and a file that only its owner can read', async () => {
  const deep = join(folder, 'some', 'where', 'store.db')
  const store = await openStore({ url: `sqlite:${deep}` })
  await store.ledger.openRun(newRun())
  expect(store.place).toBe(deep)
  for (const file of [deep, `${deep}-wal`]) expect(statSync(file).mode & 0o777).toBe(0o600)
  await store.close()
})

it('names the ways to write DATABASE_URL when it is neither', async () => {
  await expect(openStore({ url: 'mysql://root:hunter2@db/work' })).rejects.toThrow(
    /^Signalbox has no store for mysql\. DATABASE_URL must be postgres:/,
  )
})

it('is opened and written by several processes at once', async () => {
  const run = promisify(execFile)
  const script = join(import.meta.dirname, 'writing-process.ts')
  await Promise.all(Array.from({ length: 4 }, () => run(process.execPath, [script, path, '50'])))
  const store = await openNewStore({ path })
  const events = await store.events.read(RUN.id, 0, 1_000)
  await store.close()
  expect(events.map(event => event.offset)).toEqual(Array.from({ length: 201 }, (_, index) => index + 1))
})

/** Meanwhile nothing else of the process would go on, heartbeats neither: calls would be taken for lost, and asked again. */
it('waits for another process that has the file locked without holding up all else, and writes in the order of asking', async () => {
  const store = await openNewStore({ path })
  await store.ledger.openRun(newRun())
  const other = new DatabaseSync(path)
  other.exec('begin immediate')
  const say = (text: string) => store.events.write(RUN, [{ kind: 'text-delta', step: 1, attempt: 1, text }], 1)
  const written = Promise.all(['one', 'two', 'three'].map(say))
  await sleep(50)
  const reader = await openStore({ path, existing: true, upToDate: true })
  expect(await reader.events.read(RUN.id, 1, 10)).toEqual([])
  other.exec('rollback')
  await written
  const events = await reader.events.read(RUN.id, 1, 10)
  expect(events).toMatchObject([{ text: 'one' }, { text: 'two' }, { text: 'three' }])
  for (const open of [reader, store, other]) await open.close()
})

it('has written what waited for another process before it is closed', async () => {
  const store = await openNewStore({ path })
  await store.ledger.openRun(newRun())
  const other = new DatabaseSync(path)
  other.exec('begin immediate')
  const written = store.events.write(RUN, [{ kind: 'text-delta', step: 1, attempt: 1, text: 'late' }], 1)
  const closed = store.close()
  other.exec('rollback')
  await Promise.all([written, closed])
  other.close()
})

// Without it whoever closes the file elsewhere takes itself for the last one, and removes a log that is written to.
it.runIf(existsSync('/proc/locks'))('keeps its lock on the file when this process opens it once more', async () => {
  const stores = [await openNewStore({ path }), await openNewStore({ path })]
  expect(readFileSync('/proc/locks', 'utf8')).toContain(`:${statSync(path).ino} `)
  for (const store of stores) await store.close()
})

it('copies its log into the file beside the work, long before a commit has to, also after a change of folder', async () => {
  const before = process.cwd()
  process.chdir(folder)
  const store = await openStore({ path: relative(folder, path) })
  process.chdir(before)
  await store.ledger.openRun(newRun())
  const atFirst = statSync(path).size
  for (let count = 0; count < 300; count += 1)
    await store.events.write(RUN, [{ kind: 'text-delta', step: 1, attempt: 1, text: 'so it goes '.repeat(20) }], 1)
  await expect.poll(() => statSync(path).size).toBeGreaterThan(atFirst)
  await store.close()
  expect(existsSync(`${path}-wal`)).toBe(false)
})

it('looks for the calls with a fault among the attempts that have one alone', async () => {
  await (await openNewStore({ path })).close()
  const database = new DatabaseSync(path)
  const plan = database.prepare('explain query plan select call_id from attempts where fault_kind = ?').all('cut-off')
  database.close()
  expect(plan).toMatchObject([{ detail: expect.stringContaining('USING COVERING INDEX attempts_by_fault') }])
})

it('looks for what tools were charged among the records with a price alone, by run and by time', async () => {
  await (await openNewStore({ path })).close()
  const database = new DatabaseSync(path)
  const planOf = (where: string) =>
    database.prepare(`explain query plan select count(*) from tool_records where price_pico is not null and ${where}`)
  const [byRun, byTime] = [planOf('run_key in (?, ?)').all('a', 'b'), planOf('began_at_ms >= ?').all(1)]
  database.close()
  expect(byRun).toMatchObject([{ detail: expect.stringContaining('USING COVERING INDEX tool_prices_by_run') }])
  expect(byTime).toMatchObject([{ detail: expect.stringContaining('INDEX tool_prices_by_start') }])
})

it('goes on with a store of version 1, the reservation of an open attempt included', async () => {
  const old = new DatabaseSync(path)
  old.exec(readFileSync(join(import.meta.dirname, '../fixtures/stores/version-1.sql'), 'utf8'))
  old.close()
  const store = await openNewStore({ path })
  const [attempt] = await store.reports.attempts({ run: RUN.id })
  expect(await store.budgets.holdingRuns()).toEqual([{ id: RUN.id, key: RUN.key }])
  await store.ledger.endAttempt(attempt!.attemptId, answered({ cost: exactly(300) }))
  const call = newCall(2)
  await store.ledger.beginCall(call)
  expect(await store.ledger.beginAttempt(newAttempt(call, 1, worst(701)))).toMatchObject({ headroomPico: '700' })
  await store.close()
})

it('takes the tool calls of an older store over, each to be found by a retry of its own', async () => {
  const old = new DatabaseSync(path)
  old.exec(readFileSync(join(import.meta.dirname, '../fixtures/stores/version-1.sql'), 'utf8'))
  const values = `'${RUN.key}', 1, 'tool-1', 'search', 2100, 2200, 0, '{"found":1}'`
  old.exec(`insert into tool_records values (${values})`)
  old.close()
  const store = await openNewStore({ path })
  const key = { run: RUN, step: 1, toolCallId: 'tool-1', toolName: 'search' }
  expect(await store.tools.begin(key, 3_000)).toEqual({ kind: 'finished', isError: false, result: { found: 1 } })
  expect(await store.tools.begin({ ...key, part: 'reset', question: 'a1' }, 3_000)).toEqual({ kind: 'new' })
  await store.close()
})

const DAMAGED = { kind: 'corrupt', message: expect.stringMatching(/is damaged.*backup.* It was not changed\.$/) }

async function refusedUnchanged(problem: object): Promise<void> {
  const before = readFileSync(path)
  await expect(openStore({ path })).rejects.toMatchObject({ name: 'StoreProblem', ...problem })
  expect(readFileSync(path).equals(before)).toBe(true)
}

async function makeStore(): Promise<void> {
  const store = await openNewStore({ path })
  await store.ledger.openRun(newRun())
  await store.close()
}

function change(statement: string): void {
  const database = new DatabaseSync(path)
  database.exec(statement)
  database.close()
}

/** Writes over the pages in which these tables and indexes begin. */
function damage(which: string): void {
  writeFileSync(path, damagedBytes(which))
}

function damagedBytes(which: string): Buffer {
  const database = new DatabaseSync(path)
  const size = Number(database.prepare('pragma page_size').get()!.page_size)
  const roots = database.prepare(`select rootpage from sqlite_master where ${which}`).all()
  database.close()
  const bytes = readFileSync(path)
  for (const { rootpage } of roots) bytes.fill(0xff, (Number(rootpage) - 1) * size, Number(rootpage) * size)
  return bytes
}

/** Root may write everything, so root becomes somebody else for the while. */
async function asPlainUser<Result>(body: () => Promise<Result>): Promise<Result> {
  if (process.getuid!() !== 0) return await body()
  process.seteuid!(65_534)
  try {
    return await body()
  } finally {
    process.seteuid!(0)
  }
}

it.each(['purge', 'scrub'] as const)(
  'waits for nobody who reads the file in a %s, and empties its log once nobody does',
  async verb => {
    const { store, reader } = await readWhileOpen()
    const beganMs = performance.now()
    await store.content.purge(RUN.id, 2_000)
    if (verb === 'scrub') await store.content.scrub()
    // Whoever waited would wait for five seconds.
    expect(performance.now() - beganMs).toBeLessThan(4_500)
    await store.ledger.openRun(newRun({ run: { ...RUN, key: 'another' } }))
    reader.exec('commit')
    const written = () => [path, `${path}-wal`].map(file => readFileSync(file, 'latin1')).join()
    await expect.poll(written).not.toContain('canary-51c7')
    reader.close()
    await store.close()
  },
)

it('empties the log of what was purged before it ends, when the last reader goes meanwhile', async () => {
  const { store, reader } = await readWhileOpen()
  await store.content.purge(RUN.id, 2_000)
  setTimeout(() => reader.exec('commit'), 700)
  await store.close()
  for (const file of [path, `${path}-wal`]) expect(readFileSync(file, 'latin1')).not.toContain('canary-51c7')
  reader.close()
})

it('closes the file also where its log cannot be emptied, for it is gone', async () => {
  const { store, reader } = await readWhileOpen()
  await store.content.purge(RUN.id, 2_000)
  rmSync(folder, { recursive: true })
  await store.close()
  mkdirSync(folder)
  await expect(store.reports.run(RUN.id)).rejects.toThrow()
  reader.close()
})

it('writes nothing into a file that was deleted or replaced, and goes on where it is put back', async () => {
  const store = await openNewStore({ path })
  await store.ledger.openRun(newRun())
  const tell = () => store.events.write(RUN, [{ kind: 'wait', step: 1, ms: 1, reason: 'told' }], 1)
  const refused = (words: string) => ({
    kind: 'unreachable',
    message: expect.stringMatching(`store\\.db ${words}.*anew`),
  })
  renameSync(path, `${path}-away`)
  await expect(tell()).rejects.toMatchObject(refused('was deleted'))
  writeFileSync(path, '')
  await expect(tell()).rejects.toMatchObject(refused('was replaced'))
  await expect(store.content.purge(RUN.id, 1)).rejects.toMatchObject(refused('was replaced'))
  renameSync(`${path}-away`, path)
  await tell()
  expect((await store.events.read(RUN.id, 0, 10)).map(({ kind }) => kind)).toEqual(['run-start', 'wait'])
  await store.close()
})

/** A run that has ended, in a store whose file somebody reads. */
async function readWhileOpen() {
  const store = await openNewStore({ path })
  await store.ledger.openRun(newRun())
  await store.ledger.beginCall(newCall(1, { messages: [asked('canary-51c7')] }))
  await store.ledger.closeRun(RUN, { outcome: 'answered', endedAtMs: 1_000 })
  const reader = new DatabaseSync(path)
  reader.exec('begin')
  reader.prepare('select count(*) from messages').get()
  return { store, reader }
}

it('lets others write while more is purged than one transaction takes', async () => {
  const store = await openNewStore({ path })
  await store.ledger.openRun(newRun())
  await store.ledger.closeRun(RUN, { outcome: 'answered', endedAtMs: 1_000 })
  change(copyingRuns(150))
  change('update runs set scope_id = run_key, ended_at_ms = 1000')
  const other = new DatabaseSync(path, { timeout: 0 })
  const order: string[] = []
  setImmediate(() => {
    other.exec(`update runs set message = 'written meanwhile' where run_key = '${RUN.key}'`)
    order.push('written')
  })
  const purged = await store.content.purgeEndedBefore(2_000, 3_000)
  order.push('purged')
  other.close()
  await store.close()
  expect(purged).toHaveLength(151)
  expect(order).toEqual(['written', 'purged'])
})

it('looks for what is to purge beside who writes', async () => {
  const store = await openNewStore({ path })
  await store.ledger.openRun(newRun({ retentionMs: 7_200_000 }))
  const writing = new DatabaseSync(path)
  writing.exec('begin immediate')
  expect(await store.content.purgeDue(8_000_000)).toEqual([])
  expect(await store.content.purgeEndedBefore(8_000_000, 8_000_000)).toEqual([])
  writing.close()
  await store.close()
})

it('tells of a run that goes on between the look for those to purge and the purge that it was left', async () => {
  const store = await openNewStore({ path })
  const run = { ...RUN, labels: { customer: '17' } }
  await store.ledger.openRun(newRun({ run }))
  await store.ledger.closeRun(run, { outcome: 'answered', endedAtMs: 5_000 })
  // The look is done by the time that this returns.
  const purging = store.content.purgeWhere({ label: { key: 'customer', value: '17' } }, 9_000)
  await store.ledger.beginCall(newCall(1, { run, part: 'reset' }))
  expect(await purging).toEqual({
    purged: [],
    left: [{ run: RUN.id, key: RUN.key, runs: 1, matching: 1, open: RUN.id }],
  })
  await store.close()
})
