import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { callsTable } from '../../src/cli/print/calls-table.ts'
import { definedOnly } from '../../src/core/defined-only.ts'
import type { Budget, CallModelInput, CallModelResult, RunRef } from '../../src/core/protocol.ts'
import type { RunningVendors } from '../../src/providers/simulated/index.ts'
import type { Store } from '../../src/store/index.ts'
import { type Calling, startCalling } from '../support/calling.ts'
import { marketOf } from '../support/market.ts'
import { APP } from '../support/scene.ts'

const JSON_TOO = ['json-schema', 'json-object']

const PROVIDERS = {
  one: {
    models: {
      'acme/dear': { price: { input: 10, output: 40 }, abilities: JSON_TOO },
      'acme/small': { abilities: JSON_TOO },
      'acme/quick': { abilities: JSON_TOO },
      'acme/riddle': { price: undefined, unpriced: 'allow', vendor: { price: { input: 1, output: 4 } } },
    },
  },
  two: { dataPolicy: { retention: 'none' }, models: { 'acme/small': { abilities: JSON_TOO }, 'acme/second': {} } },
  three: { models: { 'acme/paced': { limits: { requestsPerMinute: 1 }, abilities: JSON_TOO } } },
}

const REST = `
classes:
  strong: { models: [acme/dear], maxOutputTokens: 500, minOutputTokens: 500, onBudget: middle }
  middle: { models: [acme/small], maxOutputTokens: 500, minOutputTokens: 500, policy: { denyProviders: [one] }, onBudget: cheap }
  cheap: { models: [acme/small], maxOutputTokens: 500, minOutputTokens: 500 }
  firm: { models: [acme/dear], maxOutputTokens: 500, minOutputTokens: 500, onBudget: lenient }
  lenient: { extends: cheap, onRefusal: reroute }
  choosy: { models: [acme/dear], maxOutputTokens: 500, minOutputTokens: 500, onBudget: either }
  either: { models: [acme/small, acme/dear], maxOutputTokens: 500, minOutputTokens: 500 }
  mixed: { models: [acme/dear, acme/second], maxOutputTokens: 500, minOutputTokens: 500 }
  ordered: { extends: mixed, models: [acme/second, acme/dear], sort: order }
  discreet: { extends: cheap, models: [acme/dear, acme/small], policy: { zdr: true }, onBudget: plain }
  plain: { models: [acme/small], maxOutputTokens: 100, minOutputTokens: 100 }
  hurried: { models: [acme/dear], maxOutputTokens: 500, minOutputTokens: 500, patience: 10ms, onBudget: hasty }
  hasty: { extends: cheap, models: [acme/small], policy: { denyProviders: [one] }, patience: 10ms }
  riddle: { models: [acme/riddle], maxOutputTokens: 500 }
  modest: { models: [acme/dear], maxOutputTokens: 500, minOutputTokens: 100 }
  lavish: { models: [acme/dear], maxOutputTokens: 500, minOutputTokens: 500, onBudget: guarded }
  shapely: { models: [acme/quick], maxOutputTokens: 500, escalateTo: lavish }
  guarded: { models: [acme/small], maxOutputTokens: 600, minOutputTokens: 600, policy: { denyProviders: [one] }, onBudget: cheap }
  prompt: { models: [acme/dear], maxOutputTokens: 500, minOutputTokens: 500, patience: 10ms, onBudget: paced }
  paced: { models: [acme/paced], maxOutputTokens: 500, minOutputTokens: 500, patience: 10ms }
  hopeful: { models: [acme/quick], maxOutputTokens: 500, escalateTo: prompt }
  curious: { models: [acme/quick], maxOutputTokens: 500, escalateTo: paced }
  twofold: { models: [acme/quick], maxOutputTokens: 500, escalateTo: strict, onBudget: cheap }
  strict: { models: [acme/dear], maxOutputTokens: 500, minOutputTokens: 500, policy: { denyProviders: [two] }, onBudget: cheap }
workspaces: { acme: {} }
budgets:
  strong-day: { scope: { class: strong }, per: day, usd: '0.0001' }
  lavish-day: { scope: { class: lavish }, per: day, usd: '0.0001' }
  guarded-day: { scope: { class: guarded }, per: day, usd: '0.0001' }
  prompt-day: { scope: { class: prompt }, per: day, usd: '0.0001' }
  strict-day: { scope: { class: strict }, per: day, usd: '0.0001' }
  hurried-day: { scope: { class: hurried }, per: day, usd: '0.0001' }
  key-of-one: { scope: { provider: one }, per: month, usd: '100' }
  key-of-two: { scope: { provider: two }, per: month, usd: '0.0021' }
`

