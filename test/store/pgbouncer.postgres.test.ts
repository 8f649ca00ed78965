import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/store/index.ts'
import { lackingPgBouncer, type PgBouncer, startPgBouncer } from '../support/pgbouncer.ts'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import { answered, newAttempt, newCall, newRun, RUN } from './records.ts'

const WORKERS = 4
const CALLS = 24

const name = `a store behind PgBouncer${lackingPgBouncer ? `, which ${lackingPgBouncer}` : ''}`

describe.skipIf(lackingPgBouncer)(name, () => {
  let server: PostgresServer
  const started: PgBouncer[] = []

  beforeAll(async () => {
    server = await startPostgres({ durable: true })
  }, 300_000)
  afterEach(async () => {
    for (const pooler of started.splice(0)) await pooler.stop()
  })
  afterAll(() => server?.stop())

  const behind = async (...settings: string[]) => {
    const pooler = await startPgBouncer(server.url, settings)
    started.push(pooler)
    return pooler.through(await server.newDatabase())
  }

  // In transaction mode fewer server processes than connections of ours, so that each transaction finds another one.
  it.each([
    ['transaction', 3],
    ['session', 40],
  ])('is opened, written and read by several workers at once in %s mode', async (mode, size) => {
    const url = await behind(`pool_mode = ${mode}`, `default_pool_size = ${size}`)
    const stores = await Promise.all(Array.from({ length: WORKERS }, () => openStore({ url })))
    const [store] = stores as [(typeof stores)[0]]
    await store.ledger.openRun(newRun())
    const work = Array.from({ length: CALLS }, async (_, index) => {
      const { ledger, reports } = stores[index % WORKERS] ?? store
      const call = newCall(index + 1)
      const attempt = newAttempt(call, 1)
      await ledger.beginCall(call)
      expect(await ledger.beginAttempt(attempt)).toMatchObject({ kind: 'reserved' })
      await reports.runs()
      await ledger.endAttempt(attempt.attemptId, answered())
    })
    await Promise.all(work)
    for (const { reports } of stores)
      expect(await reports.cost(RUN.id)).toMatchObject({ attempts: CALLS, highPico: `${CALLS * 420}` })
    await store.content.scrub()
    await Promise.all(stores.map(each => each.close()))
  })

  it('goes on after the server behind it was gone', async () => {
    const url = await behind('pool_mode = transaction', 'server_login_retry = 1', 'query_wait_timeout = 5')
    const store = await openStore({ url })
    await store.ledger.openRun(newRun())
    await server.crash()
    await expect.poll(() => store.reports.run(RUN.id).catch(String)).toMatchObject({ id: RUN.id })
    await store.close()
  })

  it('says what a pooler does not pass on, and what to do', async () => {
    const url = await behind('pool_mode = transaction')
    const refused = { name: 'StoreProblem', kind: 'unreachable' }
    await expect(openStore({ url: `${url}?statement_timeout=5000` })).rejects.toMatchObject({
      ...refused,
      message: expect.stringMatching(/does not pass on statement_timeout\. Remove it from DATABASE_URL/),
    })
    await expect(openStore({ url: url.replace('signalbox@', 'nobody@') })).rejects.toMatchObject({
      ...refused,
      message: expect.stringMatching(/refused the user or the password/),
    })
  })

  it('refuses a pooler that allows no transactions', async () => {
    const url = await behind('pool_mode = statement')
    // Whether its reason arrives may be a matter of who is first.
    for (let time = 1; time <= 30; time += 1)
      expect(await openStore({ url }).catch(String)).toMatch(/Set its pool_mode to transaction or session/)
  })

  it('says that a pooler has no place or no connection left', async () => {
    const url = await behind('pool_mode = session', 'default_pool_size = 1', 'query_wait_timeout = 1')
    const holding = await openStore({ url })
    const [first, second] = await Promise.allSettled([holding.reports.runs(), holding.reports.runs()])
    expect(first).toMatchObject({ status: 'fulfilled' })
    expect(second).toMatchObject({ reason: { kind: 'busy', message: expect.stringMatching(/default_pool_size/) } })
    await holding.close()
  })
})
