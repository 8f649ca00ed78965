import { MockActivityEnvironment } from '@temporalio/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createCloseLost } from '../../activities/close-lost.ts'
import { createCloseRun } from '../../activities/close-run.ts'
import { explainedCallWords } from '../../src/cli/print/explained-call.ts'
import type { AdmissionAsk } from '../../src/core/ports.ts'
import type { CallModelResult, RunRef } from '../../src/core/protocol.ts'
import type { ScopeLimit } from '../../src/core/routing/limits/scope-limits.ts'
import { type ExplainedCall, explainCall } from '../../src/runtime/routes/explain-call.ts'
import { beginCall, withoutServer } from '../support/call-scene.ts'
import { type Calling, callOf, startCalling } from '../support/calling.ts'
import { marketOf } from '../support/market.ts'
import { APP } from '../support/scene.ts'

const ENDPOINT = { maxOutput: 60_000, abilities: ['json-schema', 'json-object'] }
/** Requests that are to be out at once are, also on a busy machine. */
const OVERLAP_MS = 1_000
const PAIR = { ...ENDPOINT, limits: { concurrency: 2 }, vendor: { firstTokenMs: OVERLAP_MS } }
const SINGLE = { ...ENDPOINT, limits: { concurrency: 1 }, vendor: { firstTokenMs: OVERLAP_MS } }
const vendor = { behaviours: [{ match: 'right shape', turns: [{ value: { ok: true, reason: 'so it is' } }] }] }

const PROVIDERS = {
  one: { limits: { requestsPerMinute: 60 }, models: { 'acme/paced': ENDPOINT }, vendor },
  two: {
    models: {
      'acme/free': ENDPOINT,
      'acme/single': SINGLE,
      'acme/pair': PAIR,
      'acme/slow': { ...ENDPOINT, limits: { requestsPerMinute: 1 } },
    },
    vendor,
  },
  three: { timeouts: { total: '3540000ms' }, models: { 'acme/long': SINGLE } },
  four: { limits: { concurrency: 1 }, models: { 'acme/big': ENDPOINT, 'acme/small': ENDPOINT } },
}

const REST = `
classes:
  either: { models: [acme/slow, acme/free], maxOutputTokens: 100 }
  patient: { models: [acme/paced], maxOutputTokens: 100, patience: 5s }
  hasty: { models: [acme/paced], maxOutputTokens: 100, patience: 10ms }
  slow: { models: [acme/slow], maxOutputTokens: 100, patience: 10ms }
  free: { models: [acme/free], maxOutputTokens: 100 }
  backed: { models: [acme/free, acme/slow], sort: order, maxOutputTokens: 100, patience: 10ms }
  spread: { models: [acme/paced, acme/slow], sort: order, maxOutputTokens: 100, patience: 10ms }
  single: { models: [acme/single, acme/free], maxOutputTokens: 100 }
  pair: { models: [acme/pair], maxOutputTokens: 100 }
  long: { models: [acme/long], maxOutputTokens: 100 }
  narrow: { models: [acme/big, acme/small], sort: order, maxOutputTokens: 100, patience: 10ms }
  checked: { models: [acme/free, acme/slow], sort: order, maxOutputTokens: 100, patience: 5s, escalateTo: above }
  above: { models: [acme/paced, acme/slow], sort: order, maxOutputTokens: 100 }
`

let calling: Calling
let run: RunRef

beforeEach(async () => {
  const { tools, schemas } = APP
  calling = await startCalling({ ...marketOf(PROVIDERS, REST), app: { tools, schemas } })
  run = await calling.open({ id: 'limits' })
})

afterEach(() => calling.close())

let step = 0

function call(taskClass: string, at = ++step): Promise<CallModelResult> {
  return calling.call({ run, taskClass, step: at })
}

/** Whoever asks next waits no longer than whoever has left the line. */
async function expectGivenBack(put: CallModelResult, step: number): Promise<void> {
  const next = await call('slow', step)
  if (put.kind !== 'wait' || next.kind !== 'wait') throw new Error('both wait')
  expect(next.ms).toBeLessThanOrEqual(put.ms)
}

async function explained(step: number) {
  const calls = await explainCall({ reports: calling.store.reports, place: 'here' }, run.id, step)
  return calls as [ExplainedCall]
}

const askedAt = (result: CallModelResult) => result.attempts.map(({ endpoint }) => endpoint.split('/')[1])

