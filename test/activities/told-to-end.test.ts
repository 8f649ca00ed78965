import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FaultRuleInput } from '../../src/providers/simulated/index.ts'
import { beginCall } from '../support/call-scene.ts'
import { type Asked, type Calling, callOf, startCalling } from '../support/calling.ts'
import { marketOf } from '../support/market.ts'

const CLASSES = `classes:
  open: { models: [acme/small], maxOutputTokens: 100, patience: 60s }
  quiet: { models: [acme/quiet, acme/small], maxOutputTokens: 100, sort: order }
  hedged: { extends: open, hedge: { after: 300ms, share: 1 } }
`

/** Given up soon. */
const QUIET = { timeouts: { firstToken: '500ms' }, models: { 'acme/quiet': {} } }
const HANDED_OVER = { type: 'signalbox.handed-over', nextRetryDelay: '1s' }

let calling: Calling
let stop: AbortController

beforeEach(async () => {
  stop = new AbortController()
  calling = await startCalling(marketOf({ one: {}, two: {}, quiet: QUIET }, CLASSES))
  await calling.open()
})

afterEach(() => calling.close())

describe('in a worker that was told to end', () => {
  it('a call that comes late is handed over, and nothing is written', async () => {
    stop.abort()
    await expect(begin().result).rejects.toMatchObject(HANDED_OVER)
    expect(calling.vendors.meter()).toEqual([])
    expect(await calling.attempts()).toEqual([])
  })

  it('an attempt that is under way goes on, and its answer counts', async () => {
    await fail('one', { kind: 'stall', delayMs: 1_000 })
    const underway = begin()
    await asked(1)
    stop.abort()
    expect(await underway.result).toMatchObject({ kind: 'answered', attempts: [{ endpoint: 'one:acme/small' }] })
  })

  it('an attempt that fails is followed by one of the next worker', async () => {
    await fail('quiet', { kind: 'silence' })
    const underway = begin({ taskClass: 'quiet' })
    await asked(1)
    stop.abort()
    await expect(underway.result).rejects.toMatchObject(HANDED_OVER)
    expect(calling.vendors.meter()).toHaveLength(1)
    const answered = { kind: 'answered', answer: { model: 'acme/small' } }
    expect(await calling.call({ taskClass: 'quiet' })).toMatchObject(answered)
  })

  it('a call that only waits does not hold it up', async () => {
    for (const name of ['one', 'two']) await fail(name, { kind: 'rate-limit', retryAfterMs: 20_000 })
    const underway = begin()
    await asked(2)
    await expect.poll(() => underway.beats.at(-1)).toContain('waiting')
    stop.abort()
    await expect(underway.result).rejects.toMatchObject(HANDED_OVER)
    expect(calling.vendors.meter()).toHaveLength(2)
  })

  it('no second endpoint is asked beside the first', async () => {
    await fail('one', { kind: 'slow-first-token', delayMs: 700 })
    const underway = begin({ taskClass: 'hedged' })
    await asked(1)
    stop.abort()
    expect(await underway.result).toMatchObject({ kind: 'answered', answer: { endpoint: 'one:acme/small' } })
    expect(calling.vendors.meter()).toHaveLength(1)
  })
})

function begin(how?: Asked) {
  return beginCall({ ...calling.wired.ports, stopping: stop.signal }, callOf(how))
}

async function fail(name: string, rule: FaultRuleInput): Promise<void> {
  await calling.vendors.setFaults(name, [{ ...rule, times: 1 }])
}

async function asked(times: number): Promise<void> {
  await expect.poll(() => calling.vendors.meter().length).toBe(times)
}
