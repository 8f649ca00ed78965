import { expect, it } from 'vitest'
import type { AdmissionAsk, AdmissionPort, LedgerPort } from '../../../src/core/ports.ts'
import { AGEING_MS } from '../../../src/core/routing/limits/admission.ts'
import type { Bench } from '../describe-store.ts'
import { answer, newAttempt, newCall, newRun, RUN } from '../records.ts'

/** Ten a second, evenly. */
const PACED = { scopeId: 'acme:a/m', burstMs: 0, requestsPerMinute: 600 }

const ask = (callId: string, nowMs: number, changes: Partial<AdmissionAsk> = {}): AdmissionAsk => ({
  callId,
  workspace: 'default',
  priority: 3,
  limits: [PACED],
  tokens: 1_000,
  waits: true,
  permitId: `${callId}#1`,
  permitUntilMs: nowMs + 60_000,
  nowMs,
  ...changes,
})

/** Each asks, and asks again when it is due; gives who started when. */
async function startsOf(admissions: AdmissionPort, asks: readonly AdmissionAsk[]) {
  const started: [string, number][] = []
  const due = [...asks]
  while (due.length > 0) {
    due.sort((a, b) => a.nowMs - b.nowMs)
    const next = due.shift()!
    const said = await admissions.admit(next)
    if (said.kind === 'start') started.push([next.callId, next.nowMs])
    else due.push({ ...next, nowMs: said.atMs })
  }
  return started
}

/** A call that waits in a paced line, behind one that has just started. */
async function callInLine(bench: Bench) {
  const { ledger, admissions } = await bench.open()
  await ledger.openRun(newRun())
  const call = newCall(1)
  await admissions.admit(ask('first', 0))
  expect(await admissions.admit(ask(call.callId, 1))).toMatchObject({ kind: 'later', atMs: 100 })
  return { ledger, admissions, call }
}

