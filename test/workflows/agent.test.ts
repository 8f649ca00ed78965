import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { z } from 'zod'
import { defineAgent, defineTool } from '../../src/tools/index.ts'
import { setStage, type Stage } from '../support/stage.ts'

const add = defineTool({
  name: 'add',
  description: 'adds two numbers',
  input: z.object({ a: z.number(), b: z.number() }),
  run: async ({ a, b }) => a + b,
})

const publish = defineTool({
  name: 'publish',
  description: 'publishes',
  input: z.object({ text: z.string() }),
  needsApproval: true,
  run: async ({ text }) => `published ${text}`,
})

const clerk = defineAgent({
  name: 'clerk',
  instructions: 'You are a clerk.',
  tools: [add, publish],
  taskClass: 'cheap',
})

const YAML = `
providers:
  one:
    protocol: openai
    baseURL: "\${ONE_URL}"
    apiKey: none
    models:
      acme/small: { contextWindow: 100000, maxOutput: 4000, abilities: [tools, json-schema, json-object], price: { input: 1, cachedInput: 0.1, output: 4 } }
  two:
    protocol: anthropic
    baseURL: "\${TWO_URL}"
    apiKey: none
    models:
      acme/large: { contextWindow: 100000, maxOutput: 4000, abilities: [tools, json-schema, json-object], price: { input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15 } }
classes:
  cheap: { models: [acme/small, acme/large], maxOutputTokens: 500 }
`

const models = (price: { input: number; cachedInput: number; cacheWrite?: number; output: number }) => ({
  contextWindow: 100_000,
  maxOutput: 4000,
  price,
})

let stage: Stage

beforeAll(async () => {
  stage = await setStage({
    temporalAddress: inject('temporalAddress'),
    yaml: YAML,
    app: { agents: [clerk], tools: [add, publish] },
    vendors: {
      vendors: [
        {
          name: 'one',
          protocol: 'openai',
          models: { small: models({ input: 1, cachedInput: 0.1, output: 4 }) },
          behaviours: [
            {
              match: 'sum',
              turns: [
                { tools: [{ name: 'add', arguments: { a: 1, b: 2 } }, { name: 'add', arguments: { a: 3, b: 4 } }] },
                { text: 'The sums are 3 and 7.' },
              ],
            },
          ],
        },
        {
          name: 'two',
          protocol: 'anthropic',
          models: { large: models({ input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15 }) },
        },
      ],
    },
  })
})

afterAll(() => stage?.close())

describe('an agent', () => {
  it('calls its tools and answers, and its ledger agrees with the meter', async () => {
    const run = await stage.signalbox.start('clerk', { input: 'What is the sum?' })
    const outcome = await run.outcome()
    expect(outcome).toMatchObject({ kind: 'answered', calls: 2, toolCalls: 2 })
    const cost = await stage.store.reports.cost(run.id)
    const billed = stage.vendors.meter().reduce((sum, row) => sum + BigInt(row.billedPico), 0n)
    expect(cost?.exactPico).toBe(billed.toString())
    expect(outcome.cost.highPico).toBe(billed.toString())
  })
})