/** One a second, and a second's worth ahead: two start at once. On a busy machine this may take so long that the next may start, too: then again. */
async function useUp(): Promise<void> {
  const begunAtMs = Date.now()
  await Promise.all([call('patient'), call('patient')])
  if (Date.now() - begunAtMs < 500) return
  await new Promise(resolve => setTimeout(resolve, 2_000))
  await useUp()
}

it('goes elsewhere when an endpoint is at its limit, without asking it', async () => {
  expect(askedAt(await call('either', 39))).toEqual(['slow'])
  expect(askedAt(await call('either', 40))).toEqual(['free'])
  const [{ plans }] = await explained(40)
  expect(plans[0]?.candidates).toMatchObject([
    { endpoint: 'two:acme/slow', heldBack: { by: 'two:acme/slow is at its limit of 1 request per minute' } },
    { endpoint: 'two:acme/free' },
  ])
  const { ms } = plans[0]!.candidates[0]!.heldBack!
  expect(ms).toBeGreaterThan(0)
  expect(ms).toBeLessThanOrEqual(60_000)
  expect(plans[0]!.candidates[1]).not.toHaveProperty('heldBack')
  expect(explainedCallWords((await explained(40))[0], undefined)).toMatch(
    /two:acme\/slow was held back for .*: two:acme\/slow is at its limit of 1 request per minute/,
  )
})

it('keeps with a plan that takes the place of another only who turned the call away since', async () => {
  await call('either', 60)
  const refused = { kind: 'rate-limit' as const, retryAfterMs: 300, times: 1 }
  await calling.vendors.setFaults('two', [refused, { kind: 'wrong-value' }])
  const result = await calling.call({ run, taskClass: 'checked', step: 61, schema: 'Verdict', prompt: 'right shape' })
  expect(result).toMatchObject({ kind: 'answered', answer: { endpoint: 'one:acme/paced' } })
  const [{ plans }] = await explained(61)
  expect(plans.map(({ class: name }) => name)).toEqual(['checked', 'above'])
  expect(plans[1]!.candidates.map(({ endpoint }) => endpoint)).toEqual(['one:acme/paced', 'two:acme/slow'])
  expect(plans[1]!.candidates.filter(({ heldBack }) => heldBack)).toEqual([])
})

it('waits for its start where nobody else can be asked', async () => {
  await useUp()
  const [third, fourth] = await Promise.all([call('patient'), call('patient')])
  expect([third, fourth].map(({ kind }) => kind)).toEqual(['answered', 'answered'])
  const starts = (await calling.store.reports.attempts({}))
    .map(({ startedAtMs }) => startedAtMs)
    .toSorted((a, b) => a - b)
  expect(starts.at(-1)! - starts.at(-3)!).toBeGreaterThan(1_000)
})

it('lets no call ask within the pause that another has begun, though it was due before', async () => {
  await useUp()
  await calling.vendors.setFaults('one', [{ kind: 'rate-limit', retryAfterMs: 2_500, times: 1 }])
  const both = await Promise.all([call('patient'), call('patient')])
  expect(both.map(({ kind }) => kind)).toEqual(['answered', 'answered'])
  const attempts = await calling.store.reports.attempts({})
  const refused = attempts.find(({ outcome }) => outcome === 'fault')!
  const later = attempts.filter(({ startedAtMs }) => startedAtMs > refused.startedAtMs)
  expect(later).toHaveLength(2)
  for (const { startedAtMs } of later) expect(startedAtMs - refused.endedAtMs!).toBeGreaterThanOrEqual(2_500)
  const waits = (await calling.store.events.read(run.id, 0, 1_000)).filter(({ kind }) => kind === 'wait')
  expect(waits).toContainEqual(expect.objectContaining({ reason: 'one is cooling down after a 429' }))
  expect(waits).not.toContainEqual(expect.objectContaining({ reason: expect.stringContaining('closed for now') }))
})

it('leaves a long wait to a durable timer, says why, and keeps its place', async () => {
  await useUp()
  const put = await call('hasty', 50)
  expect(put).toMatchObject({ kind: 'wait', reason: 'one is at its limit of 60 requests per minute' })
  expect((await explained(50))[0].plans).toMatchObject([
    { candidates: [{ heldBack: { by: put.kind === 'wait' && put.reason } }] },
  ])
  const later = await call('hasty', 51)
  if (put.kind !== 'wait' || later.kind !== 'wait') throw new Error('both wait')
  expect(later.ms).toBeGreaterThan(put.ms + 500)
  // A timer may be a millisecond before its time.
  await new Promise(resolve => setTimeout(resolve, put.ms + 5))
  expect(await call('hasty', 50)).toMatchObject({ kind: 'answered' })
})

