import { describe, expect, it } from 'vitest'
import { backtest, type ClassBacktest } from '../../../src/core/backtest/backtest.ts'
import { lessonsOf } from '../../../src/core/backtest/lessons.ts'
import type { RecordedAttempt, RecordedCall } from '../../../src/core/backtest/recorded-call.ts'
import { replan } from '../../../src/core/backtest/replan.ts'
import type { Endpoint } from '../../../src/core/endpoints.ts'
import type { KnownPrompt } from '../../../src/core/protocol.ts'
import { rosterOf } from '../../../src/core/routing/filter/roster.ts'
import type { RouteRecord } from '../../../src/core/routing/route/route-record.ts'
import type { Directory, TaskClass } from '../../../src/core/task-class.ts'
import { endpoint, taskClass } from '../routing/plan-fixtures.ts'

const AT = Date.UTC(2026, 10, 26, 12)

const PRICE = { input: 2, cachedInput: 0.2, output: 8 }
const one = endpoint('one', 'm/one', { price: PRICE })
const two = endpoint('two', 'm/one', { price: { input: 1, cachedInput: 0.1, output: 4 } })

const directory = (endpoints: readonly Endpoint[], classes: readonly Partial<TaskClass>[] = [{}]): Directory => ({
  endpoints,
  classes: Object.fromEntries(
    classes.map(more => taskClass({ sort: 'order', ...more })).map(each => [each.name, each]),
  ),
  policy: {},
  workspaces: {},
  budgets: [],
  catalogVersion: 'test',
  notes: [],
})

const answered = (by: Endpoint, inputTokens: number, outputTokens: number): RecordedAttempt => ({
  endpoint: by.id,
  outcome: 'answered',
  usage: { inputTokens, outputTokens, cacheReadTokens: 0 },
  usd: (inputTokens * by.price!.input! + outputTokens * by.price!.output!) / 1e6,
  endedAtMs: AT,
})

const failed = (by: Endpoint, usd: number): RecordedAttempt => ({
  endpoint: by.id,
  outcome: 'failed',
  usage: {},
  usd,
  endedAtMs: AT,
})

let calls = 0

const call = (
  attempts: readonly RecordedAttempt[],
  more: Partial<RecordedCall> = {},
  record: Partial<RouteRecord> = {},
): RecordedCall => {
  calls += 1
  const answeredBy = attempts.findIndex(({ outcome }) => outcome === 'answered')
  const { asked = 'strong', startedAtMs = AT } = more
  return {
    callId: `call-${calls}`,
    runKey: 'run',
    asked,
    workspace: 'default',
    labels: {},
    attempts,
    ...(answeredBy >= 0 && { answeredBy, answeredAtMs: startedAtMs + 1_000 }),
    startedAtMs,
    ...more,
    record: {
      version: 'test',
      atMs: startedAtMs,
      asked,
      class: asked,
      needs: { promptTokens: 1_000, outputTokens: 500, abilities: [] },
      draw: 0.5,
      lineage: `run/${calls}`,
      candidates: [],
      ...record,
    },
  }
}

const test = (recorded: readonly RecordedCall[], under: Directory): ClassBacktest =>
  backtest(recorded, under, Math.random).classes.find(({ class: name }) => name === 'strong')!

const known = (more: Partial<KnownPrompt> = {}): KnownPrompt => ({
  endpoint: one.id,
  promptTokens: 11_000,
  length: 3,
  calls: 1,
  grownTokens: 1_000,
  warm: [{ endpoint: one.id, tokens: 10_000, atMs: AT + 1_000 }],
  ...more,
})

/** Three steps of an agent with prompts of 300 to 500 tokens, none of which was read from a cache. */
const shortRun = (by: Endpoint): RecordedCall[] => {
  const lineage = `run/agent-${by.id}`
  const needs = { promptTokens: 300, outputTokens: 20, abilities: ['tools' as const] }
  const step = (at: number) => {
    const startedAtMs = AT + at * 10_000
    const warm = [{ endpoint: by.id, tokens: 200 + at * 100, atMs: startedAtMs - 9_000 }]
    const before = at === 0 ? {} : { known: known({ endpoint: by.id, promptTokens: 220 + at * 100, warm }) }
    return call([answered(by, 300 + at * 100, 20)], { startedAtMs }, { lineage, needs, ...before })
  }
  return [step(0), step(1), step(2)]
}

