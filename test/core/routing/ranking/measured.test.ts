import { describe, expect, test } from 'vitest'
import type { KnownPrompt } from '../../../../src/core/protocol.ts'
import { keptShare, rememberPrompt } from '../../../../src/core/routing/cache/warmth.ts'
import type { CallAhead } from '../../../../src/core/routing/call/call-ahead.ts'
import type { PlanInput } from '../../../../src/core/routing/call/plan-input.ts'
import type { EndpointHealth } from '../../../../src/core/routing/health/endpoint-health.ts'
import {
  addSample,
  estimatesOf,
  HALF_LIFE_MS,
  NOTHING_MEASURED,
  peersOf,
  type Sample,
  USUAL,
  type Window,
} from '../../../../src/core/routing/health/measured.ts'
import { planRoute } from '../../../../src/core/routing/plan-route.ts'
import { type EndpointAhead, expectedCost } from '../../../../src/core/routing/ranking/objective.ts'
import { endpoint, planInput, taskClass } from '../plan-fixtures.ts'

const ids = (input: PlanInput) => planRoute(input).candidates.map(({ id }) => id)
const measured = taskClass({ sort: 'measured', models: ['m/one'], secondsWorth: 0 })

describe('the expected cost of a call', () => {
  const alone: CallAhead = {
    promptTokens: 10_000,
    outputTokens: 1_000,
    secondsWorth: 0.002,
    rest: 0,
    growthTokens: 500,
    gapMs: 60_000,
  }
  const price = { input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15 }
  const its = { ...USUAL, outputTokens: 400, failureChance: 0, malformedChance: 0, rateLimitChance: 0 }

  const ahead = (more: Partial<EndpointAhead> = {}): EndpointAhead => ({
    price,
    measured: its,
    warmTokens: 0,
    keptShare: 0.5,
    hitRate: 0.9,
    failureChance: 0,
    ...more,
  })

  test('is its tokens at their prices and its seconds at their worth', () => {
    // 10,000 written at 3.75, 400 answered at 15, 1 s to the first token and 8 s at 50 tokens a second
    expect(expectedCost(alone, ahead())).toBeCloseTo(0.0375 + 0.006 + 0.002 * 9, 10)
  })

  test('reads what is warm at the price of cached input, as far as it is usually hit', () => {
    const warm = expectedCost({ ...alone, secondsWorth: 0 }, ahead({ warmTokens: 8_000 }))
    expect(warm).toBeCloseTo((7_200 * 0.3 + 2_800 * 3.75 + 400 * 15) / 1e6, 10)
  })

  test('expects a prompt that is too short for a cache neither to be read from it nor to be written to it', () => {
    const short = { ...alone, secondsWorth: 0, promptTokens: 1_000 }
    const plain = (1_000 * 3 + 400 * 15) / 1e6
    expect(expectedCost(short, ahead({ warmTokens: 900 }))).toBeCloseTo(plain, 10)
    const later = expectedCost({ ...short, rest: 1, growthTokens: 0 }, ahead({ warmTokens: 900 }))
    expect(later).toBeCloseTo(plain, 10)
  })

  test('takes what a list has no price for in a cache, or prices at nothing, for input', () => {
    const plain = (10_000 * 3 + 400 * 15) / 1e6
    const cost = (more: Partial<EndpointAhead>) => expectedCost({ ...alone, secondsWorth: 0 }, ahead(more))
    expect(cost({ price: { input: 3, output: 15 }, warmTokens: 8_000 })).toBeCloseTo(plain, 10)
    expect(cost({ price: { ...price, cacheWrite: 0 } })).toBeCloseTo(plain, 10)
    expect(cost({ writes: false })).toBeCloseTo(plain, 10)
    expect(cost({ price: { ...price, cacheWriteHour: 6 }, writesLong: true })).toBeCloseTo(plain + 0.03, 10)
  })

  test('counts no more output than the call asks for, and no more of a warm prefix than its prompt has', () => {
    const short = { ...alone, outputTokens: 100 }
    expect(expectedCost(short, ahead())).toBeCloseTo(0.0375 + 0.0015 + 0.002 * 3, 10)
    const warm = expectedCost({ ...alone, secondsWorth: 0 }, ahead({ warmTokens: 20_000 }))
    expect(warm).toBeCloseTo((10_000 * 0.3 + 400 * 15) / 1e6, 10)
  })

  test('holds what fails right now against this call alone, not against the rest of the run', () => {
    const call = { ...alone, rest: 1 }
    const more = expectedCost(call, ahead({ failureChance: 0.5 })) - expectedCost(call, ahead())
    expect(more).toBeCloseTo((0.5 * (0.0375 / 2 + 0.002 * 5)) / 2, 10)
  })

  test('counts what a failure wastes: half of the prompt, for vendors differ, and the time until it shows', () => {
    const more = expectedCost(alone, ahead({ failureChance: 0.5 })) - expectedCost(alone, ahead())
    expect(more).toBeCloseTo(0.5 * (0.0375 / 2 + 0.002 * 5), 10)
  })

  test('counts an answer that cannot be used as paid and waited for whole', () => {
    const usable = expectedCost(alone, ahead())
    const half = expectedCost(alone, ahead({ measured: { ...its, malformedChance: 0.5 } }))
    expect(half).toBeCloseTo(1.5 * usable, 10)
  })

  test('is infinite without a price, and only time where it is free', () => {
    expect(expectedCost(alone, ahead({ price: undefined }))).toBe(Number.POSITIVE_INFINITY)
    expect(expectedCost(alone, ahead({ price: { free: true } }))).toBeCloseTo(0.018, 10)
  })

  test('is on average over the rest of the run what later calls cost, with their prefix as warm as the pauses leave it', () => {
    const call = { ...alone, secondsWorth: 0, rest: 1 }
    // half of the pauses end in time: of 10,250 tokens in the middle 9,750 are warm, 0.9 x 0.5 of them read
    const later = (4_387.5 * 0.3 + 5_862.5 * 3.75 + 400 * 15) / 1e6
    expect(expectedCost(call, ahead())).toBeCloseTo((0.0375 + 0.006 + later) / 2, 10)
  })
})