it('waits in one line alone, that of the endpoint where it will be its turn first', async () => {
  await call('slow', 64)
  await useUp()
  expect(await call('spread', 65)).toMatchObject({
    kind: 'wait',
    reason: 'one is at its limit of 60 requests per minute; two:acme/slow is at its limit of 1 request per minute',
  })
  const behind = await call('hasty', 67)
  expect(behind.kind === 'wait' && behind.ms).toBeGreaterThan(1_000)
  const next = await call('slow', 66)
  expect(next.kind === 'wait' && next.ms).toBeLessThanOrEqual(60_000)
})

it('gives its place back when its class is gone before it is due', async () => {
  await call('slow', 69)
  const put = await call('slow', 70)
  calling.wired.use(calling.read(marketOf(PROVIDERS, REST.replace('\n  slow:', '\n  renamed:')).yaml))
  expect(await call('slow', 70)).toMatchObject({ kind: 'fault', fault: { kind: 'no-route' } })
  calling.wired.use(calling.configuration)
  await expectGivenBack(put, 71)
})

it('gives its place back when its run ends while it waits, as one does that is stopped or cancelled', async () => {
  await call('slow', 75)
  const stopped = await calling.open({ id: 'stopped' })
  const put = await calling.call({ run: stopped, taskClass: 'slow' })
  const close = createCloseRun(withoutServer(calling.wired.ports))
  await new MockActivityEnvironment().run(close, { run: stopped, outcome: 'stopped' as const })
  await expectGivenBack(put, 76)
})

it('gives its place back when the worker is lost that has just ended its run', async () => {
  await call('slow', 77)
  const ended = await calling.open({ id: 'ended' })
  const put = await calling.call({ run: ended, taskClass: 'slow' })
  const ports = withoutServer(calling.wired.ports)
  const leaveRun = () => Promise.reject(new Error('the worker is lost'))
  const input = { run: ended, outcome: 'stopped' as const }
  const lost = createCloseRun(Object.assign(Object.create(ports), { admissions: { leaveRun } }))
  await expect(new MockActivityEnvironment().run(lost, input)).rejects.toThrow('the worker is lost')
  await new MockActivityEnvironment({ attempt: 2 }).run(createCloseRun(ports), input)
  await expectGivenBack(put, 78)
})

it('gives back the place of a child that could not close itself', async () => {
  await call('slow', 79)
  const child = await calling.open({ id: 'child' })
  const put = await calling.call({ run: child, taskClass: 'slow' })
  const howEnded = async () => ({ reason: 'it was terminated' })
  await createCloseLost({ ...calling.wired.ports, howEnded })({ run: child, outcome: 'failed' })
  await expectGivenBack(put, 80)
})

it('gives its place back when it comes again and is answered elsewhere', async () => {
  await call('slow', 72)
  await calling.vendors.setFaults('two', [{ kind: 'rate-limit', retryAfterMs: 300, times: 1 }])
  expect(await call('backed', 73)).toMatchObject({ kind: 'wait' })
  await expect.poll(() => call('backed', 73)).toMatchObject({ kind: 'answered', answer: { endpoint: 'two:acme/free' } })
  const next = await call('slow', 74)
  expect(next).toMatchObject({ kind: 'wait' })
  expect(next.kind === 'wait' && next.ms).toBeLessThanOrEqual(60_000)
})

it('takes nothing of the pace for what the budget does not admit', async () => {
  const poor = await calling.open({ id: 'poor', budget: { usd: '0.000001' } })
  for (const at of [1, 2, 3])
    expect(await calling.call({ run: poor, taskClass: 'hasty', step: at })).toMatchObject({ kind: 'over-budget' })
  expect((await Promise.all([call('hasty'), call('hasty')])).map(({ kind }) => kind)).toEqual(['answered', 'answered'])
})

/** A request of another call, which goes elsewhere where it may not start. */
function beside(callId: string, limit: Pick<ScopeLimit, 'scopeId' | 'concurrency'>): AdmissionAsk {
  const nowMs = Date.now()
  const limits = [{ ...limit, burstMs: 0 }]
  const permit = { permitId: callId, permitUntilMs: nowMs + 60_000 }
  return { callId, ...permit, workspace: 'default', priority: 3, limits, tokens: 1, waits: false, nowMs }
}

