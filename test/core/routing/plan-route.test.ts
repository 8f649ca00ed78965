import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Endpoint } from '../../../src/core/endpoints.ts'
import { policyBreach } from '../../../src/core/policy/policy-breach.ts'
import { callNeeds } from '../../../src/core/routing/call/call-needs.ts'
import type { PlanInput } from '../../../src/core/routing/call/plan-input.ts'
import type { Rejection } from '../../../src/core/routing/filter/rejection.ts'
import { describeRejection } from '../../../src/core/routing/filter/rejection-words.ts'
import { planRoute } from '../../../src/core/routing/plan-route.ts'
import { noRouteFault } from '../../../src/core/routing/route/no-route-fault.ts'
import type { TaskClass } from '../../../src/core/task-class.ts'
import { endpoint, planArbitrary, planInput, policyArbitrary, taskClass } from './plan-fixtures.ts'

const candidateIds = (input: PlanInput) => planRoute(input).candidates.map(({ id }) => id)
const ruleOf = (input: PlanInput) => planRoute(input).rejections.map(({ rejection }) => rejection.rule)

describe('every plan', () => {
  test('accounts for each endpoint exactly once', () => {
    fc.assert(
      fc.property(planArbitrary, input => {
        const { candidates, rejections } = planRoute(input)
        const all = [...candidates, ...rejections.map(each => each.endpoint)].map(({ id }) => id)
        expect(all.toSorted()).toEqual(input.endpoints.map(({ id }) => id).toSorted())
      }),
    )
  })

  test('has only candidates that meet needs, class, policies and health', () => {
    fc.assert(
      fc.property(planArbitrary, input => {
        const { needs, taskClass: its, policies, health } = input
        for (const each of planRoute(input).candidates) {
          expect(its.models ?? [each.model]).toContain(each.model)
          expect(each.contextWindow ?? 1e9).toBeGreaterThanOrEqual(needs.promptTokens + needs.outputTokens)
          expect(each.contextWindow ?? 0).toBeGreaterThanOrEqual(its.needs.contextWindow ?? 0)
          expect(each.maxInput ?? 1e9).toBeGreaterThanOrEqual(needs.promptTokens)
          expect(each.maxOutput ?? 1e9).toBeGreaterThanOrEqual(needs.outputTokens)
          for (const ability of [...needs.abilities, ...(its.needs.abilities ?? [])])
            expect(
              each.abilities.some(has => has === ability || (ability === 'json-object' && has === 'json-schema')),
            ).toBe(true)
          if (needs.knownPrice) expect(each.price?.free ?? each.price?.output !== undefined).toBe(true)
          expect(policyBreach(each, policies)).toBeUndefined()
          expect(health(each.id).closed).toBeUndefined()
        }
      }),
    )
  })

  test('is drawn so that there is something to say: with candidates beside each other, and rejections by every rule', () => {
    const routes = fc.sample(planArbitrary, { numRuns: 500, seed: 1 }).map(input => planRoute(input))
    const rules = routes.flatMap(({ rejections }) => rejections.map(({ rejection }) => rejection.rule))
    const all = [
      'not-in-class',
      'policy',
      'ability',
      'context-window',
      'max-output',
      'unknown-price',
      'cooling',
      'breaker-open',
    ]
    for (const rule of all) expect(rules.filter(each => each === rule).length, rule).toBeGreaterThan(20)
    expect(routes.filter(({ candidates }) => candidates.length > 1).length).toBeGreaterThan(40)
  })

  test('rejects for reasons that hold', () => {
    fc.assert(
      fc.property(planArbitrary, input => {
        const { rejections } = planRoute(input)
        expect(rejections.filter(({ endpoint: each, rejection }) => !isSo(rejection, each, input))).toEqual([])
      }),
    )
  })

  test('does not change for an endpoint that is not fit', () => {
    fc.assert(
      fc.property(planArbitrary, fc.nat(), (input, at) => {
        const unfit = endpoint('zulu', 'm/one', { contextWindow: 10 })
        const endpoints = input.endpoints.toSpliced(at % (input.endpoints.length + 1), 0, unfit)
        expect(candidateIds({ ...input, endpoints })).toEqual(candidateIds(input))
      }),
    )
  })

  test('is the same for the same input, and survives JSON', () => {
    fc.assert(
      fc.property(planArbitrary, input => {
        const route = planRoute(input)
        expect(planRoute(structuredCloneOf(input))).toEqual(route)
        expect(JSON.parse(JSON.stringify(route))).toEqual(withoutUndefined(route))
      }),
    )
  })

  test('gains no candidate by a tighter policy', () => {
    fc.assert(
      fc.property(planArbitrary, policyArbitrary, (input, policy) => {
        const before = candidateIds(input)
        const after = candidateIds({ ...input, policies: [...input.policies, { level: 'call', policy }] })
        expect(before).toEqual(expect.arrayContaining(after))
        // Without a list, models take their places by the endpoints that are left.
        if (input.taskClass.models) expect(before.filter(id => after.includes(id))).toEqual(after)
      }),
    )
  })
})

