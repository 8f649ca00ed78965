import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { AttemptRecord, NewAttempt } from '../../src/core/ports.ts'
import type { CallModelInput, RoutingMemory } from '../../src/core/protocol.ts'
import { explainCall } from '../../src/runtime/routes/explain-call.ts'
import { defineTool } from '../../src/tools/index.ts'
import { beginCall } from '../support/call-scene.ts'
import { type Calling, callOf, RUN, startCalling } from '../support/calling.ts'
import { marketOf } from '../support/market.ts'
import { APP } from '../support/scene.ts'
import { startScriptedVendor } from '../support/scripted-vendor.ts'

const STEPS = 6

/** As Anthropic has them for a large model: what is written costs a quarter more, what is read a tenth. */
const PRICE = { input: 3, cachedInput: 0.3, cacheWrite: 3.75, cacheWriteHour: 6, output: 15 }
const LARGE = { contextWindow: 200_000, abilities: ['tools'], price: PRICE }
const SUM = {
  match: 'long sum',
  turns: Array.from({ length: STEPS }, (_, at) => ({ tools: [{ name: 'add', arguments: { a: at, b: 1 } }] })),
}

const market = (provider: object = {}, options = '') =>
  marketOf(
    {
      two: {
        protocol: 'anthropic',
        models: { 'acme/large': LARGE },
        vendor: { cache: true, behaviours: [SUM] },
        ...provider,
      },
    },
    `classes: { open: { maxOutputTokens: 500 ${options} } }`,
  )

let calling: Calling
afterEach(() => calling?.close())

/** 7,000 characters are above the 1,024 tokens below which nothing is cached. */
const RULES = 'Add what you are given, one step at a time, and say nothing else. '.repeat(110)

it('goes by the key of the run from which it was forked, where the vendor goes by one', async () => {
  const vendor = await startScriptedVendor()
  vendor.answer(response => response.writeHead(400).end())
  calling = await startCalling({
    ...market({ protocol: 'openai', baseURL: vendor.url }),
    unmetered: 'a scripted vendor answers',
  })
  await calling.open()
  const known = { endpoint: 'two:acme/large', promptTokens: 9, length: 1 }
  await calling.call({ memory: { draw: 0.5, known: { ...known, cacheKey: 'key-0' } } })
  await calling.call({ step: 2, memory: { draw: 0.5, known } })
  await vendor.stop()
  const keys = vendor.seen.map(({ body }) => (JSON.parse(body) as { prompt_cache_key: string }).prompt_cache_key)
  expect([keys[0], keys.at(-1)]).toEqual(['key-0', RUN.key])
})