it('keeps its place where the budget does not admit the first model of a provider at its limit', async () => {
  const { admissions } = calling.wired.ports
  const poor = await calling.open({ id: 'poor', budget: { usd: '0.000001' } })
  await admissions.admit(beside('held', { scopeId: 'four', concurrency: 1 }))
  const put = await calling.call({ run: poor, taskClass: 'narrow' })
  expect(put).toMatchObject({ kind: 'wait', reason: 'four is at its limit of 1 request at once' })
  expect(await call('narrow')).toMatchObject({ kind: 'wait' })
  await admissions.release('held')
  await new Promise(resolve => setTimeout(resolve, put.kind === 'wait' ? put.ms + 5 : 0))
  expect(await calling.call({ run: poor, taskClass: 'narrow' })).toMatchObject({ kind: 'over-budget' })
})

it('keeps to the number of requests at once, and gives the place back', async () => {
  const both = await Promise.all([call('single'), call('single')])
  expect(both.flatMap(askedAt).toSorted()).toEqual(['free', 'single'])
  expect(askedAt(await call('single'))).toEqual(['single'])
})

/** Something that happens once. */
function event() {
  let happens = () => {}
  const happened = new Promise<void>(resolve => {
    happens = resolve
  })
  return { happened, happens: () => happens() }
}

type Begins = Calling['wired']['ports']['ledger']['beginAttempt']

/** A worker's ports, where each attempt passes here when its request is about to leave. */
function leavingBy(leave: (begin: () => ReturnType<Begins>, attempt: Parameters<Begins>[0]) => ReturnType<Begins>) {
  const { ports } = calling.wired
  const { ledger } = ports
  const beginAttempt: Begins = attempt => leave(() => ledger.beginAttempt(attempt), attempt)
  return { ...ports, ledger: { ...ledger, beginAttempt } }
}

const besidePair = (callId: string, concurrency: number) =>
  calling.wired.ports.admissions.admit(beside(callId, { scopeId: 'two:acme/pair', concurrency }))

it('counts the request of a worker that was believed lost, and that of its successor, while they are out', async () => {
  const asked = callOf({ run, taskClass: 'pair', step: 80 })
  const lost = beginCall(calling.wired.ports, asked).result
  await expect.poll(() => calling.vendors.meter().length).toBe(1)
  const successor = beginCall(calling.wired.ports, asked, { attempt: 2 }).result
  await expect.poll(() => calling.vendors.meter().length).toBe(2)
  expect(await besidePair('too many', 2)).toMatchObject({ kind: 'later', isFull: true })
  await Promise.all([lost, successor])
  expect(await besidePair('after them', 1)).toMatchObject({ kind: 'start' })
})

it('goes on counting a request when a worker that was believed lost comes too late with the same one', async () => {
  const asked = callOf({ run, taskClass: 'pair', step: 81 })
  const taken = event()
  const lost = beginCall(
    leavingBy(async begin => {
      await taken.happened
      return begin()
    }),
    asked,
  ).result
  const successor = beginCall(
    leavingBy(begin => begin().finally(taken.happens)),
    asked,
    { attempt: 2 },
  ).result
  await expect(lost).rejects.toThrow('taken over its call')
  expect(await besidePair('too many', 1)).toMatchObject({ kind: 'later', isFull: true })
  expect(await besidePair('one more', 2)).toMatchObject({ kind: 'start' })
  expect(await successor).toMatchObject({ kind: 'answered' })
})

it('does not count a request for long whose worker was killed before it left', async () => {
  const asked = callOf({ run, taskClass: 'single', step: 82 })
  const killed = event()
  const resumed = event()
  const lost = beginCall(
    leavingBy(async begin => {
      killed.happens()
      await resumed.happened
      return begin()
    }),
    asked,
  ).result
  await killed.happened
  expect(askedAt(await call('single'))).toEqual(['free'])
  // A worker that is silent for so long is believed lost.
  const now = () => Date.now() + 20_001
  expect(askedAt(await beginCall({ ...calling.wired.ports, now }, asked, { attempt: 2 }).result)).toEqual(['single'])
  resumed.happens()
  await expect(lost).rejects.toThrow('taken over its call')
})