function isSo(rejection: Rejection, each: Endpoint, { needs, taskClass: its, policies, health }: PlanInput): boolean {
  const { contextWindow, maxInput, maxOutput, abilities, price } = each
  switch (rejection.rule) {
    case 'not-in-class':
      return its.models !== undefined && !its.models.includes(each.model)
    case 'context-window':
      return isLacking(rejection, its.needs.contextWindow, [
        [its.needs.contextWindow, contextWindow],
        [needs.promptTokens + needs.outputTokens, contextWindow],
        [needs.promptTokens, maxInput],
      ])
    case 'max-output':
      return isLacking(rejection, its.needs.maxOutput, [
        [its.needs.maxOutput, maxOutput],
        [needs.outputTokens, maxOutput],
      ])
    case 'ability':
      return (
        [...needs.abilities, ...(its.needs.abilities ?? [])].includes(rejection.missing) &&
        !abilities.includes(rejection.missing)
      )
    case 'unknown-price':
      return needs.knownPrice === true && !price?.free && (price?.input === undefined || price.output === undefined)
    case 'policy':
      return isDeepStrictEqual(rejection.breach, policyBreach(each, policies))
    default:
      return isDeepStrictEqual(rejection, health(each.id).closed)
  }
}

/** What is demanded is more than there is. One that does not say what it has lacks it for what its class demands alone. */
function isLacking(
  { needed, has }: { readonly needed: number; readonly has: number | undefined },
  ofClass: number | undefined,
  demands: readonly [needed: number | undefined, has: number | undefined][],
): boolean {
  const isDemanded = demands.some(([each, held]) => each === needed && held === has)
  return isDemanded && (has === undefined ? needed === ofClass : has < needed)
}

/** JSON has no undefined: an absent field and an undefined one are the same. */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined)
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).filter(([, each]) => each !== undefined)
  return Object.fromEntries(fields.map(([name, each]) => [name, withoutUndefined(each)]))
}

function structuredCloneOf({ health, ...rest }: PlanInput): PlanInput {
  return { ...JSON.parse(JSON.stringify(rest)), health }
}