describe('a tool chain at a vendor that caches only what is marked', () => {
  it('reads its prefix from the cache from the second step on, and pays what the meter says', async () => {
    calling = await startCalling({ ...market(), app: { tools: APP.tools } })
    const rows = await chain(1)
    const [first, ...later] = rows.map(({ usage }) => usage)
    expect(first).toMatchObject({ cacheReadTokens: 0, cacheWriteHourTokens: 0 })
    expect(first!.cacheWriteTokens).toBe(first!.inputTokens)
    for (const [at, usage] of later.entries()) {
      expect(usage.cacheReadTokens).toBe(rows[at]!.usage.inputTokens)
      expect(usage.cacheReadTokens! + usage.cacheWriteTokens!).toBe(usage.inputTokens)
    }
    expect(billed()).toBe(ledgerSum(rows))
    // All of it at the price of input, as without marks.
    const plain = rows.reduce((sum, { usage }) => sum + usage.inputTokens! * 3 + usage.outputTokens! * 15, 0)
    expect(Number(billed()) / 1e6 / plain).toBeLessThan(0.45)
  })

  it('knows what is warm: the next plan counts on what the vendor has said that it holds', async () => {
    calling = await startCalling({ ...market(), app: { tools: APP.tools } })
    const rows = await chain(1)
    const { usage } = rows.at(-1)!
    expect(memory.known?.warm?.[0]?.tokens).toBe(usage.inputTokens)
    const { hitRate } = calling.wired.ports.health.of('two:acme/large').measured!
    expect(hitRate).toBeGreaterThan(0.97)
  })

  it('keeps it for an hour where the endpoint’s time to live says so', async () => {
    let nowMs = Date.now()
    calling = await startCalling({
      ...market({ cacheTtl: '1h' }),
      app: { tools: APP.tools },
      now: () => nowMs,
    })
    const first = await chain(1)
    expect(first[0]!.usage.cacheWriteHourTokens).toBe(first[0]!.usage.inputTokens)
    nowMs += 50 * 60_000
    // Another run's first call with the same tools and rules: it reads what stands before its own words.
    const rows = await chain(10, `${RUN.key}/10`)
    expect(rows.at(-STEPS)!.usage.cacheReadTokens).toBeGreaterThan(1_500)
    expect(billed()).toBe(ledgerSum(rows))
  })

  it('is found again after a step that has added more blocks than the vendor looks back', async () => {
    calling = await startCalling({ ...market(), app: { tools: APP.tools } })
    await calling.open()
    const many = Array.from({ length: 30 }, (_, at) => userText(`And ${at}.`))
    const opening = callOf({ additions: [{ role: 'system', content: RULES }, userText('Hello.')], tools: ['add'] })
    const first = await calling.answer(opening)
    await calling.answer({ ...next(opening, first.transcript, first.known), additions: many })
    const [one, two] = await calling.attempts()
    expect(two!.usage.cacheReadTokens).toBe(one!.usage.inputTokens)
  })

  it('is not marked any more where the pauses between its calls are far longer than the cache keeps it', async () => {
    calling = await startCalling({ ...market(), app: { tools: APP.tools } })
    await calling.open()
    const opening = callOf({ additions: [{ role: 'system', content: RULES }, userText('Hello.')], tools: ['add'] })
    const { transcript, known } = await calling.answer(opening)
    const additions = [userText('So. '.repeat(2_000))]
    const rare = { ...next(opening, transcript, { ...known!, gapMs: 3_600_000 }), additions }
    await calling.answer(rare)
    const [, second] = await calling.attempts()
    // Tools and rules are read all the same: another run may have written them a minute ago.
    expect(second!.usage.cacheReadTokens).toBeGreaterThan(1_024)
    expect(second!.usage.cacheReadTokens! + second!.usage.cacheWriteTokens!).toBeLessThan(
      second!.usage.inputTokens! - 1_500,
    )
  })

  it('is not marked where the class says so', async () => {
    const off = ', providerOptions: { anthropic: { cacheControl: null } }'
    calling = await startCalling({ ...market({}, off), app: { tools: APP.tools } })
    const rows = await chain(1)
    expect(rows.map(({ usage }) => usage.cacheReadTokens! + usage.cacheWriteTokens!)).toEqual(Array(STEPS).fill(0))
    expect(memory.known?.warm?.[0]?.tokens).toBe(0)
  })
})

