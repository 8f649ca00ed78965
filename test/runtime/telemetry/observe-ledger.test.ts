import { expect, it } from 'vitest'
import { observeLedger } from '../../../src/runtime/telemetry/observe-ledger.ts'
import { openStore } from '../../../src/store/index.ts'
import { ENDPOINT, newAttempt, newCall, newRun } from '../../store/records.ts'

it('tells once of an attempt whose worker was killed, with what it may have cost: nobody else can', async () => {
  const store = await openStore({ path: ':memory:' })
  const call = newCall(1)
  await store.ledger.openRun(newRun())
  await store.ledger.beginCall(call)
  await store.ledger.beginAttempt(newAttempt(call, 1))
  const told: unknown[] = []
  const ledger = observeLedger(
    store.ledger,
    ({ attempt, endpoint, call: { taskClass } }, { outcome, cost }) =>
      void told.push([attempt, endpoint.upstream, taskClass, outcome, cost]),
    () => [ENDPOINT],
  )
  await ledger.beginCall({ ...call, startedAtMs: 7_000 })
  expect(told).toEqual([[1, 'large-v2', 'strong', 'abandoned', { lowPico: '0', highPico: '1000' }]])
  await ledger.beginAttempt(newAttempt(call, 2))
  await ledger.beginCall({ ...call, startedAtMs: 8_000 })
  expect(told).toHaveLength(2)
  await ledger.endAttempt(`${call.callId}#2`, { outcome: 'answered', endedAtMs: 9_000 })
  await ledger.beginCall({ ...call, startedAtMs: 10_000 })
  expect(told).toHaveLength(2)
  await store.close()
})

it('tells once of an attempt in a batch, by whoever hears its answer, also where the run was reset meanwhile', async () => {
  const store = await openStore({ path: ':memory:' })
  const call = newCall(1)
  await store.ledger.openRun(newRun())
  const told: unknown[] = []
  const worker = (name: string) =>
    observeLedger(
      store.ledger,
      (_attempt, { outcome }) => void told.push([name, outcome]),
      () => [ENDPOINT],
    )
  const [one, other] = [worker('one'), worker('other')]
  await one.beginCall(call)
  await one.beginAttempt(newAttempt(call, 1))
  await one.noteBatch(`${call.callId}#1`, 'batch_1')
  await one.beginCall({ ...call, startedAtMs: 7_000 })
  await other.beginCall({ ...call, part: 'reset', startedAtMs: 8_000 })
  expect(told).toEqual([])
  await other.endAttempt(`${call.callId}#1`, { outcome: 'answered', endedAtMs: 9_000 })
  expect(told).toEqual([['other', 'answered']])
  await store.close()
})