let calling: Calling
let store: Store
let vendors: RunningVendors

beforeEach(async () => {
  calling = await startCalling({ ...marketOf(PROVIDERS, REST), app: { schemas: APP.schemas! } })
  ;({ store, vendors } = calling)
})

afterEach(() => calling.close())

describe('a call whose class no budget admits', () => {
  it('goes on in the class that its own names, past one that nobody serves, and the ledger says why', async () => {
    const run = await open({})
    const result = await call(run, 'strong', 1, { policy: { denyProviders: ['two'] } })
    expect(result).toMatchObject({ kind: 'answered', answer: { endpoint: 'one:acme/small' } })
    const [row] = await store.reports.attempts({ run: run.id })
    expect(row).toMatchObject({ taskClass: 'cheap', reason: 'stepped down from strong: planned' })
    const calls = await store.reports.calls({ run: run.id })
    expect(callsTable(calls, { withRun: false, width: undefined })).toMatch(/ strong → cheap /)
    const events = await store.events.read(run.id, 0, 100)
    expect(events.find(event => event.kind === 'step-down')).toMatchObject({
      from: 'strong',
      to: 'cheap',
      reason: "the shared budget 'strong-day' of $0.0001 does not admit it",
    })
  })

  it('steps down for the money of its run as well, and is refused where the lowest does not fit', async () => {
    const run = await open({ usd: '0.003' })
    expect(await call(run, 'strong')).toMatchObject({ kind: 'answered', answer: { model: 'acme/small' } })
    const poor = await open({ usd: '0.0001' }, 2)
    expect(await call(poor, 'strong')).toMatchObject({ kind: 'over-budget', scopeId: poor.key })
  })

  it('does there after a refusal what that class says', async () => {
    await vendors.setFaults('one', [{ kind: 'content-filter' }])
    const run = await open({ usd: '0.003' })
    expect(await call(run, 'firm')).toMatchObject({ kind: 'answered', answer: { endpoint: 'two:acme/small' } })
    const asked = (await calling.attempts()).map(({ endpoint, fault }) => [endpoint, fault?.kind])
    expect(asked).toEqual([
      ['one:acme/small', 'refused'],
      ['two:acme/small', undefined],
    ])
  })

  it('is told what it asks for, and the least that would do, which a raise by as much then does', async () => {
    const refused = await call(await open({ usd: '0.0001' }), 'modest')
    const [, whole, least] =
      /up to \$(\S+) would be needed, or \$(\S+) for an answer of 100 tokens, the fewest that its class accepts; raise/.exec(
        messageOf(refused),
      ) ?? []
    const kinds = []
    for (const [index, usd] of [whole!, least!, (Number(least) - 1e-6).toFixed(9)].entries())
      kinds.push((await call(await open({ usd }, index + 2), 'modest')).kind)
    expect(kinds).toEqual(['answered', 'answered', 'over-budget'])
  })

  it('is told the least amount that would have admitted it, which a raise by as much then does', async () => {
    const own = { policy: { denyProviders: ['two'] } }
    const refused = await call(await open({ usd: '0.0001' }), 'choosy', 1, own)
    const [, needed] =
      /at one:acme\/small: \$0\.0001 is left and up to \$(\S+) would be needed/.exec(messageOf(refused)) ?? []
    expect(messageOf(refused)).toMatch(/^the run's budget does not admit a call at one:acme\/small: /)
    const raised = await open({ usd: needed! }, 2)
    expect(await call(raised, 'choosy', 1, own)).toMatchObject({
      kind: 'answered',
      answer: { endpoint: 'one:acme/small' },
    })
  })

  it('is told so of a shared budget too', async () => {
    await store.budgets.setLimits('key-of-one', { limitPico: '100000000', setAtMs: 1 })
    const refused = await call(await open({}), 'choosy', 1, { policy: { denyProviders: ['two'] } })
    expect(messageOf(refused)).toMatch(
      /^the shared budget 'key-of-one' of \$0\.0001 does not admit a call at one:acme\/small: /,
    )
  })

  it('is short of what its people can raise, if they are asked, though a shared budget lacks less', async () => {
    await store.budgets.setLimits('key-of-two', { limitPico: '2000000000', setAtMs: 1 })
    const run = await open({ usd: '0.0100' })
    expect(await call(run, 'mixed')).toMatchObject({ scopeId: expect.stringContaining('key-of-two') })
    expect(await call({ ...run, asks: true }, 'mixed')).toMatchObject({ kind: 'over-budget', scopeId: run.key })
  })

  it('is short of what its people can raise where a shared budget lacks more at the same endpoint, and they are told of that too', async () => {
    await store.budgets.setLimits('key-of-one', { limitPico: '0', setAtMs: 1 })
    const run = { ...(await open({ usd: '0.0001' })), asks: true as const }
    const refused = await call(run, 'choosy', 1, { policy: { denyProviders: ['two'] } })
    expect(refused).toMatchObject({ kind: 'over-budget', scopeId: run.key })
    expect(messageOf(refused)).toMatch(/^the run's budget does not admit a call at one:acme\/small: \$0\.0001 is left/)
    expect(messageOf(refused)).toMatch(
      /Nor does the shared budget 'key-of-one' of \$0: \$0 is left .* before you raise/,
    )
  })

  it('is short of its own budget alone at one endpoint, rather than of a shared one too at a cheaper one', async () => {
    await store.budgets.setLimits('key-of-two', { limitPico: '0', setAtMs: 1 })
    const run = { ...(await open({ usd: '0.0001' })), asks: true as const }
    const refused = await call(run, 'mixed')
    expect(messageOf(refused)).toMatch(/^the run's budget does not admit a call at one:acme\/dear: /)
    expect(messageOf(refused)).not.toContain('key-of-two')
  })

  it('waits for what is in flight at one endpoint, though less is lacking at another where nothing is', async () => {
    await store.budgets.setLimits('key-of-one', { limitPico: '20000000000', setAtMs: 1 })
    await store.budgets.setLimits('key-of-two', { limitPico: '3000000000', setAtMs: 1 })
    const run = await open({})
    await vendors.setFaults('two', [{ kind: 'slow-first-token', delayMs: 300, times: 1 }])
    const inFlight = calling.begin({ run, taskClass: 'cheap', policy: { denyProviders: ['one'] } })
    await expect.poll(() => store.budgets.holdingRuns()).toHaveLength(1)
    expect(await call(run, 'ordered', 2)).toMatchObject({ kind: 'answered', answer: { endpoint: 'two:acme/second' } })
    expect(await inFlight.result).toMatchObject({ kind: 'answered' })
  })

  it('is told all budgets that are short where nobody is asked', async () => {
    await store.budgets.setLimits('key-of-one', { limitPico: '0', setAtMs: 1 })
    const refused = await call(await open({ usd: '0.0001' }), 'choosy', 1, { policy: { denyProviders: ['two'] } })
    expect(refused).toMatchObject({ kind: 'over-budget', scopeId: expect.stringContaining('key-of-one') })
    expect(messageOf(refused)).toMatch(
      /^the shared budget 'key-of-one' .*Nor does the run's budget: \$0\.0001 is left and up to \$\S+ would be needed; raise the budget, shorten the prompt or lower minOutputTokens$/,
    )
  })

  it('is short of what the people of a run above can raise, as well', async () => {
    await store.budgets.setLimits('key-of-two', { limitPico: '2000000000', setAtMs: 1 })
    const above = await open({ usd: '0.0100' })
    const run = { ...above, id: 'below', key: `${above.key}/below`, root: above.id, scope: above.key }
    await store.ledger.openRun({ run, workflow: 'test', budget: {}, startedAtMs: Date.now() })
    expect(await call(run, 'mixed')).toMatchObject({ scopeId: expect.stringContaining('key-of-two') })
    const asked = { asksAbove: [above.key] }
    expect(await call(run, 'mixed', 2, asked)).toMatchObject({ kind: 'over-budget', scopeId: above.key })
  })

  it('goes on in that class when the worker is lost there, though the budget has room again', async () => {
    const run = await open({})
    const asked = { policy: { denyProviders: ['two'] } }
    await vendors.setFaults('one', [{ kind: 'stall' }])
    const lost = calling.begin({ run, taskClass: 'strong', ...asked })
    const out = expect(lost.result).rejects.toThrow()
    await expect.poll(() => vendors.meter().length).toBe(1)
    lost.lose()
    await out
    await vendors.setFaults('one', [])
    await store.budgets.setLimits('strong-day', { limitPico: '1000000000000', setAtMs: 1 })
    await call(run, 'strong', 1, asked)
    const rows = await store.reports.attempts({ run: run.id })
    expect(rows.map(({ taskClass, reason }) => [taskClass, reason])).toEqual([
      ['cheap', 'stepped down from strong: planned'],
      ['cheap', 'stepped down from strong: resumed: handed over'],
    ])
  })

  it('goes on in that class when it was put off there for room, and tells once of the step', async () => {
    const run = await open({})
    await vendors.setFaults('two', [{ kind: 'stall' }])
    const inFlight = calling.begin({ run, taskClass: 'cheap', policy: { denyProviders: ['one'] } })
    await expect.poll(() => vendors.meter().length).toBe(1)
    for (const _ of [1, 2]) expect(await call(run, 'hurried', 2)).toMatchObject({ kind: 'wait' })
    inFlight.cancel()
    await inFlight.result
    await vendors.setFaults('two', [])
    for (const name of ['hurried-day', 'key-of-two'])
      await store.budgets.setLimits(name, { limitPico: '1000000000000', setAtMs: 1 })
    expect(await call(run, 'hurried', 2)).toMatchObject({ kind: 'answered', answer: { endpoint: 'two:acme/small' } })
    const [, row] = await store.reports.attempts({ run: run.id })
    expect(row).toMatchObject({ taskClass: 'hasty', reason: 'stepped down from hurried: planned' })
    const events = await store.events.read(run.id, 0, 100)
    expect(events.filter(({ kind }) => kind === 'step-down')).toHaveLength(1)
  })

  it('goes on in that class when it waits for a limit there before it has asked anybody, and tells once of the step', async () => {
    const run = await open({})
    expect(await call(run, 'paced', 1)).toMatchObject({ kind: 'answered' })
    const waiting = await call(run, 'prompt', 2)
    expect(waiting).toMatchObject({ kind: 'wait', waitsIn: 'paced' })
    await store.budgets.setLimits('prompt-day', { limitPico: '1000000000000', setAtMs: 1 })
    expect(await call(run, 'prompt', 2, { waitsIn: 'paced' })).toMatchObject({ kind: 'wait', waitsIn: 'paced' })
    const events = await store.events.read(run.id, 0, 100)
    expect(events.filter(({ kind }) => kind === 'step-down')).toHaveLength(1)
  })

  it('stays under the policies of all classes that it has left when its worker is lost', async () => {
    await store.budgets.setLimits('key-of-two', { limitPico: '1000000000000', setAtMs: 1 })
    const run = await open({})
    await vendors.setFaults('two', [{ kind: 'stall' }])
    const lost = calling.begin({ run, taskClass: 'lavish' })
    const out = expect(lost.result).rejects.toThrow()
    await expect.poll(() => vendors.meter().length).toBe(1)
    lost.lose()
    await out
    await vendors.setFaults('two', [{ kind: 'unauthenticated' }])
    expect(await call(run, 'lavish')).toMatchObject({ kind: 'fault' })
    const rows = await store.reports.attempts({ run: run.id })
    expect(new Set(rows.map(({ endpoint }) => endpoint))).toEqual(new Set(['two:acme/small']))
    expect(new Set(rows.map(({ taskClass }) => taskClass))).toEqual(new Set(['cheap']))
  })

  it('does so too where it was escalated before, and nobody was asked there', async () => {
    await store.budgets.setLimits('key-of-two', { limitPico: '1000000000000', setAtMs: 1 })
    const run = await open({})
    const asked = { schema: 'Verdict' }
    await vendors.setFaults('one', [{ kind: 'wrong-value' }])
    await vendors.setFaults('two', [{ kind: 'stall' }])
    const lost = calling.begin({ run, taskClass: 'shapely', ...asked })
    const out = expect(lost.result).rejects.toThrow()
    await expect.poll(() => vendors.meter().some(({ vendor }) => vendor === 'two')).toBe(true)
    lost.lose()
    await out
    await vendors.setFaults('one', [])
    await vendors.setFaults('two', [{ kind: 'unauthenticated' }])
    expect(await call(run, 'shapely', 1, asked)).toMatchObject({ kind: 'fault' })
    const rows = (await store.reports.attempts({ run: run.id })).filter(({ provider }) => provider === 'two')
    expect(rows.map(({ taskClass, reason }) => [taskClass, reason])).toEqual([
      ['cheap', 'stepped down from guarded: escalated: schema'],
      ['cheap', 'stepped down from guarded: resumed: handed over'],
    ])
  })

  it('goes on where it waits if it was escalated before, and nobody was asked since', async () => {
    const run = await open({})
    expect(await call(run, 'paced', 1)).toMatchObject({ kind: 'answered' })
    await vendors.setFaults('one', [{ kind: 'wrong-value' }])
    const put = await call(run, 'hopeful', 2, { schema: 'Verdict' })
    expect(put).toMatchObject({ kind: 'wait', waitsIn: 'paced' })
    const asked = vendors.meter().length
    await store.budgets.setLimits('prompt-day', { limitPico: '1000000000000', setAtMs: 1 })
    expect(await callAgain(run, 'hopeful', 2, put)).toMatchObject({ kind: 'wait', waitsIn: 'paced' })
    expect(vendors.meter()).toHaveLength(asked)
  })

  it('waits on in the class that it was escalated to, though nobody there can be asked when it comes back', async () => {
    const run = await open({})
    expect(await call(run, 'paced', 1)).toMatchObject({ kind: 'answered' })
    await vendors.setFaults('one', [{ kind: 'wrong-value' }])
    const put = await call(run, 'curious', 2, { schema: 'Verdict' })
    expect(put).toMatchObject({ kind: 'wait' })
    closeFor('three:acme/paced', 60_000)
    expect(await callAgain(run, 'curious', 2, put)).toMatchObject({ kind: 'wait', waitsIn: 'paced' })
  })

  it('waits under the policy of the class that it was escalated to, though it could have come there without', async () => {
    await store.budgets.setLimits('key-of-two', { limitPico: '1000000000000', setAtMs: 1 })
    const run = await open({})
    await vendors.setFaults('one', [{ kind: 'wrong-value' }])
    closeFor('one:acme/small', 60_000)
    const put = await call(run, 'twofold', 1, { schema: 'Verdict' })
    expect(put).toMatchObject({ kind: 'wait', waitsIn: 'cheap' })
    expect(await callAgain(run, 'twofold', 1, put)).toMatchObject({ kind: 'wait', waitsIn: 'cheap' })
    expect(vendors.meter().filter(({ vendor }) => vendor === 'two')).toEqual([])
  })

  it('stays under the policy of both classes', async () => {
    const run = await open({ usd: '0.0006' })
    const result = await call(run, 'discreet')
    expect(result).toMatchObject({ kind: 'answered', answer: { endpoint: 'two:acme/small' } })
  })
})

describe('a budget of a provider’s key', () => {
  it('limits what is spent there, and lets others serve', async () => {
    const run = await open({})
    const two = { policy: { denyProviders: ['one'] } }
    expect(await call(run, 'cheap', 1, two)).toMatchObject({ kind: 'answered', answer: { endpoint: 'two:acme/small' } })
    expect(await call(run, 'cheap', 2, two)).toMatchObject({
      kind: 'over-budget',
      scopeId: expect.stringContaining('budget:key-of-two:month'),
      message: expect.stringContaining("the shared budget 'key-of-two'"),
    })
    expect(await call(run, 'cheap', 3)).toMatchObject({ kind: 'answered', answer: { endpoint: 'one:acme/small' } })
  })
})

describe('an endpoint without a known price', () => {
  it('works under a money limit where the configuration says so, counts its tokens and says that it is unpriced', async () => {
    const run = await open({ usd: '0.01', tokens: 2_000 })
    const result = await call(run, 'riddle')
    expect(result).toMatchObject({ kind: 'answered', cost: { highPico: '0', unpriced: 1 } })
    const [tree] = await store.budgets.standing([{ scopeId: run.key, budget: run.key, warnAt: [] }])
    expect(tree).toMatchObject({ spentPico: '0', reservedTokens: 0 })
    expect(tree!.spentTokens).toBe(result.usage.inputTokens! + result.usage.outputTokens!)
  })

  it('is held by the limit on tokens', async () => {
    const run = await open({ usd: '0.01', tokens: 100 })
    expect(await call(run, 'riddle')).toMatchObject({ kind: 'over-budget' })
  })
})

describe('a limit that is lowered below what is spent', () => {
  it('holds at once, and what was answered stays answered', async () => {
    const run = await open({})
    const first = await call(run, 'strong')
    await store.budgets.setLimits('key-of-two', { limitPico: '1', setAtMs: 1 })
    await call(run, 'cheap', 2)
    expect(await call(run, 'cheap', 3, { policy: { denyProviders: ['one'] } })).toMatchObject({ kind: 'over-budget' })
    expect(await call(run, 'strong')).toEqual(first)
  })
})

async function open(budget: Budget, at = 1): Promise<RunRef> {
  const run = await calling.open({ id: `run-${at}`, workspace: 'acme', budget })
  return { ...run, moneyLimited: budget.usd !== undefined }
}

function call(
  run: RunRef,
  taskClass: string,
  step = 1,
  changes: Partial<CallModelInput> = {},
): Promise<CallModelResult> {
  return calling.call({ run, taskClass, step, ...changes })
}

/** The call for the same value after a wait, with what that gave it to take along. */
function callAgain(run: RunRef, taskClass: string, step: number, put: CallModelResult): Promise<CallModelResult> {
  if (put.kind !== 'wait') throw new Error(`it was not put off, but ended as ${put.kind}`)
  const { toldWait, waitsIn, waitsEscalated } = put
  return call(run, taskClass, step, definedOnly({ schema: 'Verdict', toldWait, waitsIn, waitsEscalated }))
}

/** As when another call was answered 429 there. */
function closeFor(endpoint: string, retryAfterMs: number): void {
  const fault = { kind: 'rate-limited', message: 'slow down', evidence: { status: 429, retryAfterMs } } as const
  calling.wired.ports.health.record(endpoint, { kind: 'fault', fault })
}

function messageOf(result: CallModelResult): string {
  return result.kind === 'over-budget' ? result.message : ''
}
