import { describe, expect, test } from 'vitest'
import type { PlanInput } from '../../../../src/core/routing/call/plan-input.ts'
import type { EndpointHealth } from '../../../../src/core/routing/health/endpoint-health.ts'
import { USUAL } from '../../../../src/core/routing/health/measured.ts'
import { planRoute } from '../../../../src/core/routing/plan-route.ts'
import { endpoint, planInput, taskClass } from '../plan-fixtures.ts'

const ids = (input: PlanInput) => planRoute(input).candidates.map(({ id }) => id)
const healths = (its: Record<string, EndpointHealth>) => (id: string) => its[id] ?? { steady: true }

describe('without a sort', () => {
  const cheap = endpoint('acme', 'm/one', { price: { input: 1, output: 1 } })
  const dear = endpoint('bolt', 'm/one', { price: { input: 3, output: 3 } })
  const unpriced = endpoint('dune', 'm/one', { price: undefined })
  const free = endpoint('echo', 'm/one', { price: { free: true } })
  const other = endpoint('fern', 'm/two')

  test('models come in the order of the class, whatever they cost', () => {
    const input = planInput({ endpoints: [cheap, other], taskClass: taskClass({ models: ['m/two', 'm/one'] }) })
    expect(ids(input)).toEqual(['fern:m/two', 'acme:m/one'])
  })

  test('a provider three times as dear gets a tenth of the runs', () => {
    const draws = Array.from({ length: 2_000 }, (_, index) => index / 2_000)
    const dearFirst = draws.filter(draw => ids(planInput({ endpoints: [cheap, dear], draw }))[0] === dear.id).length
    // binomial with p = 1/10: three standard deviations are 40
    expect(dearFirst).toBeGreaterThan(160)
    expect(dearFirst).toBeLessThan(240)
  })

  test('the order of two endpoints in a run does not depend on a third one', () => {
    for (let draw = 0; draw < 1; draw += 0.01) {
      const two = ids(planInput({ endpoints: [cheap, dear], draw }))
      const three = ids(planInput({ endpoints: [free, cheap, unpriced, dear], draw }))
      expect(three.filter(id => two.includes(id))).toEqual(two)
    }
  })

  test('what is free goes first, what has no price last, the unsteady behind both', () => {
    const input = planInput({ endpoints: [unpriced, cheap, free], health: healths({ [free.id]: { steady: false } }) })
    expect(ids(input)).toEqual(['acme:m/one', 'dune:m/one', 'echo:m/one'])
    expect(ids(planInput({ endpoints: [unpriced, cheap, free] }))).toEqual(['echo:m/one', 'acme:m/one', 'dune:m/one'])
  })
})

test('order: as listed and configured, the unsteady behind their peers only', () => {
  const endpoints = [endpoint('bolt', 'm/two'), endpoint('dune', 'm/one'), endpoint('acme', 'm/one')]
  const models = taskClass({ models: ['m/one', 'm/two'], sort: 'order' })
  expect(ids(planInput({ endpoints, taskClass: models }))).toEqual(['dune:m/one', 'acme:m/one', 'bolt:m/two'])
  const health = healths({ 'dune:m/one': { steady: false } })
  expect(ids(planInput({ endpoints, taskClass: models, health }))).toEqual(['acme:m/one', 'dune:m/one', 'bolt:m/two'])
})

test('price: what this call will cost, tiers included', () => {
  const tiers = [{ above: 10_000, input: 9 }]
  const endpoints = [
    endpoint('acme', 'm/one', { price: undefined }),
    endpoint('bolt', 'm/one', { price: { input: 2, output: 2 } }),
    endpoint('dune', 'm/two', { price: { input: 1, output: 4, tiers } }),
  ]
  const sorted = taskClass({ sort: 'price' })
  const asks = (promptTokens: number, outputTokens: number) =>
    ids(planInput({ endpoints, taskClass: sorted, needs: { promptTokens, outputTokens, abilities: [] } }))
  expect(asks(10_000, 100)).toEqual(['dune:m/two', 'bolt:m/one', 'acme:m/one'])
  expect(asks(100, 1_000)).toEqual(['bolt:m/one', 'dune:m/two', 'acme:m/one'])
  expect(asks(10_001, 100)).toEqual(['bolt:m/one', 'dune:m/two', 'acme:m/one'])
})

