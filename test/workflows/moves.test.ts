import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { marketOf } from '../support/market.ts'
import { APP } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

const PROTOCOLS = ['openai', 'openai-responses', 'anthropic', 'google'] as const

const name = (protocol: string) => protocol.replace('-', '')

const add = (a: number, b: number) => ({ tools: [{ name: 'add', arguments: { a, b } }] })
const behaviours = [{ match: 'sum', turns: [add(1, 2), add(3, 4), { text: 'The sums are 3 and 7.' }] }]
const MODEL = {
  maxOutput: 8_000,
  abilities: ['tools', 'json-schema', 'json-object', 'reasoning', 'cache'],
  price: { input: 1, cachedInput: 0.1, cacheWrite: 1.25, output: 4 },
  vendor: { reasoningTokens: 40 },
}

const moves = PROTOCOLS.flatMap(from => PROTOCOLS.filter(to => to !== from).map(to => [from, to] as const))
const MARKET = marketOf(
  Object.fromEntries(
    PROTOCOLS.map(protocol => [
      name(protocol),
      { protocol, models: { [`acme/${name(protocol)}`]: MODEL }, vendor: { behaviours } },
    ]),
  ),
  `classes:\n${moves
    .map(([from, to]) => [name(from), name(to)])
    .map(
      ([from, to]) =>
        `  ${from}-${to}: { models: [acme/${from}, acme/${to}], reasoning: low, maxOutputTokens: 4000 }\n`,
    )
    .join('')}`,
)

/** Each run names its own class; those that the agents name must be there all the same. */
const MOVING = {
  ...APP,
  agents: APP.agents!.map(agent => ({ ...agent, taskClass: `${name(PROTOCOLS[0]!)}-${name(PROTOCOLS[1]!)}` })),
}

let stage: Stage

beforeAll(async () => {
  stage = await stageScene({ ...MARKET, app: MOVING })
})

afterAll(() => stage?.close())

describe('a move in the middle of a tool loop with reasoning', () => {
  it.each(moves)('from %s to %s goes on, and back again at the next step', async (from, to) => {
    await stage.vendors.setFaults(name(from), [{ kind: 'empty-answer', requests: [requestsAt(name(from)) + 2] }])
    const run = await stage.signalbox.start('clerk', {
      input: 'What is the sum?',
      taskClass: `${name(from)}-${name(to)}`,
    })
    const outcome = await run.outcome()
    expect(outcome).toMatchObject({ kind: 'answered', calls: 3, toolCalls: 2 })
    expect(outcome.text).toContain('The sums are 3 and 7.')
    const attempts = await stage.store.reports.attempts({ run: run.id, limit: 20 })
    const answered = attempts.filter(attempt => attempt.outcome === 'answered').map(attempt => attempt.provider)
    expect(answered.slice(0, 2)).toEqual([name(from), name(to)])
    expect(attempts.filter(attempt => attempt.fault).map(attempt => attempt.fault?.kind)).toEqual(['malformed-reply'])
  })
})

function requestsAt(vendor: string): number {
  return stage.vendors.meter().filter(row => row.vendor === vendor).length
}
