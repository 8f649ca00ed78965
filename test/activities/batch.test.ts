/** Calls of classes that ask in batches: through the real activity, store and vendors, one activity after the other. */
import { MockActivityEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createCloseRun } from '../../activities/close-run.ts'
import { createGiveUpCall } from '../../activities/give-up-call.ts'
import { withdrawBatches } from '../../activities/withdraw-batches.ts'
import { explainedCallWords } from '../../src/cli/print/explained-call.ts'
import type { AttemptRecord, BatchPort, LedgerPort } from '../../src/core/ports.ts'
import type { CallModelResult } from '../../src/core/protocol.ts'
import { rosterOf } from '../../src/core/routing/filter/roster.ts'
import { createWithdrawals } from '../../src/runtime/ports/withdrawals.ts'
import { explainCall } from '../../src/runtime/routes/explain-call.ts'
import { beginCall, withoutServer } from '../support/call-scene.ts'
import { type Calling, callOf, RUN, startCalling } from '../support/calling.ts'
import { marketOf } from '../support/market.ts'

const CLASSES = `
classes:
  nightly: { models: [acme/small], batch: 24h, patience: 100ms }
  usual: { models: [acme/small] }
  hasty: { extends: nightly, batch: 150ms }
  listed: { models: [acme/listed], batch: 24h }
  gemini: { models: [acme/gemini], batch: 24h }
  shifting: { models: [acme/small], rules: [{ when: { hours: '20:00-06:00' }, use: hasty }] }
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
    listing: { quirks, vendor, models: { 'acme/listed': {} } },
    gemini: {
      ...{ protocol: 'google' as const, quirks, vendor: { ...vendor, cache: { minTokens: 1 } } },
      models: { 'acme/gemini': { price: { input: 1, cachedInput: 0.25, output: 4 } } },
    },
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
  const planned = async (run: string) => {
    const [explained] = await explainCall({ reports: calling.store.reports, place: 'here' }, run, 1)
    return explainedCallWords(explained!, undefined)
  }
  // 256 tokens of output at $4 a million, and some of input.
  expect(await planned('halved')).toMatch(/with all output +in a batch[\s\S]*one:acme\/small +\$0\.00103 +\$0\.000515/)
  expect(await planned('usual')).not.toContain('in a batch')
  // Nobody has asked twice.
  expect(calling.vendors.meter().filter(({ inBatch }) => inBatch)).toHaveLength(1)
  expect(await calling.call(call)).toMatchObject({ kind: 'answered' })
})

it('finds its batch again in another part of the run, as after a reset, and pays once', async () => {
  const call = await asked('reset')
  await calling.call(call)
  const [{ wireRequestId }] = (await rowsOf('reset')) as [AttemptRecord]
  const again = () => beginCall(calling.wired.ports, callOf(call), { part: 'reset' }).result
  expect(await again()).toMatchObject({ kind: 'wait', inBatch: true, attempts: [] })
  expect(await rowsOf('reset')).toHaveLength(1)
  await expect.poll(again, { timeout: 5_000 }).toMatchObject({ kind: 'answered', attempts: [{ outcome: 'answered' }] })
  const [row] = calling.vendors.meter().filter(({ clientRequestId }) => clientRequestId === wireRequestId)
  expect(await rowsOf('reset')).toMatchObject([{ outcome: 'answered', cost: { highPico: row!.billedPico } }])
})

it.each([
  ['listed', 'listing'],
  ['gemini', 'gemini'],
])(
  'finds the batch of a worker that was killed before it could note its id, and pays once: %s',
  async (taskClass, at) => {
    const call = await killed(`killed-${at}`, taskClass)
    const [lost] = (await rowsOf(`killed-${at}`)) as [AttemptRecord]
    expect(lost.outcome).toBe('open')
    expect(lost).not.toHaveProperty('batch')

    expect(await calling.call(call)).toMatchObject({ kind: 'wait', inBatch: true })
    expect(await toItsEnd(call)).toMatchObject({ kind: 'answered', attempts: [{ outcome: 'answered' }] })
    const billed = calling.vendors.meter().filter(({ vendor }) => vendor === at)
    expect(billed).toMatchObject([{ clientRequestId: lost.wireRequestId, inBatch: true }])
    const { billedPico } = billed[0]!
    expect(await rowsOf(`killed-${at}`)).toMatchObject([
      { outcome: 'answered', cost: { lowPico: billedPico, highPico: billedPico } },
    ])
  },
)

it('books what its vendor bills where only what is read from a cache is no cheaper in a batch', async () => {
  const call = {
    ...(await asked('reading', { taskClass: 'gemini' })),
    prompt: `Once more: ${'a long text. '.repeat(50)}`,
  }
  await toItsEnd(call)
  await toItsEnd({ ...call, step: 2 })
  const rows = await rowsOf('reading')
  const billed = calling.vendors
    .meter()
    .filter(({ clientRequestId }) => rows.some(row => row.wireRequestId === clientRequestId))
  expect(billed.map(({ cachedTokens }) => (cachedTokens ?? 0) > 0)).toEqual([false, true])
  expect(rows.map(({ cost }) => cost)).toEqual(
    billed.map(({ billedPico }) => ({ lowPico: billedPico, highPico: billedPico })),
  )
})

/** A call whose batch was made by a worker that could not note its id. */
async function killed(id: string, taskClass = 'listed') {
  const call = await asked(id, { taskClass })
  const { ports } = calling.wired
  const ledger: LedgerPort = { ...ports.ledger, noteBatch: () => Promise.reject(new Error('killed')) }
  await expect(beginCall({ ...ports, ledger }, callOf(call)).result).rejects.toThrow('killed')
  return call
}

it('leaves the search for a batch to others at once where its worker is told to end', async () => {
  const call = await killed('told')
  const { ports } = calling.wired
  const ending = new AbortController()
  const find: BatchPort['find'] = (_endpoint, { signal }) =>
    new Promise(resolve => {
      signal?.addEventListener('abort', () => resolve(undefined))
      ending.abort()
    })
  const batches: BatchPort = { ...ports.batches, find }
  await expect(beginCall({ ...ports, batches, stopping: ending.signal }, callOf(call)).result).rejects.toThrow()
  expect(await toItsEnd(call)).toMatchObject({ kind: 'answered' })
  expect(await rowsOf('told')).toMatchObject([{ outcome: 'answered', batch: expect.any(String) }])
})

it('waits while a vendor that may have the batch cannot say so, and asks again where its class waits no longer', async () => {
  const call = await killed('unsure')
  const { ports } = calling.wired
  const batches: BatchPort = { ...ports.batches, find: async () => ({ kind: 'unsure' }) }
  const reason = expect.stringMatching(/^perhaps in a batch at listing since 20.+, which cannot be asked now$/)
  const asked = () => beginCall({ ...ports, batches }, callOf(call)).result
  expect(await asked()).toMatchObject({ kind: 'wait', inBatch: true, reason })
  expect(await asked()).toMatchObject({ kind: 'wait', inBatch: true })
  expect(await rowsOf('unsure')).toMatchObject([{ outcome: 'abandoned', cost: { lowPico: '0' } }])
  expect(await toItsEnd(call)).toMatchObject({ kind: 'answered', attempts: [{ outcome: 'answered' }] })

  const late = await killed('unsure-for-long')
  const tomorrow = { ...ports, batches, now: () => Date.now() + 25 * 3_600_000 }
  expect(await beginCall(tomorrow, callOf(late)).result).toMatchObject({
    kind: 'answered',
    attempts: [{ outcome: 'abandoned', cost: { lowPico: '0' } }, { outcome: 'answered' }],
  })
})

it('waits for the list of a vendor that has lost its reply, and pays once', async () => {
  const call = await asked('reply-lost', { taskClass: 'listed' })
  const { ports } = calling.wired
  const batches: BatchPort = {
    ...ports.batches,
    async submit(ask) {
      const said = await ports.batches.submit(ask)
      return said.kind === 'submitted' ? { kind: 'unsure' } : said
    },
  }
  expect(await beginCall({ ...ports, batches }, callOf(call)).result).toMatchObject({ kind: 'wait', inBatch: true })
  expect(await toItsEnd(call)).toMatchObject({ kind: 'answered', attempts: [{ outcome: 'answered' }] })
  expect(await rowsOf('reply-lost')).toHaveLength(1)
})

it('looks for no batch of an attempt that was made as usual', async () => {
  await calling.vendors.setFaults('listing', [{ kind: 'reset', times: 1 }])
  const call = await asked('as-usual', { taskClass: 'listed' })
  const { ports } = calling.wired
  const models = { ...ports.models, ask: () => Promise.reject(new Error('killed')) }
  const untilKilled = () => beginCall({ ...ports, models }, callOf(call)).result.then(({ kind }) => kind, String)
  await expect.poll(untilKilled, { timeout: 5_000 }).toMatch('killed')
  const sought: string[] = []
  const batches: BatchPort = { ...ports.batches, find: async (_endpoint, { id }) => void sought.push(id) }
  expect(await beginCall({ ...ports, batches }, callOf(call)).result).toMatchObject({ kind: 'answered' })
  expect(sought).toEqual([])
  await calling.vendors.setFaults('listing', [])
})

it('asks again where a killed worker has left no batch, or one that its vendor does not list', async () => {
  const call = await asked('unlisted')
  const { ports } = calling.wired
  const ledger: LedgerPort = { ...ports.ledger, noteBatch: () => Promise.reject(new Error('killed')) }
  await expect(beginCall({ ...ports, ledger }, callOf(call)).result).rejects.toThrow('killed')
  expect(await toItsEnd(call)).toMatchObject({
    kind: 'answered',
    attempts: [{ outcome: 'abandoned', cost: { lowPico: '0' } }, { outcome: 'answered' }],
  })
})

it('asks in a batch again after a reset, whatever had expired before', async () => {
  await calling.vendors.setFaults('one', [{ kind: 'reset', times: 1 }, { kind: 'server-error' }])
  const call = await asked('expired')
  await calling.call(call)
  await expect
    .poll(
      async () => {
        await calling.call(call)
        return (await rowsOf('expired')).some(({ batch }) => batch === undefined)
      },
      { timeout: 5_000 },
    )
    .toBe(true)
  await calling.vendors.setFaults('one', [])
  const again = beginCall(calling.wired.ports, callOf(call), { part: 'reset' }).result
  expect(await again).toMatchObject({ kind: 'wait', inBatch: true })
})

it('writes no tail of its prompt to a cache that is cold when the answer is there', async () => {
  const { ports } = calling.wired
  const caching: unknown[] = []
  const batches: BatchPort = {
    ...ports.batches,
    submit(ask) {
      caching.push(ask.caching?.recurring)
      return ports.batches.submit(ask)
    },
  }
  const call = await asked('cached')
  const known = { endpoint: 'one:acme/small', promptTokens: 9, length: 1 }
  for (const [step, paused] of [{}, { gapMs: 1_000 }].entries()) {
    const memory = { draw: 0.5, known: { ...known, ...paused } }
    await beginCall({ ...ports, batches }, callOf({ ...call, step: step + 1, memory })).result
  }
  expect(caching).toEqual(['system', 'all'])
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

it('waits no longer where a rule by the hour leads to another class since', async () => {
  const call = callOf(await asked('shifting', { taskClass: 'shifting' }))
  const at = (time: string) => beginCall({ ...calling.wired.ports, now: () => Date.parse(time) }, call).result
  expect(await at('2030-01-01T23:00Z')).toMatchObject({ kind: 'wait', inBatch: true })
  expect(await at('2030-01-02T07:00Z')).toMatchObject({
    kind: 'answered',
    attempts: [{ fault: 'timed-out' }, { outcome: 'answered' }],
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

it('withdraws what a call has in a batch that is given up, and leaves what other calls have', async () => {
  const call = await asked('given-up')
  await calling.call(call)
  await calling.call({ ...call, step: 2 })
  const giveUp = createGiveUpCall(withoutServer(calling.wired.ports))
  await new MockActivityEnvironment().run(giveUp, { run: call.run, step: 2 })
  await new Promise(resolve => setTimeout(resolve, LATER_MS + 200))
  const [other, given] = (await rowsOf('given-up')).toSorted((a, b) => a.step - b.step)
  expect([other!.outcome, given!.outcome]).toEqual(['open', 'abandoned'])
  const served = calling.vendors.meter().map(({ clientRequestId }) => clientRequestId)
  expect([other, given].map(row => served.includes(row!.wireRequestId))).toEqual([true, false])
  expect(await calling.call(call)).toMatchObject({ kind: 'answered' })
})

it('waits for no vendor longer than a while when a run ends', async () => {
  const { directory, roster } = calling.wired.ports
  const asks: string[] = []
  const batches = { withdraw: (_endpoint: unknown, batch: string) => new Promise<void>(() => asks.push(batch)) }
  const openBatches = async () => ['one', 'two'].map(batch => ({ endpoint: 'one:acme/small', batch }))
  const ports = { directory, roster, batches, ledger: { openBatches }, withdrawals: createWithdrawals() }
  await withdrawBatches(ports, [RUN], { patienceMs: 1 })
  expect(asks).toEqual(['one', 'two'])
})

it('tells a vendor of eight at a time that nobody waits for them, of however many runs they are, and when these end', async () => {
  const { directory, roster } = calling.wired.ports
  let [under, most, told] = [0, 0, 0]
  const held: (() => void)[] = []
  const withdraw = async () => {
    most = Math.max(most, ++under)
    await new Promise<void>(resolve => held.push(resolve))
    under -= 1
    told += 1
  }
  const openBatches = async () =>
    Array.from({ length: 10 }, (_, at) => ({ endpoint: 'one:acme/small', batch: `${at}` }))
  const ports = { directory, roster, batches: { withdraw }, ledger: { openBatches }, withdrawals: createWithdrawals() }
  // The first round is left behind, because its vendor is slow.
  await withdrawBatches(ports, [RUN], { patienceMs: 1 })
  const second = withdrawBatches(ports, [RUN, RUN], { patienceMs: 3_600_000 })
  while (told < 30) await Promise.resolve(held.shift()?.())
  await second
  expect(most).toBe(8)
})

it('withdraws at once what was handed over while its run ended', async () => {
  const call = await asked('overtaken')
  const { ports } = calling.wired
  const close = createCloseRun(withoutServer(ports))
  const ledger: LedgerPort = {
    ...ports.ledger,
    async noteBatch(attemptId, batch) {
      await new MockActivityEnvironment().run(close, { run: call.run, outcome: 'cancelled' as const })
      return ports.ledger.noteBatch(attemptId, batch)
    },
  }
  const withdrawn: string[] = []
  const batches: BatchPort = { ...ports.batches, withdraw: async (_endpoint, batch) => void withdrawn.push(batch) }
  await beginCall({ ...ports, ledger, batches }, callOf(call)).result.catch(() => {})
  const [row] = await rowsOf('overtaken')
  expect(row).toMatchObject({ outcome: 'abandoned', batch: withdrawn[0] })
})

it('withdraws a batch that is found while its run ends', async () => {
  const call = await killed('found-late')
  const { ports } = calling.wired
  const close = createCloseRun(withoutServer(ports))
  const withdrawn: string[] = []
  const batches: BatchPort = {
    ...ports.batches,
    async find(endpoint, sought) {
      await new MockActivityEnvironment().run(close, { run: call.run, outcome: 'cancelled' as const })
      return ports.batches.find(endpoint, sought)
    },
    withdraw: async (_endpoint, batch) => void withdrawn.push(batch),
  }
  await beginCall({ ...ports, batches }, callOf(call)).result.catch(() => {})
  const [row] = await rowsOf('found-late')
  expect(row).toMatchObject({ outcome: 'abandoned', batch: withdrawn[0] })
})

it('holds nothing against an endpoint that takes no batch now', async () => {
  const call = await asked('not-taken')
  const { ports } = calling.wired
  const fault = { kind: 'rate-limited' as const, message: 'one answered 429', evidence: { retryAfterMs: 60_000 } }
  const batches: BatchPort = {
    ...ports.batches,
    async submit(ask) {
      await ask.gate({ url: 'http://one', body: {}, inBatch: true, maxOutputTokens: 10 })
      return { kind: 'fault', fault, billable: 'no', timings: { totalMs: 1 } }
    },
  }
  expect(await beginCall({ ...ports, batches }, callOf(call)).result).toMatchObject({ kind: 'wait' })
  expect(ports.health.of('one:acme/small').closed).toBeUndefined()
})

it('makes the call as usual where its endpoint has no batch interface any more', async () => {
  const call = await asked('moved')
  await calling.call(call)
  const { ports } = calling.wired
  const without = ports.directory.endpoints.map(({ batch: _, ...endpoint }) => endpoint)
  const result = await beginCall({ ...ports, roster: rosterOf(without) }, callOf(call)).result
  expect(result).toMatchObject({ kind: 'fault', fault: { kind: 'no-route' }, attempts: [{ fault: 'timed-out' }] })
})

it('takes a truncated answer of a batch that nobody waits for any more', async () => {
  await calling.vendors.setFaults('one', [{ kind: 'length', afterTokens: 5, match: 'cut me short' }])
  const call = { ...(await asked('cut')), prompt: 'Cut me short.' }
  await calling.call(call)
  await new Promise(resolve => setTimeout(resolve, LATER_MS + 200))
  expect(await calling.call({ ...call, withdraws: true })).toMatchObject({
    kind: 'answered',
    answer: { truncated: true },
  })
  expect(await rowsOf('cut')).toMatchObject([{ outcome: 'answered' }])
  await calling.vendors.setFaults('one', [])
})

it('notes a batch that was made while its call was cancelled, so that it can be withdrawn', async () => {
  const call = await asked('made-late')
  const { ports } = calling.wired
  const batches: BatchPort = {
    ...ports.batches,
    async submit(ask) {
      const said = await ports.batches.submit(ask)
      underway.cancel()
      return said
    },
  }
  const underway = beginCall({ ...ports, batches }, callOf(call))
  expect(await underway.result).toMatchObject({ kind: 'wait', inBatch: true })
  expect(await calling.call({ ...call, withdraws: true })).toMatchObject({ kind: 'cancelled' })
  const [row] = await rowsOf('made-late')
  await new Promise(resolve => setTimeout(resolve, LATER_MS + 200))
  expect(calling.vendors.meter().filter(({ clientRequestId }) => clientRequestId === row!.wireRequestId)).toEqual([])
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