describe('sort: measured', () => {
  const warmOne = endpoint('acme', 'm/one', { price: { input: 3, cachedInput: 0.3, output: 15 } })
  const cheaper = endpoint('bolt', 'm/one', { price: { input: 2.9, cachedInput: 0.29, output: 14 } })
  const known = (calls: number): KnownPrompt => ({
    endpoint: warmOne.id,
    promptTokens: 50_000,
    length: 20,
    calls,
    grownTokens: 500,
    gapMs: 10_000,
    warm: [{ endpoint: warmOne.id, tokens: 50_000, atMs: 1_000_000 }],
  })
  const asks = (calls: number, nowMs: number, other = cheaper) =>
    ids(
      planInput({
        endpoints: [warmOne, other],
        taskClass: measured,
        needs: { promptTokens: 50_500, outputTokens: 500, abilities: ['tools'] },
        known: known(calls),
        nowMs,
      }),
    )[0]

  test('stays where the prefix is warm while the rest of the run does not pay for a rebuild', () => {
    expect(asks(1, 1_010_000)).toBe(warmOne.id)
  })

  test('moves once the saving over the expected rest beats it', () => {
    const much = endpoint('bolt', 'm/one', { price: { input: 2.4, cachedInput: 0.24, output: 12 } })
    expect(asks(180, 1_010_000, much)).toBe(cheaper.id)
    expect(asks(180, 1_010_000)).toBe(warmOne.id)
  })

  test('tries another one in a few runs, and in none that has a warm prefix', () => {
    const dearer = endpoint('bolt', 'm/one', { price: { input: 9, cachedInput: 0.9, output: 45 } })
    const input = planInput({ endpoints: [warmOne, dearer], taskClass: measured, nowMs: 1_010_000 })
    const tries = (more: Partial<PlanInput>) =>
      Array.from({ length: 1_000 }, (_, nth) => ids({ ...input, ...more, draw: nth / 1_000 })[0]).filter(
        first => first === dearer.id,
      ).length
    expect(tries({})).toBeGreaterThan(0)
    expect(tries({})).toBeLessThan(20)
    expect(tries({ known: known(1) })).toBe(0)
    expect(tries({ health: id => ({ steady: id !== dearer.id }) })).toBe(0)
  })

  test('tries any other than the best in one of twenty runs at most, however many endpoints a model has', () => {
    const dearer = Array.from({ length: 40 }, (_, nth) =>
      endpoint(`dear-${nth}`, 'm/one', { price: { input: 9, cachedInput: 0.9, output: 45 } }),
    )
    const input = planInput({ endpoints: [warmOne, ...dearer], taskClass: measured })
    const others = Array.from({ length: 1_000 }, (_, nth) => ids({ ...input, draw: nth / 1_000 })[0]).filter(
      first => first !== warmOne.id,
    )
    expect(others.length).toBeGreaterThan(20)
    expect(others.length).toBeLessThan(90)
  })

  test('moves when the cache has gone cold', () => {
    const less = endpoint('bolt', 'm/one', { price: { input: 2.6, cachedInput: 0.26, output: 13 } })
    expect(asks(1, 1_010_000, less)).toBe(warmOne.id)
    expect(asks(1, 1_300_000, less)).toBe(cheaper.id)
  })

  test('the route names the endpoint that is warm, while it is', () => {
    const input = planInput({ endpoints: [warmOne, cheaper], taskClass: measured, known: known(1) })
    expect(planRoute({ ...input, nowMs: 1_299_999 }).warm).toBe(warmOne.id)
    expect(planRoute({ ...input, nowMs: 1_300_000 }).warm).toBeUndefined()
  })

  test('compares models only where the class lists them as equals', () => {
    const other = endpoint('dune', 'm/two', { price: { input: 0.1, output: 0.1 } })
    const listed = (places?: readonly number[]) =>
      ids(
        planInput({
          endpoints: [warmOne, other],
          taskClass: { ...measured, models: ['m/one', 'm/two'], ...(places && { places }) },
        }),
      )
    expect(listed()).toEqual([warmOne.id, other.id])
    expect(listed([0, 0])).toEqual([other.id, warmOne.id])
  })

  test('a second that is worth much makes it latency, one that is worth nothing price', () => {
    const healths: Record<string, EndpointHealth> = {
      [warmOne.id]: { steady: true, measured: { ...USUAL, firstTokenMs: 200 } },
    }
    const first = (secondsWorth: number) =>
      ids(
        planInput({
          endpoints: [cheaper, warmOne],
          taskClass: { ...measured, secondsWorth },
          health: id => healths[id] ?? { steady: true },
        }),
      )[0]
    expect(first(0)).toBe(cheaper.id)
    expect(first(1)).toBe(warmOne.id)
  })

  test('an endpoint that has just failed comes behind one that is a little dearer', () => {
    const little = endpoint('bolt', 'm/one', { price: { input: 2.95, output: 14.9 } })
    const health = (id: string): EndpointHealth => ({ steady: id !== little.id })
    const input = planInput({ endpoints: [little, warmOne], taskClass: { ...measured, secondsWorth: 0.002 } })
    expect(ids(input)[0]).toBe(little.id)
    expect(ids({ ...input, health })[0]).toBe(warmOne.id)
  })
})

