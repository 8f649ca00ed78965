/** Calls of classes that ask in batches: through the real activity, store and vendors, one activity after the other. */
import { MockActivityEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createCloseRun } from '../../activities/close-run.ts'
import type { CallModelResult } from '../../src/core/protocol.ts'
import { withoutServer } from '../support/call-scene.ts'
import { type Calling, startCalling } from '../support/calling.ts'
import { marketOf } from '../support/market.ts'

const CLASSES = `
classes:
  nightly: { models: [acme/small], batch: 24h, patience: 100ms }
  usual: { models: [acme/small] }
  hasty: { extends: nightly, batch: 150ms }
  private: { extends: nightly, policy: { zdr: true } }
`

const LATER_MS = 800

let calling: Calling
beforeAll(async () => {
  const quirks = { batch: true }
  const vendor = { batchMs: LATER_MS }
  const dataPolicy = { retention: 'none' }
  const market = {
    one: { protocol: 'anthropic' as const, quirks, vendor, dataPolicy },
    other: { protocol: 'openai-compatible' as const, dataPolicy },
  }
  calling = await startCalling(marketOf(market, CLASSES))
})
afterAll(() => calling.close())

const asked = async (id: string, how: { budget?: { usd: string }; taskClass?: string } = {}) => {
  const { taskClass = 'nightly', ...rest } = how
  const run = await calling.open({ id, ...rest })
  return { run, taskClass }
}

/** Makes the call again, as its workflow does, until it has its end. */
async function toItsEnd(call: Parameters<Calling['call']>[0]): Promise<CallModelResult> {
  for (;;) {
    const result = await calling.call(call)
    if (result.kind !== 'wait') return result
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

const rowsOf = (run: string) => calling.store.reports.attempts({ run })

it('hands the request over, and has the answer later at half the price, however many activities look', async () => {
  const call = await asked('halved')
  const waiting = await calling.call(call)
  const reason = expect.stringMatching(/^in batch batch_\w+ at one since 20\S+ \S+ UTC$/)
  expect(waiting).toMatchObject({ kind: 'wait', ms: 2_000, inBatch: true, attempts: [], reason })
  const [open] = await rowsOf('halved')
  expect(open).toMatchObject({ outcome: 'open', batch: expect.stringMatching(/^batch_/) })
  expect(await toItsEnd(call)).toMatchObject({ kind: 'answered', attempts: [{ outcome: 'answered' }] })

  const usual = await asked('usual', { taskClass: 'usual' })
  await calling.call(usual)
  const [[half], [whole]] = [await rowsOf('halved'), await rowsOf('usual')]
  expect(BigInt(half!.cost!.highPico) * 2n).toBe(BigInt(whole!.cost!.highPico))
  expect(half).not.toHaveProperty('totalMs')
  // Nobody has asked twice.
  expect(calling.vendors.meter().filter(({ inBatch }) => inBatch)).toHaveLength(1)
  expect(await calling.call(call)).toMatchObject({ kind: 'answered' })
})

it('goes only where there is a batch interface, and nowhere under zero data retention', async () => {
  const result = await calling.call(await asked('kept', { taskClass: 'private' }))
  expect(result).toMatchObject({ kind: 'fault', fault: { kind: 'no-route' } })
  const { message } = (result as Extract<CallModelResult, { kind: 'fault' }>).fault
  expect(message).toContain('one:acme/small: its vendor keeps a batch for longer than a policy allows')
  expect(message).toContain('other:acme/small: it has no batch interface')
})

it('reserves half of the worst case, and holds it until the answer is there', async () => {
  // 4,000 tokens of output at $4 a million are $0.016, and half of that in a batch.
  const call = await asked('poor', { budget: { usd: '0.0085' } })
  expect(await calling.call(call)).toMatchObject({ kind: 'wait', inBatch: true })
  // The second one has to wait for what the first one holds.
  expect(await calling.call({ ...call, step: 2 })).toMatchObject({
    kind: 'wait',
    reason: expect.stringMatching(/in flight/),
  })
  expect(await toItsEnd(call)).toMatchObject({ kind: 'answered' })
})

it('asks as usual what a batch has not answered in its time', async () => {
  await calling.vendors.setFaults('one', [{ kind: 'reset', times: 1 }])
  const call = await asked('late')
  expect(await toItsEnd(call)).toMatchObject({
    kind: 'answered',
    attempts: [{ outcome: 'fault', fault: 'timed-out', cost: { highPico: '0' } }, { outcome: 'answered' }],
  })
  await calling.vendors.setFaults('one', [])
})

it('withdraws a batch when the time of its class is over, and asks as usual', async () => {
  const call = await asked('hasty', { taskClass: 'hasty' })
  expect(await calling.call(call)).toMatchObject({ kind: 'wait', inBatch: true })
  const [open] = await rowsOf('hasty')
  await new Promise(resolve => setTimeout(resolve, 200))
  const { highPico } = open!.cost!
  expect(await calling.call(call)).toMatchObject({
    kind: 'answered',
    attempts: [{ fault: 'timed-out', cost: { lowPico: '0', highPico } }, { outcome: 'answered' }],
  })
})

it('withdraws what a run has in batches when it ends', async () => {
  const call = await asked('ended')
  await calling.call(call)
  const [open] = await rowsOf('ended')
  const close = createCloseRun(withoutServer(calling.wired.ports))
  await new MockActivityEnvironment().run(close, { run: call.run, outcome: 'answered' as const })
  await new Promise(resolve => setTimeout(resolve, LATER_MS + 200))
  expect(calling.vendors.meter().filter(({ clientRequestId }) => clientRequestId === open!.wireRequestId)).toEqual([])
  expect(await rowsOf('ended')).toMatchObject([{ outcome: 'abandoned', cost: { lowPico: '0' } }])
})

it('withdraws the batch of a call that nobody waits for any more', async () => {
  const call = await asked('withdrawn')
  await calling.call(call)
  const [open] = await rowsOf('withdrawn')
  expect(await calling.call({ ...call, withdraws: true })).toMatchObject({
    kind: 'cancelled',
    attempts: [{ outcome: 'cancelled', cost: { lowPico: '0', highPico: open!.cost!.highPico } }],
  })
  await new Promise(resolve => setTimeout(resolve, LATER_MS + 200))
  expect(calling.vendors.meter().filter(({ clientRequestId }) => clientRequestId === open!.wireRequestId)).toEqual([])
})
