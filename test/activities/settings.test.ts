import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { createCallModel } from '../../activities/call-model.ts'
import { type Calling, callOf, startCalling } from '../support/calling.ts'
import { marketOf } from '../support/market.ts'
import { replyText } from '../support/replies.ts'
import { JSON_TYPE, replying, startScriptedVendor } from '../support/scripted-vendor.ts'

const PROVIDER = {
  dataPolicy: { retention: 'none' },
  models: { 'acme/plain': {}, 'acme/thinker': { vendor: { reasoningTokens: 10 } } },
  vendor: { behaviours: [{ match: 'story', turns: [{ text: 'Once upon a time. THE END. And more.' }] }] },
}

const CLASSES = `
classes:
  told: { models: [acme/plain], temperature: 0, seed: 7, stopSequences: [" THE END"] }
  thought: { models: [acme/thinker], temperature: 0, seed: 7, stopSequences: [" THE END"] }
`

let calling: Calling

beforeEach(async () => {
  calling = await startCalling(marketOf({ one: PROVIDER }, CLASSES))
})

afterEach(() => {
  vi.restoreAllMocks()
  return calling.close()
})

async function attempts(run: string) {
  const found = await calling.store.reports.attempts({ run, limit: 9 })
  return found.map(({ reason, outcome }) => `${outcome}, ${reason}`)
}

it('a call ends at a text that its class names, or its own settings, and is whole', async () => {
  const run = await calling.open({ id: 'told' })
  expect(await calling.call({ run, taskClass: 'told' })).toMatchObject({
    answer: { text: 'Once upon a time.', truncated: false },
  })
  const settings = { stopSequences: ['a time'] }
  expect(await calling.call({ run, taskClass: 'told', step: 2, settings })).toMatchObject({
    answer: { text: 'Once upon ' },
  })
  expect(await attempts('told')).toEqual(['answered, planned', 'answered, planned'])
})

it('what an endpoint is asked without is told in the log, once a worker', async () => {
  const lines: unknown[] = []
  const logger = new DefaultLogger('INFO', ({ message, meta }) => lines.push([message, meta]))
  const environment = new MockActivityEnvironment(undefined, { logger })
  const run = await calling.open({ id: 'logged' })
  for (const step of [1, 2]) {
    const asked = callOf({ run, taskClass: 'told', step, settings: { topK: 40 } })
    expect(await environment.run(createCallModel(calling.wired.ports), asked)).toMatchObject({ kind: 'answered' })
  }
  const where = { run: 'logged', step: 1, class: 'told', endpoint: 'one:acme/plain' }
  expect(lines).toEqual([
    ['asked without settings that it does not take', expect.objectContaining({ ...where, without: ['topK'] })],
  ])
})

it('what an endpoint rejects of its settings it is asked without, and the ledger says so; later calls leave it out at once, and say so too', async () => {
  const run = await calling.open({ id: 'thought' })
  expect(await calling.call({ run, taskClass: 'thought' })).toMatchObject({
    answer: { text: expect.stringContaining('THE END. And more.') },
  })
  await calling.call({ run, taskClass: 'thought', step: 2 })
  expect(await attempts('thought')).toEqual([
    'fault, planned',
    'fault, without temperature: unsupported',
    'answered, without stopSequences: unsupported',
    'answered, planned, without temperature, stopSequences',
  ])
})

it.each([
  [
    402,
    // The credit may be filled up meanwhile.
    [8_192, 1_500],
    'This request requires more credits, or fewer max_tokens. You requested up to 8192 tokens, but can only afford 1500',
  ],
  [
    400,
    // What the model gives is known from then on.
    [1_500],
    'max_tokens is too large: 8192. This model supports at most 1500 completion tokens, whereas you provided 8192.',
  ],
])(
  'an endpoint that says (%i) how much less it gives is asked for that, where no other is left',
  async (status, nextLimits, message) => {
    const { limits, ...scene } = await sceneAtMost(1_500, status, message)
    const run = await scene.open({ id: 'dear' })
    // More it does not give: to ask for more would buy the same once more.
    expect(await scene.call({ run, taskClass: 'dear' })).toMatchObject({
      kind: 'answered',
      answer: { truncated: true },
    })
    expect(limits()).toEqual([8_192, 1_500])
    const [first, second] = await scene.store.reports.attempts({ run: 'dear', limit: 9 })
    expect(first).toMatchObject({ fault: { kind: 'unsupported', evidence: { mostOutputTokens: 1_500 } } })
    expect(second).toMatchObject({ reason: 'less output: unsupported', outcome: 'answered' })
    expect(await scene.call({ run, taskClass: 'dear', step: 2 })).toMatchObject({
      kind: 'answered',
      answer: { truncated: true },
    })
    expect(limits().slice(2)).toEqual(nextLimits)
    // Vendors raise what their models give, and workers live for weeks.
    const laterMs = Date.now() + 3_600_000
    vi.spyOn(Date, 'now').mockImplementation(() => laterMs)
    expect(await scene.call({ run, taskClass: 'dear', step: 3 })).toMatchObject({ kind: 'answered' })
    expect(limits().slice(-2)).toEqual([8_192, 1_500])
  },
)

it('an endpoint that gives less than the class’s least is asked each time, and says itself what is the matter', async () => {
  const message =
    'max_tokens is too large: 8192. This model supports at most 200 completion tokens, whereas you provided 8192.'
  const { limits, ...scene } = await sceneAtMost(200, 400, message)
  const run = await scene.open({ id: 'dear' })
  for (const step of [1, 2]) {
    const told = expect.stringContaining('at most 200 tokens of output')
    expect(await scene.call({ run, taskClass: 'dear', step })).toMatchObject({
      fault: { kind: 'unsupported', message: told },
    })
  }
  expect(limits()).toEqual([8_192, 8_192])
})

/** With one endpoint, that refuses to give more, and gives all that it is asked for. */
async function sceneAtMost(most: number, status: number, message: string) {
  const vendor = await startScriptedVendor()
  onTestFinished(() => vendor.stop())
  const refusal = replying(JSON.stringify({ error: { code: status, message } }), JSON_TYPE, status)
  const cut = replyText('openai-compatible', 'text.sse').replace('"finish_reason":"stop"', '"finish_reason":"length"')
  const limits = () => vendor.seen.map(({ body }) => (JSON.parse(body) as { max_tokens: number }).max_tokens)
  vendor.answer((response, socket) => (limits().at(-1)! > most ? refusal : replying(cut))(response, socket))
  const poor = `{ protocol: openai-compatible, baseURL: "${vendor.url}/v1", apiKey: none, models: { acme/poor: { contextWindow: 100000 } } }`
  const scene = await startCalling({
    yaml: `providers: { poor: ${poor} }\nclasses: { dear: { models: [acme/poor] } }`,
    vendors: [{ name: 'idle', protocol: 'openai', models: {} }],
    unmetered: 'a scripted vendor answers',
  })
  onTestFinished(() => scene.close())
  return { ...scene, limits }
}
