import { expect, it } from 'vitest'
import type { SharedLimit } from '../../../src/core/budgets/shared-limit.ts'
import type { AdmissionAsk, BudgetWait, NewCall } from '../../../src/core/ports.ts'
import type { RunRef } from '../../../src/core/protocol.ts'
import type { Store } from '../../../src/store/index.ts'
import type { Bench } from '../describe-store.ts'
import { answer, answered, exactly, newAttempt, newCall, newRun, RUN, worst } from '../records.ts'

const OTHER: RunRef = { ...RUN, id: 'letter-2', key: `${RUN.key}0` }

const MONTH: SharedLimit = { scopeId: 'budget:acme:month:2026-11-01T00', budget: 'acme', limitPico: '1000', warnAt: [] }

const PACED = { scopeId: 'acme:a/m', burstMs: 0, requestsPerMinute: 600 }

const ask = (callId: string, nowMs: number): AdmissionAsk => ({
  callId,
  workspace: 'default',
  priority: 3,
  limits: [PACED],
  tokens: 1,
  waits: true,
  permitId: `${callId}#1`,
  permitUntilMs: nowMs + 60_000,
  nowMs,
})

const waiting = ({ callId, run, step, taskClass }: NewCall): BudgetWait => ({
  ...{ scopeId: MONTH.scopeId, callId, run, step, taskClass },
  ...{ endpoint: 'a:b/c', reason: 'held', needed: { tokens: 1 }, sinceMs: 90, dueAtMs: 1_000 },
})

const leaving = (call: NewCall, attempt = 1) => newAttempt(call, attempt, { ...worst(400), shared: [MONTH] })

/** Two runs, and who waits at the limit and for room in the budget. */
async function scene(bench: Bench) {
  const store = await bench.open()
  for (const run of [RUN, OTHER]) await store.ledger.openRun(newRun({ run }))
  await store.admissions.admit(ask('first', 0))
  return store
}

async function putOff({ ledger, admissions, budgets }: Store, call: NewCall, nowMs: number) {
  await ledger.beginCall(call)
  expect(await admissions.admit(ask(call.callId, nowMs))).toMatchObject({ kind: 'later' })
  await budgets.beginWait(waiting(call))
}

const waiters = async ({ budgets }: Store) =>
  (await budgets.standing([MONTH]))[0]!.waiters.map(({ runId, step }) => [runId, step])

/** How many are in line before a call that is new. */
async function aheadOfNew({ admissions }: Store, nowMs: number) {
  const said = await admissions.admit({ ...ask('new', nowMs), waits: false })
  return said.kind === 'start' ? 0 : Math.round((said.atMs - 100) / 100)
}

export function unansweredTests(bench: Bench): void {
  it('takes the calls of a step that end without an answer out of every line, and no other call', async () => {
    const store = await scene(bench)
    const [one, eleventh, others] = [newCall(1), newCall(11), newCall(1, { run: OTHER })]
    for (const call of [one, eleventh, others]) await putOff(store, call, 1)
    expect(await aheadOfNew(store, 2)).toBe(3)
    await store.ledger.endCalls({ run: RUN, step: 1, endedAtMs: 50 })
    expect(await aheadOfNew(store, 2)).toBe(0)
    await store.admissions.admit(ask('in its place', 2))
    expect(await aheadOfNew(store, 2)).toBe(3)
    expect(await waiters(store)).toEqual([
      [RUN.id, 11],
      [OTHER.id, 1],
    ])
    await expect(store.ledger.beginAttempt(leaving(one))).rejects.toThrow('taken over its call')
    for (const call of [eleventh, others])
      expect(await store.ledger.beginAttempt(leaving(call))).toMatchObject({ kind: 'reserved' })
  })

  it('takes a call out of line that was not written down before its worker was lost', async () => {
    const store = await scene(bench)
    await store.admissions.admit(ask(newCall(1).callId, 1))
    await store.ledger.endCalls({ run: RUN, step: 1, part: 'first', endedAtMs: 50 })
    expect(await aheadOfNew(store, 2)).toBe(0)
  })

  it('keeps the place in line of a call that begins again', async () => {
    const store = await scene(bench)
    const call = newCall(1)
    await putOff(store, call, 1)
    await store.ledger.beginCall(call)
    expect(await aheadOfNew(store, 2)).toBe(1)
  })

  it('charges what such a call had in flight, and takes its late end as a correction', async () => {
    const store = await scene(bench)
    const { ledger, budgets } = store
    const attempt = leaving(newCall(1))
    await ledger.beginAttempt(attempt)
    await ledger.endCalls({ run: RUN, step: 1, endedAtMs: 9_000 })
    expect(await budgets.standing([MONTH])).toMatchObject([{ spentPico: '400', reservedPico: '0', holders: [] }])
    await ledger.endAttempt(attempt.attemptId, answered({ cost: exactly(150) }))
    expect(await budgets.standing([MONTH])).toMatchObject([{ spentPico: '150', reservedPico: '0' }])
  })

  it('lets a worker that was believed lost neither wait nor send for a call that has ended', async () => {
    const store = await scene(bench)
    const { ledger, admissions, budgets } = store
    const call = newCall(1)
    await ledger.beginCall(call)
    await ledger.endCalls({ run: RUN, step: 1, callId: call.callId, endedAtMs: 3_000 })
    // It writes the call down where it has come to wait, as if nobody had begun it, or begins it after all.
    await ledger.noteCall(call)
    await ledger.beginCall(call)
    await admissions.admit(ask(call.callId, 1))
    await budgets.beginWait(waiting(call))
    expect(await aheadOfNew(store, 2)).toBe(0)
    expect(await waiters(store)).toEqual([])
    await expect(ledger.beginAttempt(leaving(call))).rejects.toThrow('taken over its call')
  })

  it.each(['the same part', 'one that was reset'])('lets a call wait and send again that %s asks anew', async which => {
    const store = await scene(bench)
    const { ledger } = store
    const call = newCall(1, { part: 'first' })
    await ledger.beginCall(call)
    await ledger.endCalls({ run: RUN, step: 1, part: 'first', endedAtMs: 50 })
    const again = which === 'the same part' ? call : { ...call, part: 'reset' }
    await putOff(store, again, 1)
    expect(await aheadOfNew(store, 2)).toBe(1)
    expect(await waiters(store)).toEqual([[RUN.id, 1]])
    expect(await ledger.beginAttempt(leaving(again))).toMatchObject({ kind: 'reserved' })
    // The worker of the part before was believed lost, and comes to its own end.
    if (again === call) return
    await putOff(store, { ...again, callId: again.callId }, 1)
    await ledger.endCalls({ run: RUN, step: 1, callId: call.callId, part: 'first', endedAtMs: 60 })
    expect(await waiters(store)).toEqual([[RUN.id, 1]])
  })

  it('leaves the answer of a call that has one', async () => {
    const store = await scene(bench)
    const { ledger } = store
    const call = newCall(1)
    await answer(ledger, call)
    await ledger.endCalls({ run: RUN, step: 1, endedAtMs: 50 })
    expect(await ledger.beginCall(call)).toMatchObject({ answered: { answer: { text: 'Dear reader' } } })
  })
}
