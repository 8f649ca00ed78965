import { afterAll, beforeAll, expect, it } from 'vitest'
import type { CallModelInput } from '../../src/core/protocol.ts'
import { type Calling, startCalling } from '../support/calling.ts'
import { replyText } from '../support/replies.ts'
import { replying, type ScriptedVendor, SSE, startScriptedVendor } from '../support/scripted-vendor.ts'

/** 0.00123 USD, as the transcribed reply says. */
const COST = '1230000000'

let vendor: ScriptedVendor
let calling: Calling

beforeAll(async () => {
  vendor = await startScriptedVendor()
  vendor.answer(replying(replyText('openai-compatible', 'text.sse'), { ...SSE, 'x-request-id': 'req-7' }))
  const yaml = `
providers:
  one:
    protocol: openai-compatible
    baseURL: ${vendor.url}
    apiKey: none
    dataPolicy: { retention: none }
    models:
      acme/small: { upstream: small-v2, contextWindow: 100000, maxOutput: 4000, abilities: [tools, reasoning], price: { input: 1, output: 4 } }
classes:
  plain:
    models: [acme/small]
    maxOutputTokens: 700
    temperature: 0.3
    topP: 0.9
    seed: 7
    stopSequences: [END]
    reasoning: low
    providerOptions: { one: { top_k: 7 } }
  keeping: { models: [acme/small], policy: { zdr: true }, providerOptions: { one: { store: true } } }
  whole: { models: [acme/small], maxOutputTokens: 700, minOutputTokens: 700 }
`
  calling = await startCalling({
    yaml,
    vendors: [{ name: 'idle', protocol: 'openai', models: {} }],
    unmetered: 'a scripted vendor answers',
  })
})

afterAll(async () => {
  await calling.close()
  await vendor.stop()
})

async function bodyOf(step: number, changes: Partial<CallModelInput> = {}): Promise<Record<string, unknown>> {
  const run = await calling.open({ id: `run-${step}` })
  const result = await calling.call({ run, taskClass: 'plain', step, ...changes })
  expect(result).toMatchObject({ kind: 'answered' })
  return JSON.parse(vendor.seen.at(-1)!.body)
}

it('a request has the settings of its class, and those of its agent or call before them', async () => {
  const body = await bodyOf(1)
  expect(body).toMatchObject({
    model: 'small-v2',
    max_tokens: 700,
    temperature: 0.3,
    top_p: 0.9,
    seed: 7,
    stop: ['END'],
    reasoning_effort: 'low',
    top_k: 7,
  })
  const settings = {
    temperature: 0.9,
    maxOutputTokens: 50,
    seed: 8,
    stopSequences: [],
    reasoning: 'high',
    providerOptions: { one: { top_p: 0.5 } },
  }
  const changed = await bodyOf(2, { settings: settings as CallModelInput['settings'] })
  expect(changed).toMatchObject({ max_tokens: 50, temperature: 0.9, seed: 8, reasoning_effort: 'high', top_p: 0.5 })
  expect(changed).not.toHaveProperty('top_k')
  expect(changed).not.toHaveProperty('stop')
})

it('a summary goes on past the texts at which answers of its class end', async () => {
  const body = await bodyOf(7, { sumsUpFor: 'plain' })
  expect(body).toMatchObject({ temperature: 0.3, seed: 7 })
  expect(body).not.toHaveProperty('stop')
})

it('a request has the prompt, with what was said before it', async () => {
  const run = await calling.open({ id: 'run-3' })
  const first = await calling.call({ run, taskClass: 'plain', prompt: 'Tell me of Wales.' })
  if (first.kind !== 'answered') throw new Error(first.kind)
  const { transcript, text } = first.answer
  await calling.call({ run, taskClass: 'plain', step: 2, transcript, prompt: 'And of Cornwall.' })
  const { messages } = JSON.parse(vendor.seen.at(-1)!.body)
  expect(messages).toMatchObject([
    { role: 'user', content: 'Tell me of Wales.' },
    { role: 'assistant', content: text },
    { role: 'user', content: 'And of Cornwall.' },
  ])
})

it('an attempt keeps what the vendor said of it: its id of the request, what was used, how long it took, and the fault', async () => {
  const run = await calling.open({ id: 'run-4' })
  const result = await calling.call({ run, taskClass: 'plain', step: 4 })
  expect(result).toMatchObject({
    answer: { text: 'Grüße 🚦 aus Genève, 世界', model: 'acme/small', endpoint: 'one:acme/small' },
  })
  const [kept] = await calling.store.reports.attempts({ run: run.id })
  expect(kept).toMatchObject({
    outcome: 'answered',
    requestId: 'req-7',
    usage: { inputTokens: 1117, outputTokens: 46 },
    // What the vendor says of its bill goes before what its list comes to.
    reportedCostPico: COST,
    cost: { lowPico: COST, highPico: COST },
    firstTokenMs: expect.any(Number),
    totalMs: expect.any(Number),
    wireRequestId: vendor.seen.at(-1)!.headers['x-client-request-id'],
  })
  vendor.answer(
    replying(
      '{ "error": { "message": "no", "code": "model_not_found" } }',
      { 'content-type': 'application/json' },
      404,
    ),
  )
  const failing = await calling.open({ id: 'run-5' })
  await calling.call({ run: failing, taskClass: 'plain', step: 5 })
  const [failed] = await calling.store.reports.attempts({ run: failing.id })
  expect(failed).toMatchObject({
    outcome: 'fault',
    fault: { kind: 'invalid-request', evidence: { status: 404, code: 'model_not_found' } },
    cost: { lowPico: '0', highPico: '0' },
  })
})

it('under ZDR what would make the vendor keep something is held back, whatever a class says', async () => {
  const asked = vendor.seen.length
  const result = await calling.call({ run: await calling.open({ id: 'run-6' }), taskClass: 'keeping', step: 6 })
  expect(result).toMatchObject({ kind: 'fault', fault: { kind: 'invalid-request', evidence: { code: 'zdr' } } })
  expect(vendor.seen).toHaveLength(asked)
})

it.each([
  [{ tokens: 1_163 + 1_500 }, /1,500 tokens are left and up to 1,\d{3} would be needed/],
  [{ usd: '0.00473' }, /\$0\.0035 is left and up to \$0\.004\d+ would be needed/],
])('a budget (%j) holds all of the prompt, also what the vendor has counted before', async (budget, message) => {
  vendor.answer(replying(replyText('openai-compatible', 'text.sse')))
  const run = await calling.open({ id: `run-${Object.keys(budget)[0]}`, budget })
  const first = await calling.call({ run, taskClass: 'whole' })
  if (first.kind !== 'answered') throw new Error(first.kind)
  const { transcript, known } = first.answer
  expect(known).toMatchObject({ promptTokens: 1_117 + 46 })
  const memory = { draw: 0.5, ...(known && { known }) }
  const second = await calling.call({ run, taskClass: 'whole', step: 2, transcript, memory, prompt: 'And more.' })
  expect(second).toMatchObject({ kind: 'over-budget', message: expect.stringMatching(message) })
})
