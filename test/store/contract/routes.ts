import { expect, it } from 'vitest'
import type { KeptRoute } from '../../../src/core/ports.ts'
import type { RouteRecord } from '../../../src/core/routing/route/route-record.ts'
import type { Bench } from '../describe-store.ts'
import { answered, ENDPOINT, exactly, faulted, newAttempt, newCall, newCommit, newRun, RUN } from '../records.ts'

const RECORD: RouteRecord = {
  version: 'test-1',
  atMs: 2_000,
  asked: 'auto',
  class: 'strong',
  needs: { promptTokens: 100, outputTokens: 50, abilities: [] },
  draw: 0.5,
  lineage: RUN.key,
  candidates: [{ endpoint: ENDPOINT.id, expectedUsd: 0.001 }],
  rejections: 'd1',
}

const GROUPS = [{ rejection: { rule: 'not-in-class' }, endpoints: ['acme:acme/small'] }]

const kept = (changes: Partial<RouteRecord> = {}): KeptRoute => ({
  record: JSON.stringify({ ...RECORD, ...changes }),
  rejections: { digest: 'd1', body: JSON.stringify(GROUPS) },
})

export function routeTests(bench: Bench): void {
  it('keeps each plan of a call with its first attempt, and rejections that plans share once', async () => {
    const store = await bench.open()
    await store.ledger.openRun(newRun())
    const call = newCall(1, { asked: 'auto' })
    const first = newAttempt(call, 1, { route: kept() })
    await store.ledger.beginAttempt(first)
    await store.ledger.endAttempt(first.attemptId, faulted())
    await store.ledger.beginAttempt(newAttempt(call, 2))
    await store.ledger.beginAttempt(newAttempt(call, 3, { route: kept({ class: 'cheap' }) }))
    const [report] = await store.reports.routes(RUN.id, 1)
    expect(report?.call).toMatchObject({ taskClass: 'auto', step: 1 })
    expect(report?.call.attempts).toHaveLength(3)
    expect(report?.plans).toMatchObject([
      { attempt: 1, class: 'strong', rejections: GROUPS, candidates: RECORD.candidates },
      { attempt: 3, class: 'cheap', rejections: GROUPS },
    ])
    expect(await store.reports.routes(RUN.id, 2)).toEqual([])
    expect(await store.reports.routes('nobody', 1)).toEqual([])
  })

  it('gives each plan its own rejections', async () => {
    const store = await bench.open()
    await store.ledger.openRun(newRun())
    const others = [{ rejection: { rule: 'denied' }, endpoints: ['acme:acme/large'] }]
    const other = { digest: 'd2', body: JSON.stringify(others) }
    await store.ledger.beginCall(newCall(1, { route: kept() }))
    await store.ledger.beginCall(newCall(2, { route: { ...kept({ rejections: 'd2' }), rejections: other } }))
    expect(await store.reports.routes(RUN.id, 1)).toMatchObject([{ plans: [{ rejections: GROUPS }] }])
    expect(await store.reports.routes(RUN.id, 2)).toMatchObject([{ plans: [{ rejections: others }] }])
  })

  it('keeps the plan of a call that asks nobody', async () => {
    const store = await bench.open()
    await store.ledger.openRun(newRun())
    await store.ledger.beginCall(newCall(1, { route: kept({ candidates: [] }) }))
    await store.ledger.beginCall(newCall(2))
    expect(await store.reports.routes(RUN.id, 1)).toMatchObject([
      { plans: [{ candidates: [], rejections: GROUPS }], call: { attempts: [] } },
    ])
    expect(await store.reports.routes(RUN.id, 2)).toMatchObject([{ plans: [] }])
  })

  it('keeps the rejections of a worker that finds the call begun by another, for it sends them no second time', async () => {
    const store = await bench.open()
    await store.ledger.openRun(newRun())
    const call = newCall(1)
    await store.ledger.beginCall(call)
    await store.ledger.beginCall(newCall(1, { route: kept() }))
    const { record } = kept()
    await store.ledger.beginAttempt(newAttempt(call, 1, { route: { record } }))
    expect(await store.reports.routes(RUN.id, 1)).toMatchObject([{ plans: [{ attempt: 1, rejections: GROUPS }] }])
  })

  it('gives recorded calls oldest first, the newest of them, with what each attempt came to', async () => {
    const store = await bench.open()
    const policy = { zdr: true }
    await store.ledger.openRun(newRun({ run: { ...RUN, policy } }))
    for (const step of [1, 2, 3]) {
      const attempt = newAttempt(newCall(step, { asked: step === 3 ? 'other' : 'auto' }), 1, { route: kept() })
      const begun = await store.ledger.beginAttempt(attempt)
      if (begun.kind !== 'reserved' || !begun.transcript) throw new Error('the attempt was not begun')
      await store.ledger.commitAnswer(
        newCommit(attempt, begun.transcript, { end: answered({ cost: exactly(step * 1_000_000) }) }),
      )
    }
    const calls = await store.reports.recorded({ sinceMs: 0, limit: 2 })
    expect(calls.map(({ callId }) => callId)).toEqual([newCall(2).callId, newCall(3).callId])
    expect(calls[0]).toMatchObject({
      asked: 'auto',
      runPolicy: policy,
      record: RECORD,
      answeredBy: 0,
      attempts: [{ endpoint: ENDPOINT.id, outcome: 'answered', usd: 2e-6 }],
    })
    const auto = await store.reports.recorded({ sinceMs: 0, limit: 10, taskClass: 'auto' })
    expect(auto.map(({ callId }) => callId)).toEqual([newCall(1).callId, newCall(2).callId])
    expect(await store.reports.recorded({ sinceMs: 3_000, limit: 10 })).toEqual([])
    const first = await store.reports.recorded({ sinceMs: 0, untilMs: newCall(2).startedAtMs, limit: 10 })
    expect(first.map(({ callId }) => callId)).toEqual([newCall(1).callId])
  })
}