it.each([
  { which: 'a second try', attempt: 2 },
  { which: 'a later activity', attempt: 1 },
])(
  'leaves nothing of what a worker that was believed lost has come to wait for since, in $which',
  async ({ attempt }) => {
    const { admissions, budgets } = calling.wired.ports
    const asked = callOf({ run, taskClass: 'single', step: 83 })
    if (attempt === 1) {
      const earlier = beginCall(calling.wired.ports, asked)
      await expect.poll(() => calling.vendors.meter().length).toBe(1)
      earlier.lose()
      await expect(earlier.result).rejects.toThrow()
    }
    const full = { scopeId: 'elsewhere', concurrency: 1 }
    await admissions.admit(beside('busy', full))
    const followed = leavingBy(async (begin, { call: { callId, run, step, taskClass } }) => {
      expect(await admissions.admit({ ...beside(callId, full), waits: true })).toMatchObject({ kind: 'later' })
      const what = { endpoint: 'two:acme/single', reason: 'full', needed: { tokens: 1 }, sinceMs: Date.now() }
      await budgets.beginWait({ scopeId: 'budget:all', callId, run, step, taskClass, ...what })
      return begin()
    })
    expect(await beginCall(followed, asked, { attempt }).result).toMatchObject({ kind: 'answered' })
    expect(await calling.store.budgets.holdingRuns()).toEqual([])
    await admissions.release('busy')
    expect(await admissions.admit(beside('next', full))).toMatchObject({ kind: 'start' })
  },
)

interface Admitted {
  readonly scopes: readonly string[]
}

/** A call with a note of each start that the store was asked for. */
function noted(taskClass: string, at: number, asked: Admitted[]): Promise<CallModelResult> {
  const { ports } = calling.wired
  const admissions: typeof ports.admissions = {
    ...ports.admissions,
    admit(ask) {
      const scopes = ask.limits.map(({ scopeId }) => scopeId)
      asked.push({ scopes })
      return ports.admissions.admit(ask)
    },
  }
  return beginCall({ ...ports, admissions }, callOf({ run, taskClass, step: at })).result
}

it('asks the store for a start only where there is a limit', async () => {
  const asked: Admitted[] = []
  await noted('free', 1, asked)
  expect(asked).toEqual([])
  await noted('patient', 2, asked)
  expect(asked).toMatchObject([{ scopes: ['one'] }])
})

it('counts a request for as long as it may take, and the request of a lost worker not for ever', async () => {
  const counted: number[] = []
  const noting = leavingBy((begin, { permit, startedAtMs }) => {
    counted.push((permit!.untilMs - startedAtMs) / 60_000)
    return begin()
  })
  await beginCall(noting, callOf({ run, taskClass: 'single' })).result
  await beginCall(noting, callOf({ run, taskClass: 'long', step: 2 })).result
  const [usual, long] = counted
  expect(usual).toBeCloseTo(15, 1)
  expect(long).toBeGreaterThan(59)
  expect(long).toBeLessThan(90)
})

it.each([
  { ending: 'a fault', usd: undefined },
  { ending: 'too small a budget', usd: '0.0000001' },
])('lets a worker that was believed lost neither wait nor ask for a call that ended with $ending', async ({ usd }) => {
  const { ports } = calling.wired
  const own = await calling.open({ id: 'zombie', budget: usd === undefined ? {} : { usd } })
  const asked = callOf({ run: own, taskClass: 'pair', step: 84 })
  const full = { scopeId: 'elsewhere', concurrency: 1 }
  await ports.admissions.admit(beside('busy', full))
  const [stopped, resumed] = [event(), event()]
  const lost = beginCall(
    leavingBy(async (begin, { call: { callId, run, step, taskClass } }) => {
      stopped.happens()
      await resumed.happened
      expect(await ports.admissions.admit({ ...beside(callId, full), waits: true })).toMatchObject({ kind: 'later' })
      const what = { endpoint: 'two:acme/pair', reason: 'full', needed: { tokens: 1 }, sinceMs: Date.now() }
      await ports.budgets.beginWait({ scopeId: 'budget:all', callId, run, step, taskClass, ...what })
      return begin()
    }),
    asked,
  ).result
  await stopped.happened
  if (usd === undefined) await calling.vendors.setFaults('two', [{ kind: 'content-filter' }])
  const successor = beginCall(ports, asked, { attempt: 2 }).result
  expect(await successor).toMatchObject({ kind: usd === undefined ? 'fault' : 'over-budget' })
  const asks = calling.vendors.meter().length
  await calling.vendors.setFaults('two', [])
  resumed.happens()
  await lost.catch(() => {})
  expect(calling.vendors.meter()).toHaveLength(asks)
  expect((await calling.store.budgets.holdingRuns()).map(({ id }) => id)).toEqual([])
  await ports.admissions.release('busy')
  expect(await ports.admissions.admit(beside('next', full))).toMatchObject({ kind: 'start' })
})
