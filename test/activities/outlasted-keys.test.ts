import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { it, type TestContext, vi } from 'vitest'
import { createCallModel } from '../../activities/call-model.ts'
import type { CallModelInput } from '../../src/core/protocol.ts'
import { wirePorts } from '../../src/runtime/ports/wire-ports.ts'
import { beginCall, type Server } from '../support/call-scene.ts'
import { type Calling, callOf, startCalling } from '../support/calling.ts'
import { marketOf } from '../support/market.ts'

const CLASSES = `
classes:
  unnamed: { maxOutputTokens: 500, patience: 300ms }
  named: { extends: unnamed, outlast: 30m }
  brief: { extends: unnamed, outlast: 1s }
`

/** A scene of the test's own, for each waits. */
async function scene({ onTestFinished }: Pick<TestContext, 'onTestFinished'>): Promise<Calling> {
  const calling = await startCalling(marketOf({ one: {} }, CLASSES))
  onTestFinished(() => calling.close())
  await calling.open()
  return calling
}

it.concurrent.for([
  ['unauthenticated', 'one refuses the key'],
  ['payment-required', 'one has no quota or balance left'],
] as const)(
  'waits on durable timers while everybody answers %s, and goes on once a worker comes that is let in',
  async ([kind, reason], { expect, onTestFinished }) => {
    const calling = await scene({ onTestFinished })
    const { vendors, call, configuration, store, attempts } = calling
    await vendors.setFaults('one', [{ kind }])
    const first = callOf({ taskClass: 'named' })
    const second = callOf({ taskClass: 'named', step: 2 })
    expect(await call(first)).toMatchObject({ kind: 'wait', reason })
    for (const asked of [second, first]) {
      const put = await call(asked)
      expect(put).toMatchObject({ kind: 'wait', reason, attempts: asked === first ? [{ outcome: 'fault' }] : [] })
      expect(put.kind === 'wait' && put.ms).toBeGreaterThan(100_000)
    }
    expect(await call(callOf({ taskClass: 'unnamed', step: 3 }))).toMatchObject({ kind: 'fault' })
    await vendors.setFaults('one', [])
    await calling.wired.close()
    const wired = wirePorts({ configuration, store, app: {} })
    await wired.begin()
    const kindOf = async (asked: typeof first) => (await beginCall(wired.ports, asked).result).kind
    expect(await kindOf(second)).toBe('answered')
    // Its own pause after what it has heard itself.
    await expect.poll(() => kindOf(first), { interval: 500 }).toBe('answered')
    expect((await attempts()).map(({ step, outcome }) => `${step} ${outcome}`)).toEqual([
      '1 fault',
      '1 answered',
      '2 answered',
    ])
    await wired.close()
  },
)

it.concurrent('tells the log once a call, and not of each of its tries, that it waits', async ({
  expect,
  onTestFinished,
}) => {
  const { vendors, wired } = await scene({ onTestFinished })
  await vendors.setFaults('one', [{ kind: 'payment-required' }])
  const lines: unknown[] = []
  const logger = new DefaultLogger('WARN', ({ message, meta }) => lines.push([message, meta]))
  const call = createCallModel({ ...wired.ports, othersServe: async () => false })
  const ask = (step: number, more: { readonly toldWait?: true } = {}) =>
    new MockActivityEnvironment(undefined, { logger }).run(call, { ...callOf({ taskClass: 'named', step }), ...more })
  expect(await ask(1)).toMatchObject({ kind: 'wait', toldWait: true })
  expect(await ask(1, { toldWait: true })).not.toHaveProperty('toldWait')
  expect(await ask(2)).toMatchObject({ kind: 'wait', toldWait: true })
  const where = { run: 'run-1', class: 'named', reason: 'one has no quota or balance left' }
  const waits = lines.filter(line => (line as [string])[0] === 'call waits for vendors')
  expect(waits.map(line => (line as [string, object])[1])).toEqual([
    expect.objectContaining({ ...where, step: 1, wait: expect.stringMatching(/^\d+ s at first, 1800 s at most$/) }),
    expect.objectContaining({ ...where, step: 2, wait: expect.stringMatching(/^\d+ s at first$/) }),
  ])
})

it.concurrent('tells the log of a call that has begun before, and was lost', async ({ expect, onTestFinished }) => {
  const { vendors, wired } = await scene({ onTestFinished })
  await vendors.setFaults('one', [{ kind: 'payment-required' }])
  const { ledger } = wired.ports
  const endAttempt = vi.fn(ledger.endAttempt).mockRejectedValueOnce(new Error('the store is away'))
  const ask = () =>
    beginCall({ ...wired.ports, ledger: { ...ledger, endAttempt } }, callOf({ taskClass: 'named' })).result
  await expect(ask()).rejects.toThrow('the store is away')
  expect(await ask()).toMatchObject({ kind: 'wait', toldWait: true })
})