describe('what a call would have cost elsewhere, worked out by hand', () => {
  it('is its usage at the prices there', () => {
    const its = test([call([answered(one, 1_000, 500)])], directory([two]))
    expect(its).toMatchObject({ calls: 1, moved: 1, unknown: 0 })
    expect(its.recordedUsd).toBeCloseTo((1_000 * 2 + 500 * 8) / 1e6, 12)
    expect(its.predictedUsd).toBeCloseTo((1_000 * 1 + 500 * 4) / 1e6, 12)
  })

  it('reads from the cache what was sent before, not what was answered', () => {
    const lineage = 'run/agent'
    const first = call([answered(one, 10_000, 4_000)], {}, { lineage })
    const later = { startedAtMs: AT + 20_000 }
    // 97 % of a prefix are read where nobody has measured how much, and so it was here.
    const read = 9_700
    const { usage, ...rest } = answered(one, 15_000, 500)
    const second = call([{ ...rest, usage: { ...usage, cacheReadTokens: read } }], later, { lineage, known: known() })
    const its = test([first, second], directory([two]))
    const usd = (10_000 + 4_000 * 4 + (15_000 - read) + read * 0.1 + 500 * 4) / 1e6
    expect(its.predictedUsd).toBeCloseTo(usd, 12)
  })

  it('has in it what failed there and before, and nothing of whom it would not have come to any more', () => {
    const recorded = call([failed(one, 0.01), failed(two, 0.02), answered(two, 1_000, 500)])
    const three = endpoint('three', 'm/one', { price: PRICE })
    const usdAt = (price: { input: number; output: number }) => (1_000 * price.input + 500 * price.output) / 1e6
    expect(test([recorded], directory([three])).predictedUsd).toBeCloseTo(usdAt(PRICE), 12)
    expect(test([recorded], directory([one, three])).predictedUsd).toBeCloseTo(usdAt(PRICE) + 0.01, 12)
    expect(test([recorded], directory([three, one])).predictedUsd).toBeCloseTo(usdAt(PRICE), 12)
    const same = test([recorded], directory([one, two]))
    expect(same).toMatchObject({ same: 1 })
    expect(same.predictedUsd).toBeCloseTo(same.recordedUsd, 12)
  })

  it('writes to a cache of an hour at the price of that', () => {
    const price = { input: 3, cachedInput: 0.3, cacheWrite: 3.75, cacheWriteHour: 6, output: 15 }
    const hourly = endpoint('hourly', 'm/one', { protocol: 'anthropic', cacheTtlMs: 3_600_000, price })
    const needs = { promptTokens: 1_000, outputTokens: 500, abilities: ['tools' as const] }
    const its = test([call([answered(one, 2_000, 500)], {}, { needs })], directory([hourly]))
    expect(its.predictedUsd).toBeCloseTo((2_000 * 6 + 500 * 15) / 1e6, 12)
  })

  it('neither reads from a cache nor writes to it what is too short for one', () => {
    const price = { input: 4, cachedInput: 0.4, cacheWrite: 5, output: 20 }
    const marked = endpoint('marked', 'm/one', { protocol: 'anthropic', price })
    const recorded = shortRun(one)
    const input = 300 + 400 + 500
    expect(test(recorded, directory([two])).predictedUsd).toBeCloseTo((input * 1 + 60 * 4) / 1e6, 12)
    expect(test(recorded, directory([marked])).predictedUsd).toBeCloseTo((input * 4 + 60 * 20) / 1e6, 12)
  })

  it('reads what is short where the record shows that it is read', () => {
    const there = shortRun(two).map(each => ({ ...each, asked: 'other' }))
    const [first, second] = there
    const { usage, ...rest } = second!.attempts[0]!
    const reads = { ...second!, attempts: [{ ...rest, usage: { ...usage, cacheReadTokens: 300 } }] }
    const whole = (300 + 400 + 500) * 1 + 60 * 4
    expect(test([...shortRun(one), first!, reads], directory([two])).predictedUsd * 1e6).toBeLessThan(whole)
  })

  it('bills thinking at its own price where it has one', () => {
    const thinks = endpoint('thinks', 'm/one', { price: { input: 1, output: 4, reasoning: 10 } })
    const { usage, ...rest } = answered(one, 1_000, 500)
    const its = test([call([{ ...rest, usage: { ...usage, reasoningTokens: 300 } }])], directory([thinks]))
    expect(its.predictedUsd).toBeCloseTo((1_000 + 200 * 4 + 300 * 10) / 1e6, 12)
  })
})

