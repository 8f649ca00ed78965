import { expect, it } from 'vitest'
import type { AdmissionAsk, AdmissionPort } from '../../../src/core/ports.ts'
import type { Bench } from '../describe-store.ts'

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
    expect(await admit('one', 500)).toEqual({ kind: 'start' })
    expect(await admit('two', 500)).toEqual({ kind: 'start' })
    expect(await admit('three', 4_000)).toEqual({ kind: 'start' })
    expect(await admit('four', 1)).toEqual({ kind: 'later', atMs: 4_000, scopeId: 'acme', isFull: false })
  })

  it('takes nothing from any limit when one of them is reached', async () => {
    const { admissions } = await bench.open()
    const provider = { scopeId: 'acme', burstMs: 0, requestsPerMinute: 60 }
    const both = (callId: string, nowMs: number) =>
      admissions.admit(ask(callId, nowMs, { limits: [provider, PACED], waits: false }))
    expect(await both('one', 0)).toEqual({ kind: 'start' })
    expect(await both('two', 100)).toMatchObject({ kind: 'later', atMs: 1_000, scopeId: 'acme' })
    expect(await admissions.admit(ask('three', 100, { waits: false }))).toEqual({ kind: 'start' })
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

  it('frees every place of a call that starts elsewhere', async () => {
    const { admissions } = await bench.open()
    const other = { ...PACED, scopeId: 'bolt:a/m' }
    await admissions.admit(ask('first', 0))
    expect(await admissions.admit(ask('moved', 1))).toMatchObject({ kind: 'later' })
    expect(await admissions.admit(ask('moved', 2, { limits: [other] }))).toEqual({ kind: 'start' })
    expect(await admissions.admit(ask('next', 3))).toMatchObject({ kind: 'later', atMs: 100 })
  })

  it('counts requests in flight until they end, or for as long as one can last', async () => {
    const { admissions } = await bench.open()
    const limits = [{ scopeId: 'acme', burstMs: 0, concurrency: 2 }]
    const admit = (callId: string, nowMs: number) =>
      admissions.admit(ask(callId, nowMs, { limits, waits: false, permitUntilMs: nowMs + 1_000 }))
    expect(await admit('one', 0)).toEqual({ kind: 'start' })
    expect(await admit('two', 500)).toEqual({ kind: 'start' })
    expect(await admit('three', 600)).toMatchObject({ kind: 'later', isFull: true })
    await admissions.release('two#1')
    expect(await admit('three', 700)).toEqual({ kind: 'start' })
    expect(await admit('four', 800)).toMatchObject({ kind: 'later' })
    expect(await admit('four', 1_001)).toEqual({ kind: 'start' })
  })
}
