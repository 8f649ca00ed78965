import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Calling, startCalling } from '../support/calling.ts'

const MINI = { contextWindow: 400_000, maxOutput: 128_000, price: { input: 0.25, cachedInput: 0.025, output: 2 } }

let calling: Calling

beforeAll(async () => {
  const vendor = { protocol: 'openai-responses', models: { 'gpt-5-mini': MINI } } as const
  calling = await startCalling({
    vendors: [
      { ...vendor, name: 'first', apiKey: 'first-key' },
      { ...vendor, name: 'second', apiKey: 'second-key' },
    ],
    yaml: `
providers:
  openai: { baseURL: "\${FIRST_URL}", apiKey: first-key }
  openai-eu: { like: openai, baseURL: "\${SECOND_URL}", apiKey: second-key }
classes:
  any: { models: [openai/gpt-5-mini], maxOutputTokens: 500 }
  eu: { models: [openai/gpt-5-mini], maxOutputTokens: 500, policy: { allowProviders: [openai-eu] } }
`,
  })
  await calling.open()
})

afterAll(() => calling?.close())

it('asks a second account of a vendor with its own key, at the exact price of the catalogue', async () => {
  await calling.answer({ step: 1, taskClass: 'eu' })
  const [attempt] = await calling.attempts()
  expect(attempt).toMatchObject({ provider: 'openai-eu', endpoint: 'openai-eu:openai/gpt-5-mini', outcome: 'answered' })
  const [metered] = calling.vendors.meter()
  expect(metered).toMatchObject({ vendor: 'second' })
  expect(attempt!.cost).toEqual({ lowPico: metered!.billedPico, highPico: metered!.billedPico })
})

it('goes on at the second account where the first one answers 429', async () => {
  await calling.vendors.setFaults('first', [{ kind: 'rate-limit', retryAfterMs: 60_000 }])
  // Which of two equals is asked first is drawn.
  for (const [at, draw] of [0.01, 0.99].entries())
    await calling.answer({ step: 2 + at, taskClass: 'any', memory: { draw } })
  const seen = (await calling.attempts()).filter(({ step }) => step > 1)
  const limited = seen.find(({ fault }) => fault?.kind === 'rate-limited')!
  expect(limited).toMatchObject({ provider: 'openai', attempt: 1 })
  expect(seen.find(({ step, attempt }) => step === limited.step && attempt === 2)).toMatchObject({
    provider: 'openai-eu',
    outcome: 'answered',
  })
})