test('price: a tier may raise the price of the answer alone, and an endpoint with one price of two comes last', () => {
  const endpoints = [
    endpoint('acme', 'm/one', { price: { input: 1 } }),
    endpoint('bolt', 'm/one', { price: { output: 1 } }),
    endpoint('dune', 'm/one', { price: { input: 1, output: 1, tiers: [{ above: 10_000, output: 99 }] } }),
    endpoint('echo', 'm/one', { price: { input: 2, output: 2 } }),
  ]
  const asks = (promptTokens: number) =>
    ids(
      planInput({
        endpoints,
        taskClass: taskClass({ sort: 'price' }),
        needs: { promptTokens, outputTokens: 1_000, abilities: [] },
      }),
    ).map(id => id.split(':')[0])
  expect(asks(10_000)).toEqual(['dune', 'echo', 'acme', 'bolt'])
  expect(asks(10_001)).toEqual(['echo', 'dune', 'acme', 'bolt'])
})

test.each(['latency', 'throughput'] as const)(
  '%s: who was slow once is asked again in a few runs, or nobody would learn that it has recovered',
  sort => {
    const endpoints = ['slow', 'fast'].map(provider => endpoint(provider, 'm/one'))
    const measured = (slow: boolean): EndpointHealth => ({
      steady: true,
      firstTokenMs: slow ? 3_000 : 300,
      measured: { ...USUAL, tokensPerSecond: slow ? 5 : 100 },
    })
    const firstOf = (draw: number, health = (id: string) => measured(id.startsWith('slow'))) =>
      planRoute(planInput({ endpoints, taskClass: taskClass({ sort }), health, draw })).candidates[0]?.provider
    const draws = Array.from({ length: 2_000 }, (_, nth) => (nth + 0.5) / 2_000)
    const asked = draws.filter(draw => firstOf(draw) === 'slow').length
    expect(asked).toBeGreaterThan(4)
    expect(asked).toBeLessThan(20)
    const unsteady = (id: string) => ({ ...measured(id.startsWith('slow')), steady: id.startsWith('fast') })
    expect(draws.some(draw => firstOf(draw, unsteady) === 'slow')).toBe(false)
  },
)

test('latency: as listed until each has its samples, then the fastest; the unsteady last', () => {
  const endpoints = [endpoint('acme', 'm/one'), endpoint('bolt', 'm/one'), endpoint('dune', 'm/one')]
  const sorted = taskClass({ sort: 'latency' })
  const asks = (its: Record<string, EndpointHealth>) =>
    ids(planInput({ endpoints, taskClass: sorted, health: healths(its) })).map(id => id.split(':')[0])
  expect(asks({})).toEqual(['acme', 'bolt', 'dune'])
  const measured = {
    'acme:m/one': { steady: true, firstTokenMs: 400 },
    'bolt:m/one': { steady: true, firstTokenMs: 90 },
  }
  expect(asks(measured)).toEqual(['dune', 'bolt', 'acme'])
  expect(asks({ ...measured, 'dune:m/one': { steady: false } })).toEqual(['bolt', 'acme', 'dune'])
})

test('an ejected endpoint comes last among those of its place under every sort, and is asked where it is the only one', () => {
  const endpoints = [
    endpoint('acme', 'm/one', { price: { input: 0.1, output: 0.1 } }),
    endpoint('bolt', 'm/one', { price: { input: 9, output: 9 } }),
    endpoint('dune', 'm/one', { price: { input: 9, output: 9 } }),
  ]
  const health = healths({ 'acme:m/one': { steady: false, ejected: true }, 'bolt:m/one': { steady: false } })
  for (const sort of [undefined, 'order', 'price', 'latency', 'throughput', 'measured'] as const) {
    const sorted = taskClass(sort ? { sort } : {})
    expect(ids(planInput({ endpoints, taskClass: sorted, health })).at(-1)).toBe('acme:m/one')
    expect(ids(planInput({ endpoints: endpoints.slice(0, 1), taskClass: sorted, health }))).toEqual(['acme:m/one'])
  }
})