describe('rejections', () => {
  test.each([
    ['not-in-class', { taskClass: taskClass({ models: ['m/other'] }) }],
    ['context-window', { needs: { promptTokens: 99_800, outputTokens: 500, abilities: [] } }],
    ['context-window', { taskClass: taskClass({ needs: { contextWindow: 180_000 } }) }],
    ['max-output', { needs: { promptTokens: 1, outputTokens: 9_000, abilities: [] } }],
    ['max-output', { taskClass: taskClass({ needs: { maxOutput: 10_000 } }) }],
    ['ability', { needs: { promptTokens: 1, outputTokens: 1, abilities: ['images'] } }],
    ['policy', { policies: [{ level: 'run', policy: { zdr: true } }] }],
    ['cooling', { health: () => ({ steady: true, closed: { rule: 'cooling', untilMs: 5 } }) }],
  ] satisfies [string, Partial<PlanInput>][])('%s', (rule, more) => {
    expect(ruleOf(planInput({ endpoints: [endpoint('acme', 'm/one')], ...more }))).toEqual([rule])
  })

  test('without a known price only where money is limited', () => {
    const endpoints = [endpoint('acme', 'm/one', { price: { input: 1 } })]
    expect(ruleOf(planInput({ endpoints }))).toEqual([])
    const needs = callNeeds({ taskClass: taskClass(), promptTokens: 10, moneyLimited: true })
    expect(ruleOf(planInput({ endpoints, needs }))).toEqual(['unknown-price'])
  })

  test('without a known price at the providers whose money is limited, and nowhere else', () => {
    const endpoints = [endpoint('acme', 'm/one', { price: {} }), endpoint('bolt', 'm/one', { price: {} })]
    const needs = callNeeds({ taskClass: taskClass(), promptTokens: 10, moneyLimitedAt: ['acme'] })
    const { candidates, rejections } = planRoute(planInput({ endpoints, needs }))
    expect(candidates.map(({ id }) => id)).toEqual(['bolt:m/one'])
    expect(rejections).toEqual([{ endpoint: endpoints[0], rejection: { rule: 'unknown-price' } }])
  })

  test('by the tokens that an endpoint takes at most, where that is less than its window', () => {
    const endpoints = [endpoint('acme', 'm/one', { maxInput: 50_000 })]
    const asks = (promptTokens: number) =>
      planRoute(planInput({ endpoints, needs: { promptTokens, outputTokens: 500, abilities: [] } })).rejections
    expect(asks(50_000)).toEqual([])
    expect(asks(50_001)[0]?.rejection).toEqual({ rule: 'context-window', needed: 50_001, has: 50_000 })
  })

  test('by a content rule at the provider that it names, whatever the policy of that one’s key says', () => {
    const endpoints = [endpoint('acme', 'm/one'), endpoint('bolt', 'm/one')]
    const policies: PlanInput['policies'] = [
      { level: 'key', provider: 'acme', policy: {} },
      { level: 'call', provider: 'acme', policy: {}, blockedBy: 'cards' },
    ]
    const input = planInput({ endpoints, policies })
    expect(candidateIds(input)).toEqual(['bolt:m/one'])
    expect(planRoute(input).rejections[0]?.rejection).toMatchObject({
      rule: 'policy',
      breach: { rule: 'content', level: 'call', found: 'cards' },
    })
  })

  test('a class may name one endpoint of a model', () => {
    const endpoints = [endpoint('acme', 'm/one'), endpoint('bolt', 'm/one')]
    expect(candidateIds(planInput({ endpoints, taskClass: taskClass({ models: ['bolt:m/one'] }) }))).toEqual([
      'bolt:m/one',
    ])
  })

  test('an endpoint whose limits nobody has said is rejected by a class that needs one, and told to be given it', () => {
    const unknown = endpoint('acme', 'm/one', { contextWindow: undefined, maxOutput: undefined })
    const words = (needs: TaskClass['needs']) =>
      planRoute(planInput({ endpoints: [unknown], taskClass: taskClass({ needs }) })).rejections.map(
        ({ endpoint, rejection }) => describeRejection(endpoint, rejection, 'strong', 0),
      )
    expect(words({ contextWindow: 180_000 })).toEqual([
      "acme:m/one: its context window of unknown size is below the 180,000 tokens needed; set acme:m/one's contextWindow",
    ])
    expect(words({ maxOutput: 10_000 })).toEqual([
      "acme:m/one: its output limit of unknown size is below the 10,000 tokens needed; set acme:m/one's maxOutput",
    ])
  })

  test('a call without a route says of each endpoint of the class what would admit it', () => {
    const endpoints = [
      endpoint('acme', 'm/one', { dataPolicy: { retention: '30d' } }),
      endpoint('bolt', 'm/one', { contextWindow: 2_000 }),
      endpoint('dune', 'm/two'),
    ]
    const input = planInput({
      endpoints,
      taskClass: taskClass({ models: ['m/one'] }),
      policies: [{ level: 'class', policy: { zdr: true } }],
      needs: { promptTokens: 50_000, outputTokens: 500, abilities: [] },
    })
    expect(
      noRouteFault(planRoute(input), 'strong', { run: { id: 'report-7' }, step: 3 }, 0).message.split('\n'),
    ).toEqual([
      'No endpoint of class strong can serve this call; all 3 are rejected:',
      "- acme:m/one: the class policy's rule zdr found 30d and allows none; set acme's dataPolicy.retention to none if that is so, or loosen the class policy",
      '- bolt:m/one: its context window of 2,000 tokens is below the 50,500 tokens needed; shorten the prompt or lower maxOutputTokens',
      '- 1 not in the class: add their models to classes.strong.models',
      '`signalbox explain report-7 --step 3` shows the whole plan.',
    ])
  })
})

describe('needs', () => {
  test('take the call before its class before the class’s least useful output', () => {
    const settings = { maxOutputTokens: 100 }
    const large = taskClass({ maxOutputTokens: 4_000 })
    expect(callNeeds({ taskClass: large, settings, promptTokens: 1 }).outputTokens).toBe(100)
    expect(callNeeds({ taskClass: large, promptTokens: 1 }).outputTokens).toBe(4_000)
    expect(callNeeds({ taskClass: taskClass(), promptTokens: 1 }).outputTokens).toBe(256)
  })

  test('are the prompt, and an ability for tools, for a schema and for pictures', () => {
    const asks = (more: object) => callNeeds({ taskClass: taskClass(), promptTokens: 700, ...more })
    expect(asks({})).toEqual({ promptTokens: 700, outputTokens: 256, abilities: [] })
    expect(asks({ tools: true, moneyLimitedAt: [] })).toEqual({
      promptTokens: 700,
      outputTokens: 256,
      abilities: ['tools'],
    })
    expect(asks({ schema: true }).abilities).toEqual(['json-object'])
    expect(asks({ images: true }).abilities).toEqual(['images'])
  })

  test('a schema is met by JSON mode too', () => {
    const needs = callNeeds({ taskClass: taskClass(), promptTokens: 1, schema: true, tools: true })
    const endpoints = [endpoint('acme', 'm/one', { abilities: ['json-object', 'tools'] }), endpoint('bolt', 'm/one')]
    expect(ruleOf(planInput({ endpoints, needs }))).toEqual([])
  })
})

test('an endpoint that a fault has closed is told of in one sentence, with what to do', () => {
  const fault = { kind: 'unauthenticated', message: 'acme:m/one refused the key. Check it.', evidence: {} } as const
  const rejection = { rule: 'breaker-open', untilMs: 5_000, fault } as const
  expect(describeRejection(endpoint('acme', 'm/one'), rejection, 'strong', 0)).toMatch(/Check it; see to its key/)
})
