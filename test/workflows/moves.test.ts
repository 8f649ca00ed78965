import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { VendorScript } from '../../src/providers/simulated/index.ts'
import { APP } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

const PROTOCOLS = ['openai', 'openai-responses', 'anthropic', 'google'] as const

const PRICE = { input: 1, cachedInput: 0.1, cacheWrite: 1.25, output: 4 }
const ABILITIES = '[tools, json-schema, json-object, reasoning, cache]'

const name = (protocol: string) => protocol.replace('-', '')

const YAML = `
providers:
${PROTOCOLS.map(
  protocol => `  ${name(protocol)}:
    protocol: ${protocol}
    baseURL: "\${${name(protocol).toUpperCase()}_URL}"
    apiKey: none
    models:
      acme/${name(protocol)}: { contextWindow: 100000, maxOutput: 8000, abilities: ${ABILITIES}, price: { input: 1, cachedInput: 0.1, cacheWrite: 1.25, output: 4 } }`,
).join('\n')}
classes:
${PROTOCOLS.flatMap(first =>
  PROTOCOLS.filter(second => second !== first).map(
    second =>
      `  ${name(first)}-${name(second)}: { models: [acme/${name(first)}, acme/${name(second)}], reasoning: low, maxOutputTokens: 4000 }`,
  ),
).join('\n')}
`

const VENDORS: VendorScript = {
  vendors: PROTOCOLS.map(protocol => ({
    name: name(protocol),
    protocol,
    models: { [name(protocol)]: { contextWindow: 100_000, maxOutput: 8000, price: PRICE, reasoningTokens: 40 } },
    behaviours: [
      {
        match: 'sum',
        turns: [
          { tools: [{ name: 'add', arguments: { a: 1, b: 2 } }] },
          { tools: [{ name: 'add', arguments: { a: 3, b: 4 } }] },
          { text: 'The sums are 3 and 7.' },
        ],
      },
    ],
  })),
}

/** Each run names its own class; those that the agents name must be there all the same. */
const MOVING = {
  ...APP,
  agents: APP.agents!.map(agent => ({ ...agent, taskClass: `${name(PROTOCOLS[0]!)}-${name(PROTOCOLS[1]!)}` })),
}

let stage: Stage

beforeAll(async () => {
  stage = await stageScene({ yaml: YAML, app: MOVING, vendors: VENDORS })
})

afterAll(() => stage?.close())

const moves = PROTOCOLS.flatMap(from => PROTOCOLS.filter(to => to !== from).map(to => [from, to] as const))

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
