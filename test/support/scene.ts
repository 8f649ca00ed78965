import { z } from 'zod'
import type { VendorScript } from '../../src/providers/simulated/index.ts'
import type { App } from '../../src/runtime/app/app.ts'
import { defineAgent, defineSchema, defineTool } from '../../src/tools/index.ts'

/** Two vendors, two models, one class that prefers the first: the smallest configuration that can fall back. */
export const YAML = `
providers:
  one:
    protocol: openai
    baseURL: "\${ONE_URL}"
    apiKey: none
    dataPolicy: { retention: 30d }
    models:
      acme/small: { contextWindow: 100000, maxOutput: 4000, abilities: [tools, json-schema, json-object], price: { input: 1, cachedInput: 0.1, output: 4 } }
  two:
    protocol: anthropic
    baseURL: "\${TWO_URL}"
    apiKey: none
    dataPolicy: { retention: none }
    models:
      acme/large: { contextWindow: 100000, maxOutput: 4000, abilities: [tools, json-schema, json-object], price: { input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15 } }
classes:
  cheap: { models: [acme/small, acme/large], maxOutputTokens: 500 }
  only-one: { models: [acme/small], maxOutputTokens: 500, patience: 300ms }
  zdr: { extends: cheap, policy: { zdr: true } }
workspaces:
  acme: { policy: { zdr: true } }
`

const behaviours: VendorScript['vendors'][number]['behaviours'] = [
  { match: 'long walk', turns: longWalk([3]) },
  { match: 'guarded walk', turns: longWalk([3, 6]) },
  {
    match: 'sum',
    turns: [{ tools: [add(1, 2), add(3, 4)] }, { text: 'The sums are 3 and 7.' }],
  },
  {
    match: 'publish',
    turns: [{ tools: [{ name: 'publish', arguments: { text: 'hello' } }, add(1, 1)] }, { text: 'It is out.' }],
  },
  {
    match: 'mistakes',
    turns: [
      {
        tools: [
          { name: 'ad', arguments: {} },
          { name: 'add', arguments: { a: 'x' } },
          { name: 'break', arguments: {} },
        ],
      },
      { text: 'Noted.' },
    ],
  },
  { match: 'big', turns: [{ tools: [{ name: 'big', arguments: {} }] }, { text: 'Read.' }] },
  { match: 'slow tool', turns: [{ tools: [{ name: 'dawdle', arguments: {} }] }, { text: 'Done.' }] },
]

/** One tool call a turn, some of which need approval; then the answer. */
function longWalk(guarded: readonly number[]) {
  const turns = Array.from({ length: 7 }, (_, at) => ({
    tools: [guarded.includes(at) ? { name: 'publish', arguments: { text: `part ${at}` } } : add(at, at)],
  }))
  return [...turns, { text: 'The walk is over.' }]
}

function add(a: number, b: number) {
  return { name: 'add', arguments: { a, b } }
}

/** The vendors behind {@link YAML}. Their prices are written a second time on purpose: the meter is to disagree with a wrong one. */
export const VENDORS: VendorScript = {
  vendors: [
    {
      name: 'one',
      protocol: 'openai',
      models: { small: { contextWindow: 100_000, maxOutput: 4000, price: { input: 1, cachedInput: 0.1, output: 4 } } },
      behaviours,
    },
    {
      name: 'two',
      protocol: 'anthropic',
      models: {
        large: {
          contextWindow: 100_000,
          maxOutput: 4000,
          price: { input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15 },
        },
      },
      behaviours,
    },
  ],
}

/** Ends only where it is aborted. */
export const dawdle = defineTool({
  name: 'dawdle',
  description: 'takes its time',
  input: z.object({}),
  run: (_input, { signal }) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true })),
})

const tools = [
  defineTool({
    name: 'add',
    description: 'adds two numbers',
    input: z.object({ a: z.number(), b: z.number() }),
    run: async ({ a, b }) => a + b,
  }),
  defineTool({
    name: 'publish',
    description: 'publishes a text',
    input: z.object({ text: z.string() }),
    needsApproval: true,
    run: async ({ text }) => `published ${text}`,
  }),
  defineTool({
    name: 'break',
    description: 'always fails',
    input: z.object({}),
    run: async () => {
      throw new Error('the shelf is empty')
    },
  }),
  defineTool({
    name: 'big',
    description: 'gives a long text',
    input: z.object({}),
    run: async () => 'lorem '.repeat(5_000),
  }),
  dawdle,
]

const verdict = defineSchema('Verdict', z.object({ ok: z.boolean(), reason: z.string() }))

export const APP: App = {
  tools,
  agents: [
    defineAgent({ name: 'clerk', instructions: 'You are a clerk.', tools, taskClass: 'cheap', limits: { steps: 10 } }),
    defineAgent({
      name: 'walker',
      instructions: 'You walk.',
      tools,
      taskClass: 'cheap',
      limits: { stepsPerPart: 2 },
    }),
    defineAgent({ name: 'judge', instructions: 'You judge.', tools, taskClass: 'cheap', schema: verdict }),
  ],
  schemas: [verdict],
}