describe('a deploy that gives an agent more tools, or its class more reasoning', () => {
  /** Some 20 KB of schema, of which the vendor has counted nothing so far. */
  const survey = defineTool({ name: 'survey', description: 'asks '.repeat(4_000), input: z.object({}), run: () => 0 })

  /** The first call of a run, and how the second leaves that asks with what is said here. */
  async function secondWith(more: Partial<CallModelInput>) {
    calling = await startCalling({ ...market(), app: { tools: [...APP.tools!, survey] } })
    await calling.open()
    const left: NewAttempt[] = []
    const { beginAttempt } = calling.wired.ports.ledger
    const ledger = {
      ...calling.wired.ports.ledger,
      beginAttempt: (attempt: NewAttempt) => {
        left.push(attempt)
        return beginAttempt(attempt)
      },
    }
    const opening = callOf({ additions: [{ role: 'system', content: RULES }, userText('Hello.')], tools: ['add'] })
    const { transcript, known } = await calling.answer(opening)
    const asked = { ...next(opening, transcript, known), additions: [userText('And?')], ...more }
    const second = await beginCall({ ...calling.wired.ports, ledger }, asked).result
    if (second.kind !== 'answered') throw new Error(`not answered: ${JSON.stringify(second)}`)
    const calls = await explainCall({ reports: calling.store.reports, place: 'here' }, RUN.id, 2)
    const warm = calls[0]!.plans[0]!.candidates[0]!.warmTokens
    return { known: known!, worst: left[0]!.worstCase, warm, after: second.answer.known! }
  }

  it('is counted in the worst case of the next call, whose prompt is warm nowhere', async () => {
    const { known, worst, warm, after } = await secondWith({ tools: ['add', 'survey'] })
    expect(worst.tokens).toBeGreaterThan(known.promptTokens + 20_000)
    expect(warm).toBeUndefined()
    expect(after).toMatchObject({ calls: 2, length: 5 })
    expect(after.beside).not.toBe(known.beside)
    expect(after.beside!.length).toBeLessThanOrEqual(8)
  })

  it('leaves the size of the prompt known and its prefix warm where nothing has changed', async () => {
    const { known, worst, warm, after } = await secondWith({})
    expect(worst.tokens).toBeLessThan(known.promptTokens + 700)
    expect(warm).toBe(known.warm![0]!.tokens)
    expect(after.beside).toBe(known.beside)
  })

  it('holds for the reasoning that is asked for as well', async () => {
    const { known, worst, warm } = await secondWith({ settings: { reasoning: 'low' } })
    expect(worst.tokens).toBeGreaterThan(known.promptTokens + 5_000)
    expect(warm).toBeUndefined()
  })

  it('holds for what is said to the vendor by name: it may count more, and keep the prompt by it', async () => {
    const providerOptions = { anthropic: { effort: 'low' } }
    const { known, worst, warm, after } = await secondWith({ settings: { providerOptions } })
    expect(worst.tokens).toBeGreaterThan(known.promptTokens + 5_000)
    expect(warm).toBeUndefined()
    expect(after.beside).not.toBe(known.beside)
    expect(after.beside!.length).toBeLessThanOrEqual(8)
  })
})

describe('calls that stand alone', () => {
  it('write what stands before their last message, for the others, and not their own words', async () => {
    calling = await startCalling(market())
    await calling.open()
    const about = (question: string, step: number) =>
      calling.answer({ step, additions: [userText(RULES), userText(`${question} ${'So. '.repeat(1_500)}`)] })
    await about('What is it about?', 1)
    await about('Who wrote it?', 2)
    const [one, two] = await calling.attempts()
    expect(one!.usage.cacheWriteTokens).toBeGreaterThan(1_024)
    expect(one!.usage.cacheWriteTokens).toBeLessThan(one!.usage.inputTokens! / 1.5)
    expect(two!.usage).toMatchObject({ cacheReadTokens: one!.usage.cacheWriteTokens, cacheWriteTokens: 0 })
  })
})

let memory: RoutingMemory

/** An agent's loop, call by call. */
async function chain(fromStep: number, lineage = `${RUN.key}/1`): Promise<readonly AttemptRecord[]> {
  await calling.open()
  let input = callOf({
    step: fromStep,
    transcript: { lineage, length: 0 },
    additions: [{ role: 'system', content: RULES }, userText(`A long sum for ${lineage}.`)],
    tools: ['add'],
  })
  for (let step = fromStep; step < fromStep + STEPS; step += 1) {
    const { transcript, toolCalls, known } = await calling.answer(input)
    memory = { draw: 0.5, ...(known && { known }) }
    const results = toolCalls.map(({ toolCallId, toolName }) => ({
      toolCallId,
      toolName,
      isError: false,
      preview: JSON.stringify('so much '.repeat(40)),
      bytes: 322,
      stored: false,
      step,
    }))
    input = { ...next(input, transcript, known), additions: [{ role: 'tool-results', results }] }
  }
  return calling.attempts()
}

function next(before: CallModelInput, transcript: CallModelInput['transcript'], known: RoutingMemory['known']) {
  return { ...before, step: before.step + 1, transcript, memory: { draw: 0.5, ...(known && { known }) } }
}

function userText(text: string) {
  return { role: 'user' as const, content: [{ type: 'text' as const, text }] }
}

function billed(): bigint {
  return calling.vendors.meter().reduce((sum, { billedPico }) => sum + BigInt(billedPico), 0n)
}

function ledgerSum(rows: readonly AttemptRecord[]): bigint {
  for (const { cost } of rows) expect(cost?.lowPico).toBe(cost?.highPico)
  return rows.reduce((sum, { cost }) => sum + BigInt(cost!.highPico), 0n)
}