test('half of the pauses outlast a time to live of 0.69 of their mean', () => {
  expect(keptShare(300_000, 300_000 / Math.LN2)).toBeCloseTo(0.5, 10)
  expect(keptShare(0, 10_000)).toBe(0)
})

test('throughput: who was never measured first, then the fastest, the unsteady last', () => {
  const endpoints = ['acme', 'bolt', 'dune', 'echo'].map(provider => endpoint(provider, 'm/one'))
  const speeds: Record<string, EndpointHealth> = {
    'acme:m/one': { steady: true, measured: { ...USUAL, tokensPerSecond: 40 } },
    'bolt:m/one': { steady: true, measured: { ...USUAL, tokensPerSecond: 90 } },
    'dune:m/one': { steady: false, measured: { ...USUAL, tokensPerSecond: 400 } },
  }
  const input = planInput({
    endpoints,
    taskClass: taskClass({ sort: 'throughput' }),
    health: id => speeds[id] ?? { steady: true },
  })
  expect(ids(input).map(id => id.split(':')[0])).toEqual(['echo', 'bolt', 'acme', 'dune'])
})

describe('windows', () => {
  const answered = (more: Partial<Sample> = {}): Sample => ({
    outcome: 'answered',
    outputTokens: 200,
    firstTokenMs: 500,
    totalMs: 2_500,
    ...more,
  })
  const windowAfter = (samples: readonly Sample[], atMs = 0) =>
    samples.reduce((window, sample) => addSample(window, sample, atMs), NOTHING_MEASURED)

  test('without samples an endpoint is as its peers', () => {
    const { hitSpread: _, ...means } = USUAL
    expect(estimatesOf(NOTHING_MEASURED, USUAL, 0)).toMatchObject(means)
  })

  test('five samples weigh as much as the peers', () => {
    const its = estimatesOf(windowAfter(Array(5).fill(answered())), USUAL, 0)
    expect(its.firstTokenMs).toBeCloseTo((500 + USUAL.firstTokenMs) / 2)
    expect(its.outputTokens).toBeCloseTo((200 + USUAL.outputTokens) / 2)
  })

  test('an endpoint is as fast as its output came after the first token', () => {
    const its = estimatesOf(windowAfter(Array(5).fill(answered())), USUAL, 0)
    // 1,000 tokens in 10 s, and as many answers of its peers: 2,500 in 50 s
    expect(its.tokensPerSecond).toBeCloseTo(3_500 / 60)
  })

  test('what nobody knows of an answer is in no sum', () => {
    const having = (sample: Omit<Sample, 'outcome'>) =>
      estimatesOf(windowAfter(Array(5).fill({ outcome: 'answered', ...sample })), USUAL, 0)
    const { outputTokens, firstTokenMs, tokensPerSecond } = USUAL
    expect(having({ firstTokenMs: 500, totalMs: 2_500 })).toMatchObject({ outputTokens, tokensPerSecond })
    expect(having({ outputTokens: 200, totalMs: 2_500 })).toMatchObject({ firstTokenMs, tokensPerSecond })
    expect(having({ outputTokens: 200, firstTokenMs: 500 })).toMatchObject({ tokensPerSecond })
  })

  test('the length of its answers is remembered for longer than their speed: half of it after twelve hours', () => {
    const its = estimatesOf(windowAfter(Array(5).fill(answered())), USUAL, 12 * 3_600_000)
    expect(its.outputTokens).toBeCloseTo((500 + 5 * USUAL.outputTokens) / 7.5)
    expect(its.firstTokenMs).toBeCloseTo(USUAL.firstTokenMs)
  })

  test('what happened half an hour ago weighs an eighth', () => {
    const old = windowAfter(Array(40).fill({ outcome: 'failed' }))
    const now = [...Array(5)].reduce(window => addSample(window, answered(), 3 * HALF_LIFE_MS), old)
    const { failureChance } = estimatesOf(now, USUAL, 3 * HALF_LIFE_MS)
    expect(failureChance).toBeCloseTo((5 + 5 * USUAL.failureChance) / 15)
  })

  test('an answer of the wrong shape is no failure, and counts by itself', () => {
    const its = estimatesOf(windowAfter(Array(5).fill({ outcome: 'malformed' })), USUAL, 0)
    expect(its.failureChance).toBeCloseTo(USUAL.failureChance / 2)
    expect(its.malformedChance).toBeCloseTo((1 + USUAL.malformedChance) / 2)
  })

  test('the hit rate falls where the cache was said to hold nothing', () => {
    const missed = windowAfter(Array(15).fill(answered({ warmTokens: 20_000, readTokens: 0 })))
    expect(estimatesOf(missed, USUAL, 0).hitRate).toBeCloseTo(USUAL.hitRate / 2)
    expect(estimatesOf(missed, USUAL, 0).hitSpread).toBeCloseTo(Math.sqrt((0.485 * 0.515) / 30))
    const silent = windowAfter(Array(10).fill(answered({ warmTokens: 20_000 })))
    expect(estimatesOf(silent, USUAL, 0).hitRate).toBeCloseTo(USUAL.hitRate)
  })

  test('and not where the prompts were too short for any cache, for they say nothing of long ones', () => {
    const short = windowAfter(Array(60).fill(answered({ warmTokens: 500, readTokens: 0 })))
    expect(estimatesOf(short, USUAL, 0).hitRate).toBeCloseTo(USUAL.hitRate)
    const read = windowAfter([answered({ warmTokens: 500, readTokens: 500 })])
    expect(read).toMatchObject({ warm: 1, read: 1 })
  })
})