describe('a call that would have gone as it went', () => {
  it('costs what its vendor said, where the vendor says it', () => {
    const told = { ...answered(one, 1_000, 500), usd: 0.001234, reported: true as const }
    const its = test([call([told])], directory([one]))
    expect(its).toMatchObject({ same: 1, recordedUsd: 0.001234, predictedUsd: 0.001234 })
  })

  it('is one also behind a summary that nobody gave, and behind one of another class', () => {
    const sums = endpoint('sums', 'm/sums')
    const lineage = 'run/agent'
    const [asked, sumsUpFor] = ['compaction', 'strong']
    const recorded = [
      call([answered(one, 10_000, 1_000)], {}, { lineage }),
      call([failed(sums, 0)], { asked, sumsUpFor, startedAtMs: AT + 10_000 }, { lineage }),
      call([answered(one, 12_000, 500)], { startedAtMs: AT + 20_000 }, { lineage, known: known() }),
    ]
    const classes = [
      { name: 'strong', models: ['m/one'] },
      { name: 'compaction', models: ['m/sums'] },
    ]
    const under = directory([one, sums], classes)
    expect(test(recorded, under)).toMatchObject({ calls: 2, same: 2, recached: 0 })
  })
})

describe('a call of which nobody knows what it has used', () => {
  it('is in no sum: nothing is not its cost elsewhere', () => {
    const silent = { ...answered(one, 0, 0), usage: {}, usd: 0.005 }
    for (const under of [directory([one]), directory([two])])
      expect(test([call([silent])], under)).toMatchObject({
        calls: 1,
        same: 0,
        moved: 0,
        unknown: 1,
        unknownReasons: [{ reason: 'the vendor did not report what it used', calls: 1 }],
        recordedUsd: 0,
        predictedUsd: 0,
      })
  })

  it('nor is one whose run had a policy that went with its key', () => {
    const its = test([call([answered(one, 1_000, 500)], { policyLost: true })], directory([two]))
    expect(its).toMatchObject({
      moved: 0,
      unknown: 1,
      unknownReasons: [{ reason: "the run's policy is sealed, and its key out of reach", calls: 1 }],
    })
  })
})

describe('what a run would have known', () => {
  it('grows by what each call has added, from the second one on', () => {
    const lineage = 'run/agent'
    const at = (seconds: number) => ({ startedAtMs: AT + seconds * 1_000 })
    const recorded = [
      call([answered(one, 10_000, 1_000)], at(0), { lineage }),
      call([answered(one, 14_000, 1_000)], at(20), { lineage, known: known() }),
      call([answered(one, 16_000, 1_000)], at(40), { lineage, known: known({ length: 5 }) }),
    ]
    const under = directory([two])
    const planned = [...replan(recorded, under, rosterOf(under.endpoints), lessonsOf(recorded))]
    expect(planned.map(each => each.known?.grownTokens)).toEqual([undefined, 1_000, 4_000])
  })

  it('goes by the times of the store, also of a worker whose clock was ahead', () => {
    // Who lacks five samples goes first, as listed.
    const recorded = Array.from({ length: 6 }, (_, at) => {
      const startedAtMs = AT + at * 10_000
      const attempt = { ...answered(one, 1_000, 500), firstTokenMs: 200, endedAtMs: startedAtMs + 5_000 }
      return call([attempt], { startedAtMs }, at === 0 ? { atMs: startedAtMs + 300_000 } : {})
    })
    const under = directory([one, two], [{ sort: 'latency' }])
    const planned = [...replan(recorded, under, rosterOf(under.endpoints), lessonsOf(recorded))]
    expect(planned.map(({ endpoint }) => endpoint?.id)).toEqual([...Array(5).fill(one.id), two.id])
  })
})