export function admissionTests(bench: Bench): void {
  it('hands out start times at an even pace over all workers', async () => {
    const place = await bench.newPlace()
    const workers = [await bench.open(place), await bench.open(place)]
    const said = await Promise.all(
      Array.from({ length: 6 }, (_, nth) => workers[nth % 2]!.admissions.admit(ask(`call-${nth}`, 1_000))),
    )
    const times = said.map(each => (each.kind === 'start' ? 1_000 : each.atMs)).toSorted((a, b) => a - b)
    expect(times).toEqual([1_000, 1_100, 1_200, 1_300, 1_400, 1_500])
  })

  it('starts as many at once as a burst allows, and tokens at their own pace', async () => {
    const { admissions } = await bench.open()
    const bursty = { scopeId: 'acme', burstMs: 1_000, requestsPerMinute: 600, tokensPerMinute: 60_000 }
    const admit = (callId: string, tokens: number) =>
      admissions.admit(ask(callId, 0, { limits: [bursty], tokens, waits: false }))
    expect(await admit('one', 500)).toMatchObject({ kind: 'start' })
    expect(await admit('two', 500)).toMatchObject({ kind: 'start' })
    expect(await admit('three', 4_000)).toMatchObject({ kind: 'start' })
    expect(await admit('four', 1)).toEqual({ kind: 'later', atMs: 4_000, scopeId: 'acme', isFull: false })
  })

  it('takes nothing from any limit when one of them is reached', async () => {
    const { admissions } = await bench.open()
    const provider = { scopeId: 'acme', burstMs: 0, requestsPerMinute: 60 }
    const both = (callId: string, nowMs: number) =>
      admissions.admit(ask(callId, nowMs, { limits: [provider, PACED], waits: false }))
    expect(await both('one', 0)).toMatchObject({ kind: 'start' })
    expect(await both('two', 100)).toMatchObject({ kind: 'later', atMs: 1_000, scopeId: 'acme' })
    expect(await admissions.admit(ask('three', 100, { waits: false }))).toMatchObject({ kind: 'start' })
  })

  it('lets the higher priority go first, and workspaces take turns', async () => {
    const { admissions } = await bench.open()
    await admissions.admit(ask('first', 0))
    const greedy = Array.from({ length: 4 }, (_, nth) => ask(`greedy-${nth}`, 1 + nth, { workspace: 'greedy' }))
    const modest = ask('modest', 10, { workspace: 'modest' })
    const urgent = ask('urgent', 20, { workspace: 'greedy', priority: 1 })
    const started = await startsOf(admissions, [...greedy, modest, urgent])
    expect(started.map(([callId]) => callId)).toEqual([
      'urgent',
      'greedy-0',
      'modest',
      'greedy-1',
      'greedy-2',
      'greedy-3',
    ])
    expect(started.map(([, atMs]) => atMs)).toEqual([100, 200, 300, 400, 500, 600])
  })

  it('holds up nobody at a provider for calls that wait for one of its endpoints', async () => {
    const { admissions } = await bench.open()
    const provider = { scopeId: 'acme', burstMs: 0, requestsPerMinute: 600 }
    const slow = { scopeId: 'acme:a/slow', burstMs: 0, requestsPerMinute: 6 }
    const atBoth = { limits: [provider, slow] }
    for (let nth = 0; nth < 50; nth += 1) await admissions.admit(ask(`slow-${nth}`, nth, atBoth))
    const others = Array.from({ length: 10 }, (_, nth) =>
      ask(`other-${nth}`, 1_000 + nth * 100, { limits: [provider] }),
    )
    const started = await startsOf(admissions, others)
    expect(started.map(([, atMs]) => atMs)).toEqual(others.map(({ nowMs }) => nowMs))
  })

  it('lets a large call and small ones in when the tokens before them are over, whoever waits', async () => {
    const { admissions } = await bench.open()
    const limits = [{ scopeId: 'acme', burstMs: 0, tokensPerMinute: 60_000 }]
    const of = (callId: string, nowMs: number, tokens: number) => ask(callId, nowMs, { limits, tokens })
    const small = Array.from({ length: 10 }, (_, nth) => of(`small-${nth}`, nth, 1_000))
    const late = Array.from({ length: 3 }, (_, nth) => of(`late-${nth}`, 20 + nth, 1_000))
    const started = new Map(await startsOf(admissions, [...small, of('large', 15, 60_000), ...late]))
    expect(started.get('large')).toBe(10_000)
    expect([...started.values()].toSorted((a, b) => a - b)).toEqual([
      ...small.map((_, nth) => nth * 1_000),
      10_000,
      ...[70_000, 71_000, 72_000],
    ])
  })

  it('tells a large call behind small ones when it will be its turn', async () => {
    const { admissions } = await bench.open()
    const limits = [{ scopeId: 'acme', burstMs: 0, tokensPerMinute: 60_000 }]
    for (let nth = 0; nth < 10; nth += 1) await admissions.admit(ask(`small-${nth}`, nth, { limits }))
    expect(await admissions.admit(ask('large', 15, { limits, tokens: 60_000 }))).toMatchObject({ atMs: 10_000 })
  })

  it('takes turns between workspaces by tokens where they are limited, not by calls', async () => {
    const { admissions } = await bench.open()
    const limits = [{ scopeId: 'acme', burstMs: 0, tokensPerMinute: 60_000 }]
    await admissions.admit(ask('first', 0, { limits }))
    const from = (workspace: string, tokens: number, calls: number) =>
      Array.from({ length: calls }, (_, nth) => ask(`${workspace}-${nth}`, 1 + nth, { limits, workspace, tokens }))
    const started = await startsOf(admissions, [...from('large', 1_000, 6), ...from('small', 100, 60)])
    // Each workspace has 6,000 tokens, so that it has had half of its turns after half of the time.
    const soon = started.filter(([, atMs]) => atMs <= 6_500).map(([callId]) => callId.split('-')[0])
    const turns = (workspace: string) => soon.filter(each => each === workspace).length
    expect(Math.abs(turns('large') * 1_000 - turns('small') * 100)).toBeLessThanOrEqual(1_000)
  })

  it('lets requests in where places are free and those before them are due much later', async () => {
    const { admissions } = await bench.open()
    const limits = [{ scopeId: 'acme', burstMs: 0, concurrency: 4 }]
    const busy = ['a', 'b', 'c', 'd']
    for (const callId of busy) await admissions.admit(ask(callId, 0, { limits }))
    for (let nth = 0; nth < 20; nth += 1) await admissions.admit(ask(`in line-${nth}`, nth, { limits }))
    for (const callId of busy) await admissions.release(`${callId}#1`)
    // The first of the line is due after 200 ms, and each other one 200 ms after the one before it.
    expect(await admissions.admit(ask('new', 50, { limits, waits: false }))).toMatchObject({ kind: 'later' })
    for (let nth = 0; nth < 4; nth += 1) await admissions.leave(`in line-${nth}`)
    expect(await admissions.admit(ask('new', 50, { limits, waits: false }))).toMatchObject({ kind: 'start' })
  })

  it('does not put the urgent calls of a workspace behind its other calls that wait', async () => {
    const { admissions } = await bench.open()
    await admissions.admit(ask('first', 0))
    for (let nth = 0; nth < 20; nth += 1)
      await admissions.admit(ask(`batch-${nth}`, 1, { workspace: 'both', priority: 5 }))
    const urgent = (workspace: string) => (_: unknown, nth: number) =>
      ask(`${workspace}-${nth}`, 2 + nth, { workspace, priority: 1 })
    const others = Array.from({ length: 4 }, urgent('other'))
    const own = Array.from({ length: 4 }, urgent('own'))
    const started = await startsOf(admissions, [
      ...others,
      ...own.map(each => ({ ...each, workspace: 'both', nowMs: each.nowMs + 10 })),
    ])
    expect(started.map(([callId]) => callId.split('-')[0])).toEqual(
      Array.from({ length: 4 }, () => ['other', 'own']).flat(),
    )
  })

  it('gives a low priority its turn however busy higher ones keep the endpoint, and not before it has waited long', async () => {
    const { admissions } = await bench.open()
    const slow = { limits: [{ scopeId: 'acme', burstMs: 0, requestsPerMinute: 6 }] }
    const patient = ask('patient', 1, { ...slow, priority: 3 })
    // One each nine seconds, where one each ten may start.
    const urgent = Array.from({ length: 20 }, (_, nth) => ask(`urgent-${nth}`, nth * 9_000, { ...slow, priority: 2 }))
    const started = new Map(await startsOf(admissions, [...urgent, patient]))
    const waitedMs = started.get('patient')! - 1
    // A level above takes 30 s, and one more makes it the first of those that have just come.
    expect(waitedMs).toBeGreaterThan(AGEING_MS)
    expect(waitedMs).toBeLessThan(3 * AGEING_MS)
    expect(started.size).toBe(21)
  })

  it('puts who comes behind those who wait, also where a worker of an earlier version has let calls in meanwhile', async () => {
    const place = await bench.newPlace()
    const { admissions } = await bench.open(place)
    const scope = `scope_id = '${PACED.scopeId}'`
    await admissions.admit(ask('first', 0))
    // It counts all priorities as one.
    await place.execute(`update limit_starts set served = 51 where ${scope}`)
    await admissions.admit(ask('earlier', 1))
    await place.execute(`update limit_tickets set tag = 52, asked_tokens = null where ${scope}`)
    expect(await admissions.admit(ask('later', 2, { workspace: 'other' }))).toMatchObject({ atMs: 200 })
  })

  it('frees the places of a run that is no more, and of no other', async () => {
    const { admissions } = await bench.open()
    const single = { limits: [{ scopeId: 'acme', burstMs: 0, concurrency: 1 }] }
    await admissions.admit(ask('first', 0))
    await admissions.admit(ask('run-1/4/abc', 1))
    await admissions.admit(ask('run-10/4/abc', 2))
    await admissions.admit(ask('run-1/clerk-4-1/4/abc', 2))
    expect(await admissions.admit(ask('run-1/5/abc', 3, single))).toMatchObject({ kind: 'start' })
    const below = { limits: [{ scopeId: 'bolt', burstMs: 0, concurrency: 1 }] }
    expect(await admissions.admit(ask('run-1/clerk-4-1/5/abc', 3, below))).toMatchObject({ kind: 'start' })
    expect(await admissions.admit(ask('next', 4))).toMatchObject({ kind: 'later', atMs: 400 })
    await admissions.leaveRun('run-_')
    expect(await admissions.admit(ask('next', 4))).toMatchObject({ kind: 'later', atMs: 400 })
    // Runs below it outlive it.
    await admissions.leaveRun('run-1')
    expect(await admissions.admit(ask('next', 4))).toMatchObject({ kind: 'later', atMs: 100 })
    expect(await admissions.admit(ask('after all', 4))).toMatchObject({ kind: 'later', atMs: 400 })
    expect(await admissions.admit(ask('other', 5, single))).toMatchObject({ kind: 'start' })
    expect(await admissions.admit(ask('other', 5, below))).toMatchObject({ kind: 'later', isFull: true })
  })

  it('keeps the places of a run that goes on, and frees them however often its end is told', async () => {
    const { ledger, admissions, call } = await callInLine(bench)
    const single = { limits: [{ scopeId: 'acme', burstMs: 0, concurrency: 1 }], waits: false }
    await admissions.admit(ask(newCall(2).callId, 1, { ...single, permitId: `${newCall(2).callId}#1` }))
    await admissions.leaveRun(RUN.key)
    expect(await admissions.admit(ask('next', 2, { waits: false }))).toMatchObject({ kind: 'later', atMs: 200 })
    expect(await admissions.admit(ask('other', 2, single))).toMatchObject({ kind: 'later', isFull: true })
    await ledger.closeRun(RUN, { outcome: 'failed', endedAtMs: 9_000 })
    await ledger.openRun(newRun({ run: { ...RUN, id: 'letter-2', key: 'first-run-2' } }))
    for (const _ of [1, 2]) await admissions.leaveRun(RUN.key)
    expect(await admissions.admit(ask(call.callId, 3, { waits: false }))).toMatchObject({ kind: 'later', atMs: 100 })
    expect(await admissions.admit(ask('other', 3, single))).toMatchObject({ kind: 'start' })
  })

  it('sweeps up what calls hold that are over, as where the worker was killed that ended them', async () => {
    const { ledger, admissions } = await bench.open()
    await ledger.openRun(newRun())
    const [over, open] = [newCall(1), newCall(2)]
    for (const call of [over, open]) await ledger.beginCall(call)
    const full = { limits: [{ scopeId: 'acme', burstMs: 0, concurrency: 2 }], waits: false }
    await admissions.admit(ask('first', 0))
    for (const { callId } of [over, open]) {
      expect(await admissions.admit(ask(callId, 1, { ...full, permitId: `${callId}#1` }))).toMatchObject({
        kind: 'start',
      })
      expect(await admissions.admit(ask(callId, 1))).toMatchObject({ kind: 'later' })
    }
    await answer(ledger, over)
    await admissions.sweep(2)
    expect(await admissions.admit(ask('next', 2))).toMatchObject({ kind: 'later', atMs: 100 })
    expect(await admissions.admit(ask('after all', 2))).toMatchObject({ kind: 'later', atMs: 300 })
    expect(await admissions.admit(ask('other', 2, full))).toMatchObject({ kind: 'start' })
    expect(await admissions.admit(ask('another', 2, full))).toMatchObject({ kind: 'later', isFull: true })
  })

  it('forgets who does not come any more, and what nobody has used for an hour', async () => {
    const place = await bench.newPlace()
    const { admissions } = await bench.open(place)
    const limits = [{ ...PACED, concurrency: 5 }]
    await admissions.admit(ask('first', 0, { limits }))
    await admissions.admit(ask('gone', 1, { limits }))
    const isThere = async (table: string, columns: string, values: string) => {
      const statement = `insert into ${table} (scope_id, ${columns}) values ('${PACED.scopeId}', ${values})`
      const deletion = `delete from ${table} where scope_id = '${PACED.scopeId}'`
      return place.execute(statement).then(
        () => place.execute(deletion).then(() => false),
        () => true,
      )
    }
    const standing = async () => ({
      starts: await isThere('limit_starts', 'requests_at_ms, tokens_at_ms, served', '0, 0, 0'),
      ticket: await isThere('limit_tickets', 'call_id, workspace, priority, tag, due_at_ms', `'gone', 'w', 3, 1, 1`),
      permit: await isThere('limit_permits', 'permit_id, until_ms', `'first#1', 1`),
    })
    await admissions.sweep(60_000)
    expect(await standing()).toEqual({ starts: true, ticket: true, permit: true })
    await admissions.sweep(61_000)
    expect(await standing()).toEqual({ starts: true, ticket: false, permit: false })
    await admissions.sweep(3_600_000)
    expect(await standing()).toEqual({ starts: true, ticket: false, permit: false })
    const slow = { limits: [{ scopeId: 'bolt', burstMs: 0, requestsPerMinute: 60 }], waits: false }
    await admissions.admit(ask('elsewhere', 3_600_500, slow))
    await admissions.sweep(3_601_000)
    expect(await admissions.admit(ask('after it', 3_601_000, slow))).toMatchObject({ kind: 'later', atMs: 3_601_500 })
    expect(await standing()).toEqual({ starts: false, ticket: false, permit: false })
    expect(await admissions.admit(ask('anew', 3_601_000, { limits }))).toMatchObject({ kind: 'start' })
  })

  it('does not wait for one that was told to come and does not', async () => {
    const { admissions } = await bench.open()
    await admissions.admit(ask('first', 0))
    await admissions.admit(ask('gone', 1))
    const started = await startsOf(admissions, [ask('here', 2)])
    expect(started).toEqual([['here', expect.any(Number)]])
    expect(started[0]![1]).toBeLessThanOrEqual(500)
    await admissions.admit(ask('left', started[0]![1]))
    await admissions.leave('left')
    expect((await startsOf(admissions, [ask('next', started[0]![1] + 1)]))[0]![1]).toBe(started[0]![1] + 100)
  })

  it('keeps the place of those who come, when it forgets who does not', async () => {
    const { admissions } = await bench.open()
    for (const [callId, nowMs] of [
      ['first', 0],
      ['gone', 1],
      ['gone too', 2],
      ['again', 60_150],
    ] as const)
      await admissions.admit(ask(callId, nowMs))
    expect(await admissions.admit(ask('kept', 60_151))).toMatchObject({ kind: 'later', atMs: 60_250 })
    expect(await admissions.admit(ask('new', 60_210))).toMatchObject({ kind: 'later', atMs: 60_350 })
    expect(await admissions.admit(ask('kept', 60_250))).toMatchObject({ kind: 'start' })
  })

  it('does not wait for starts that a clock has handed out which was minutes ahead, and keeps what tokens are owed', async () => {
    const { admissions } = await bench.open()
    const limit = { scopeId: 'acme', burstMs: 0, requestsPerMinute: 60, tokensPerMinute: 1_000 }
    const aheadMs = 300_000
    expect(await admissions.admit(ask('ahead', aheadMs, { limits: [limit], tokens: 2_000 }))).toMatchObject({
      kind: 'start',
    })
    // 2,000 tokens are two minutes, and whoever comes back when it is due finds no more to wait for.
    const started = await startsOf(admissions, [ask('here', 1_000, { limits: [limit], tokens: 1 })])
    expect(started).toEqual([['here', 120_000]])
  })

  it('frees every place of a call that starts elsewhere', async () => {
    const { admissions } = await bench.open()
    const other = { ...PACED, scopeId: 'bolt:a/m' }
    await admissions.admit(ask('first', 0))
    expect(await admissions.admit(ask('moved', 1))).toMatchObject({ kind: 'later' })
    expect(await admissions.admit(ask('moved', 2, { limits: [other] }))).toMatchObject({ kind: 'start' })
    expect(await admissions.admit(ask('next', 3))).toMatchObject({ kind: 'later', atMs: 100 })
  })

  it('takes nothing of any limit for a start that is withdrawn', async () => {
    const { admissions } = await bench.open()
    const limits = [
      { scopeId: 'acme', burstMs: 0, requestsPerMinute: 60, concurrency: 1 },
      { scopeId: 'acme:a/m', burstMs: 0, tokensPerMinute: 60_000 },
    ]
    const first = ask('first', 1_000, { limits })
    expect(await admissions.admit(first)).toMatchObject({ kind: 'start' })
    expect(await admissions.admit(ask('second', 1_001, { limits }))).toMatchObject({ kind: 'later' })
    await admissions.withdraw(first, [], 1_001)
    await admissions.leave('second')
    expect(await admissions.admit(ask('third', 1_002, { limits }))).toMatchObject({ kind: 'start' })
  })

  it('gives the places back that were given up for a start that is withdrawn', async () => {
    const { admissions } = await bench.open()
    const limits = [{ scopeId: 'acme', burstMs: 0, concurrency: 1 }]
    const elsewhere = [{ scopeId: 'other', burstMs: 0, concurrency: 1 }]
    await admissions.admit(ask('busy', 1_000, { limits }))
    await admissions.admit(ask('busy elsewhere', 1_000, { limits: elsewhere }))
    for (const callId of ['first', 'second']) {
      expect(await admissions.admit(ask(callId, 1_001, { limits }))).toMatchObject({ kind: 'later' })
      expect(await admissions.admit(ask(callId, 1_001, { limits: elsewhere }))).toMatchObject({ kind: 'later' })
    }
    await admissions.release('busy#1')
    await admissions.release('busy elsewhere#1')
    const first = ask('first', 1_201, { limits })
    const said = await admissions.admit(first)
    if (said.kind !== 'start') throw new Error('nobody is before it')
    await admissions.withdraw(first, said.gaveUp, 1_202)
    expect(await admissions.admit(ask('second', 1_202, { limits: elsewhere }))).toMatchObject({ kind: 'later' })
    expect(await admissions.admit(ask('first', 1_203, { limits: elsewhere }))).toMatchObject({ kind: 'start' })
  })

  it('counts requests in flight until they end, or for as long as one can last', async () => {
    const { admissions } = await bench.open()
    const limits = [{ scopeId: 'acme', burstMs: 0, concurrency: 2 }]
    const admit = (callId: string, nowMs: number) =>
      admissions.admit(ask(callId, nowMs, { limits, waits: false, permitUntilMs: nowMs + 1_000 }))
    expect(await admit('one', 0)).toMatchObject({ kind: 'start' })
    expect(await admit('two', 500)).toMatchObject({ kind: 'start' })
    expect(await admit('three', 600)).toMatchObject({ kind: 'later', isFull: true })
    await admissions.release('two#1')
    expect(await admit('three', 700)).toMatchObject({ kind: 'start' })
    expect(await admit('four', 800)).toMatchObject({ kind: 'later' })
    expect(await admit('four', 1_001)).toMatchObject({ kind: 'start' })
    expect(await admit('five', 1_002)).toMatchObject({ kind: 'later', isFull: true })
    const elsewhere = { limits: [{ scopeId: 'bolt', burstMs: 0, concurrency: 1 }] }
    expect(await admissions.admit(ask('six', 1_003, elsewhere))).toMatchObject({ kind: 'start' })
  })

  it('counts a request that leaves for as long as it may take, also where it counted no more by then', async () => {
    const { ledger, admissions } = await bench.open()
    await ledger.openRun(newRun())
    const limits = [{ scopeId: 'acme', burstMs: 0, concurrency: 1 }]
    const admit = (callId: string, nowMs: number) =>
      admissions.admit(ask(callId, nowMs, { limits, waits: false, permitUntilMs: nowMs + 1_000 }))
    const leave = (step: number, untilMs: number) => {
      const permit = { permitId: `call-${step}#1`, scopeIds: ['acme'], untilMs }
      return ledger.beginAttempt(newAttempt(newCall(step), 1, { permit }))
    }
    expect(await admit('call-1', 0)).toMatchObject({ kind: 'start' })
    await leave(1, 5_000)
    expect(await admit('call-2', 4_900)).toMatchObject({ kind: 'later', isFull: true })
    expect(await admit('call-2', 5_100)).toMatchObject({ kind: 'start' })
    expect(await admit('call-3', 6_200)).toMatchObject({ kind: 'start' })
    await leave(2, 9_000)
    await admissions.release('call-3#1')
    expect(await admit('call-3', 8_900)).toMatchObject({ kind: 'later', isFull: true })
    await admissions.release('call-2#1')
    expect(await admit('call-3', 8_900)).toMatchObject({ kind: 'start' })
  })

  it.each([
    ['its call begins again', (ledger: LedgerPort) => ledger.beginCall(newCall(1, { startedAtMs: 10_000 }))],
    ['its call is given up', (ledger: LedgerPort) => ledger.endCalls({ run: RUN, step: 1, endedAtMs: 10_000 })],
  ])('counts the request of a lost worker a minute more when %s, and no other', async (_, lose) => {
    const { ledger, admissions } = await bench.open()
    await ledger.openRun(newRun())
    const limits = [{ scopeId: 'acme', burstMs: 0, concurrency: 2 }]
    const admit = (nowMs: number) => admissions.admit(ask('next', nowMs, { limits, waits: false }))
    for (const step of [1, 11]) {
      const permit = { permitId: `${newCall(step).callId}#1`, scopeIds: ['acme'], untilMs: 900_000 }
      await ledger.beginAttempt(newAttempt(newCall(step), 1, { permit }))
    }
    await lose(ledger)
    expect(await admit(70_000)).toMatchObject({ kind: 'later', isFull: true })
    expect(await admit(70_001)).toMatchObject({ kind: 'start' })
    expect(await admit(70_002)).toMatchObject({ kind: 'later', isFull: true })
  })

  it('keeps no place for a call that has its answer, or whose run has ended: its worker was believed lost', async () => {
    const { ledger, admissions } = await bench.open()
    await ledger.openRun(newRun())
    const [answered, ended] = [newCall(1), newCall(2)]
    await answer(ledger, answered)
    await ledger.beginCall(ended)
    await ledger.closeRun(RUN, { outcome: 'failed', endedAtMs: 9_000 })
    await admissions.admit(ask('first', 0))
    for (const { callId } of [answered, ended])
      expect(await admissions.admit(ask(callId, 1))).toMatchObject({ kind: 'later', atMs: 100 })
    expect(await admissions.admit(ask('next', 2))).toMatchObject({ kind: 'later', atMs: 100 })
  })

  it('keeps no place for a call of a run that has ended, which nobody has written down', async () => {
    const { ledger, admissions } = await bench.open()
    await ledger.openRun(newRun())
    await ledger.closeRun(RUN, { outcome: 'failed', endedAtMs: 9_000 })
    await admissions.admit(ask('first', 0))
    expect(await admissions.admit(ask(newCall(1).callId, 1))).toMatchObject({ kind: 'later', atMs: 100 })
    expect(await admissions.admit(ask('next', 2))).toMatchObject({ kind: 'later', atMs: 100 })
  })

  it('frees the place of a call that comes back and finds the answer of a worker that was believed lost', async () => {
    const { ledger, admissions, call } = await callInLine(bench)
    await answer(ledger, call)
    expect(await admissions.admit(ask('next', 2, { waits: false }))).toMatchObject({ kind: 'later', atMs: 200 })
    await ledger.beginCall(call)
    expect(await admissions.admit(ask('next', 3))).toMatchObject({ kind: 'later', atMs: 100 })
  })

  it('gives no place back to a call that has its answer by the time that its start is withdrawn', async () => {
    const { ledger, admissions, call } = await callInLine(bench)
    const late = ask(call.callId, 100)
    const said = await admissions.admit(late)
    if (said.kind !== 'start') throw new Error('it is due')
    await answer(ledger, call)
    await admissions.withdraw(late, said.gaveUp, 101)
    expect(await admissions.admit(ask('next', 102))).toMatchObject({ kind: 'start' })
  })
}