test('a peer that is asked all day does not speak for those that are not', () => {
  const busy = [...Array(500)].reduce(
    window => addSample(window, { outcome: 'answered', outputTokens: 100, firstTokenMs: 9_000, totalMs: 9_900 }, 0),
    NOTHING_MEASURED,
  )
  const quick = [...Array(20)].reduce(
    window => addSample(window, { outcome: 'answered', outputTokens: 100, firstTokenMs: 100, totalMs: 1_000 }, 0),
    NOTHING_MEASURED,
  )
  const { firstTokenMs } = peersOf([busy, quick], 0)
  expect(firstTokenMs).toBeGreaterThan(3_000)
  expect(firstTokenMs).toBeLessThan(4_000)
})

test('a peer that nobody has asked for weeks counts for nothing, however much it had answered', () => {
  const answer: Sample = { outcome: 'answered', outputTokens: 2_000, firstTokenMs: 5_000, totalMs: 45_000 }
  const answersAt = (atMs: number) =>
    Array.from({ length: 100 }).reduce<Window>(window => addSample(window, answer, atMs), NOTHING_MEASURED)
  const nowMs = 60 * 24 * 60 * 60_000
  const fresh = peersOf([answersAt(nowMs)], nowMs)
  expect(peersOf([answersAt(nowMs), answersAt(0)], nowMs).firstTokenMs).toBeCloseTo(fresh.firstTokenMs, 0)
})

