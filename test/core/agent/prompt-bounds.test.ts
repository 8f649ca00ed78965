import { describe, expect, test } from 'vitest'
import { promptBounds } from '../../../src/core/agent/prompt-bounds.ts'
import type { Endpoint } from '../../../src/core/endpoints.ts'
import type { AgentPlan } from '../../../src/core/protocol.ts'
import type { Directory } from '../../../src/core/task-class.ts'
import { endpoint, taskClass } from '../routing/plan-fixtures.ts'

const SMALL = 32_000
const directory: Directory = {
  endpoints: [
    endpoint('acme', 'm/large', { contextWindow: 200_000, price: { input: 1, cachedInput: 0.5 } }),
    endpoint('bolt', 'm/small', { contextWindow: SMALL, price: { input: 1, cachedInput: 0.1 } }),
  ],
  classes: { strong: taskClass({ maxOutputTokens: 1_000 }) },
  policy: {},
  workspaces: {},
  budgets: [],
  catalogVersion: '',
  notes: [],
}
const plan: AgentPlan = {
  name: 'digger',
  instructions: '',
  taskClass: 'strong',
  tools: [],
  limits: { steps: 9, parallelTools: 1 },
}

describe('a run that is bound to one model', () => {
  test.each(['m/small', 'bolt:m/small'])('%s keeps its prompts inside of that one’s window', model => {
    expect(promptBounds(directory, plan, model)).toMatchObject({
      ceiling: Math.floor((SMALL - 1_000) * 0.9),
      cachedShare: 0.1,
    })
  })

  test('a window that is small beside others counts for nobody else', () => {
    expect(promptBounds(directory, plan)).toMatchObject({ ceiling: 179_100, cachedShare: 0.5 })
  })
})

describe('the endpoints that set how long prompts may grow', () => {
  const ceilingOf = (agent: Partial<AgentPlan>, endpoints: Directory['endpoints'], needs = {}) =>
    promptBounds(
      { ...directory, endpoints, classes: { strong: taskClass({ models: ['m/one'], needs }) } },
      {
        ...plan,
        ...{ settings: { maxOutputTokens: 1_000 } },
        ...agent,
      },
    )?.ceiling
  const large = endpoint('acme', 'm/one', { contextWindow: 101_000 })
  const small = (more: object) => endpoint('bolt', 'm/one', { contextWindow: 51_000, ...more })

  test('are those that may serve its calls: of the class, with what it needs, and with tools where it has any', () => {
    expect(ceilingOf({}, [large, small({})])).toBe(45_000)
    expect(ceilingOf({}, [large, small({ model: 'm/other' })])).toBe(90_000)
    expect(ceilingOf({}, [large, small({})], { contextWindow: 100_000 })).toBe(90_000)
    const seeing = { ...large, abilities: ['tools', 'images'] } as const
    for (const tools of [[], [{ name: 'look' }]] as never[])
      expect(ceilingOf({ tools }, [seeing, small({})], { abilities: ['images'] })).toBe(90_000)
    expect(ceilingOf({ tools: [] }, [large, small({ abilities: [] })])).toBe(45_000)
    expect(ceilingOf({ tools: [{ name: 'look' }] as never }, [large, small({ abilities: [] })])).toBe(90_000)
    expect(ceilingOf({ agents: ['critic'] }, [large, small({ abilities: [] })])).toBe(90_000)
    expect(ceilingOf({}, [small({ abilities: ['json-schema'] })], { abilities: ['json-object'] })).toBe(45_000)
  })

  test('leave what the answer may take, and no more than they take at most', () => {
    expect(
      ceilingOf({ settings: {} }, [endpoint('acme', 'm/one', { contextWindow: 101_000, maxOutput: 21_000 })]),
    ).toBe(Math.floor((101_000 - 8_192) * 0.9))
    expect(ceilingOf({}, [{ ...large, maxInput: 60_000 }])).toBe(54_000)
    expect(ceilingOf({}, [{ ...large, contextWindow: undefined }])).toBeUndefined()
  })

  test('count for nothing where the agent says how long', () => {
    expect(ceilingOf({ limits: { ...plan.limits, promptTokens: 7_000 } }, [large])).toBe(7_000)
  })
})

test('the last three steps are kept, or as many as the agent says', () => {
  expect(promptBounds(directory, plan)?.keptSteps).toBe(3)
  expect(promptBounds(directory, { ...plan, limits: { ...plan.limits, keptSteps: 7 } })?.keptSteps).toBe(7)
})

test('a cached token is worth what its price says beside that of a written one, at the first endpoint that has both', () => {
  const shareAt = (endpoints: readonly Endpoint[]) => promptBounds({ ...directory, endpoints }, plan)?.cachedShare
  const shareOf = (...prices: Endpoint['price'][]) =>
    shareAt(prices.map((price, at) => endpoint(`p${at}`, 'm/one', { price })))
  expect(shareOf({ input: 2, cachedInput: 0.5, output: 9 })).toBe(0.25)
  expect(shareOf({ input: 2, cachedInput: 0.5, cacheWrite: 2.5, output: 9 })).toBe(0.2)
  expect(shareOf({ input: 2, cachedInput: 3, output: 9 })).toBe(1)
  expect(shareOf({ input: 0, cachedInput: 0, output: 9 })).toBe(0.1)
  expect(shareOf({ input: 2, output: 9 })).toBe(0.1)
  expect(shareOf(undefined)).toBe(0.1)
  expect(shareOf({ input: 2 }, { input: 2, cachedInput: 1 }, { input: 2, cachedInput: 0.5 })).toBe(0.5)
  // What is cached only where it is marked is never cached where marks do not pay.
  const marked = (cacheWrite?: number) =>
    endpoint('p', 'm/one', {
      protocol: 'anthropic',
      price: { input: 2, cachedInput: 0.5, ...(cacheWrite && { cacheWrite }) },
    })
  expect(shareAt([marked(2.5)])).toBe(0.2)
  expect(shareAt([marked()])).toBe(1)
})

test('an agent’s own class of summaries goes before the class `compaction`, that one before the class of its calls', () => {
  const compactionOf = (classes: readonly string[], agent: Partial<AgentPlan> = {}) =>
    promptBounds(
      { ...directory, classes: Object.fromEntries(['strong', ...classes].map(name => [name, taskClass({ name })])) },
      { ...plan, ...agent },
    )?.compactionClass
  expect(compactionOf([])).toBe('strong')
  expect(compactionOf(['compaction'])).toBe('compaction')
  expect(compactionOf(['compaction', 'cheap'], { compaction: 'cheap' })).toBe('cheap')
})