/** A vendor that takes one key, and workers with that or another. */
async function workers({ onTestFinished }: Pick<TestContext, 'onTestFinished'>) {
  const market = marketOf({ one: { vendor: { apiKey: 'right' } } }, CLASSES)
  const calling = await startCalling(market)
  onTestFinished(() => calling.close())
  await calling.open()
  const workerWith = async (key: string) => {
    const configuration = calling.read(market.yaml.replace('apiKey: none', `apiKey: ${key}`))
    const wired = wirePorts({ configuration, store: calling.store, app: {} })
    onTestFinished(() => wired.close())
    await wired.begin()
    const call = (step: number, taskClass = 'unnamed', server?: Server) =>
      beginCall(wired.ports, callOf({ taskClass, step }), server).result
    return { call, close: wired.close }
  }
  return { calling, workerWith }
}

const quietly = { nonRetryable: false, category: 'BENIGN' }

it('leaves the first calls of a store to other workers where there are any, up to ten times', async ({
  expect,
  onTestFinished,
}) => {
  const { calling, workerWith } = await workers({ onTestFinished })
  const bad = await workerWith('wrong')
  const among = { othersServe: true }
  const elsewhere = { type: 'signalbox.other-key', ...quietly, message: expect.stringContaining('may accept another') }
  for (const step of [1, 1, 2]) await expect(bad.call(step, 'unnamed', among)).rejects.toMatchObject(elsewhere)
  // Of the tries before, an outage of the store may have cost any number.
  const late = { ...among, attempt: 40 }
  for (let left = 2; left < 10; left += 1) await expect(bad.call(2, 'unnamed', late)).rejects.toMatchObject(elsewhere)
  expect(await bad.call(2, 'unnamed', late)).toMatchObject({ kind: 'fault', fault: { kind: 'unauthenticated' } })
  const good = await workerWith('right')
  expect(await good.call(1, 'unnamed', among)).toMatchObject({ kind: 'answered', attempts: [{}, {}] })
  const made = (await calling.attempts()).map(({ step, outcome, reason }) => `${step} ${outcome}, ${reason}`)
  expect(made).toEqual(['1 fault, planned', '1 answered, retried: unauthenticated'])
})

it('asks anew, whatever has refused the key before, once its run is reset: of a call that was refused, and of one that asked nobody', async ({
  expect,
  onTestFinished,
}) => {
  const { vendors, call, wired, attempts } = await scene({ onTestFinished })
  await vendors.setFaults('one', [{ kind: 'unauthenticated' }])
  const refused = { kind: 'fault', fault: { kind: 'unauthenticated' } }
  const asked = [1, 2].map(step => callOf({ taskClass: 'unnamed', step }))
  for (const each of asked) expect(await call(each)).toMatchObject(refused)
  const again = (each: CallModelInput, part: string) => beginCall(wired.ports, each, { part }).result
  expect(await again(asked[1]!, 'too-early')).toMatchObject(refused)
  await vendors.setFaults('one', [])
  // Nobody has reset this one.
  expect(await call(callOf({ taskClass: 'unnamed', step: 3 }))).toMatchObject(refused)
  for (const each of asked) expect(await again(each, 'reset')).toMatchObject({ kind: 'answered' })
  expect((await attempts()).map(({ step, outcome }) => `${step} ${outcome}`)).toEqual([
    '1 fault',
    '1 answered',
    '2 fault',
    '2 answered',
  ])
})

it('leaves a call to a worker with another key where one is let in, and ends it at once where none is', async ({
  expect,
  onTestFinished,
}) => {
  const { calling, workerWith } = await workers({ onTestFinished })
  const alone = await workerWith('wrong')
  expect(await alone.call(1)).toMatchObject({ kind: 'fault', fault: { kind: 'unauthenticated' } })
  const good = await workerWith('right')
  expect(await good.call(2)).toMatchObject({ kind: 'answered' })
  await good.close()
  const bad = await workerWith('wrong')
  const elsewhere = { type: 'signalbox.other-key', ...quietly, message: expect.stringContaining('right') }
  for (const _ of [1, 2]) await expect(bad.call(3)).rejects.toMatchObject(elsewhere)
  const again = await workerWith('right')
  expect(await again.call(3)).toMatchObject({ kind: 'answered' })
  await again.close()
  await expect.poll(() => bad.call(4, 'named').catch(error => error), { interval: 500 }).toMatchObject(elsewhere)
  const made = (await calling.attempts()).map(({ step, outcome, reason }) => `${step} ${outcome}, ${reason}`)
  expect(made).toEqual([
    '1 fault, planned',
    '2 answered, planned',
    '3 fault, planned',
    '3 answered, retried: unauthenticated',
  ])
})

it('ends, once it has outlasted it since it began, a call that was never let near an endpoint', async ({
  expect,
  onTestFinished,
}) => {
  const { call, wired } = await scene({ onTestFinished })
  const fault = { kind: 'unauthenticated', message: 'one refuses the key', evidence: { status: 401 } } as const
  wired.ports.health.record('one:acme/small', { kind: 'fault', fault })
  const asked = callOf({ taskClass: 'brief' })
  const put = await call(asked)
  expect(put.kind === 'wait' && put.ms).toBeLessThanOrEqual(1_100)
  await expect.poll(() => call(asked)).toMatchObject({ kind: 'fault', fault, attempts: [] })
})