test('a run remembers the three endpoints it asked last, and how long it thinks', () => {
  const heard = (provider: string, atMs: number, inputTokens: number) => ({
    endpoint: `${provider}:m/one`,
    promptTokens: inputTokens + 100,
    length: 3,
    inputTokens,
    atMs,
  })
  const answers = [
    heard('acme', 0, 1_000),
    heard('bolt', 10_000, 1_500),
    heard('dune', 20_000, 2_000),
    heard('echo', 50_000, 3_000),
  ]
  const known = answers.reduce<KnownPrompt | undefined>((before, each) => rememberPrompt(before, each), undefined)
  expect(known?.warm?.map(each => each.endpoint)).toEqual(['echo:m/one', 'dune:m/one', 'bolt:m/one'])
  expect(known).toMatchObject({ calls: 4, grownTokens: 1_000, gapMs: 16_000 })
})

test('who often gives tool calls that cannot be read comes behind a peer that is a little dearer', () => {
  const endpoints = [
    endpoint('acme', 'm/one', { price: { input: 1, output: 1 } }),
    endpoint('bolt', 'm/one', { price: { input: 1.1, output: 1.1 } }),
  ]
  const withShare = (malformedChance: number) => (id: string) =>
    ({ steady: true, measured: { ...USUAL, malformedChance: id.startsWith('acme') ? malformedChance : 0 } }) as const
  const first = (share: number) =>
    ids(planInput({ endpoints, taskClass: measured, health: withShare(share), draw: 0.5 }))[0]
  expect(first(0)).toBe('acme:m/one')
  expect(first(0.2)).toBe('bolt:m/one')
})
