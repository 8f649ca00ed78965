import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { App } from '../../src/runtime/app/app.ts'
import type { RunHandle } from '../../src/runtime/runs/run-handle.ts'
import { defineAgent, defineTool } from '../../src/tools/index.ts'
import { detailsWith } from '../support/details.ts'
import { allEvents } from '../support/following.ts'
import { historyOf } from '../support/history.ts'
import { marketOf } from '../support/market.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'
import { toolNamed } from '../support/tool-named.ts'

const CEILING = 8_000
const CLASSES = `
classes:
  cheap: { models: [acme/small], maxOutputTokens: 500 }
  compaction: { models: [acme/summing], maxOutputTokens: 500 }
  dear: { models: [acme/summing], maxOutputTokens: 500 }
  terse: { models: [acme/summing], maxOutputTokens: 3 }
budgets:
  few-summaries: { scope: { class: dear }, per: lifetime, usd: '0.000001' }
`

const MODEL = { abilities: ['tools'], price: { input: 1, cachedInput: 0.1, output: 4 } }

const dig = (depth: number) => ({ tools: [{ name: 'dig', arguments: { depth } }] })
const find = (depth: number) => `What lies ${depth} deep: ${`stone ${depth} `.repeat(500)}`
const referenceTo = (depth: number) =>
  createHash('sha256')
    .update(JSON.stringify(find(depth)))
    .digest('hex')
    .slice(0, 12)

/** What notes do not shorten. */
const THOUGHTS = 'Deeper down, perhaps. '.repeat(40)

/** Digs twelve times, reads again what it found first, and answers. */
const behaviours = [
  {
    match: 'You are a reader',
    // Behind the answers of the digger.
    turns: [
      ...Array.from({ length: 15 }, () => ({ text: '' })),
      { tools: [{ name: 'read_result', arguments: { reference: referenceTo(11) } }] },
      { text: 'Read.' },
    ],
  },
  {
    match: 'fetch all after digging',
    turns: [
      ...Array.from({ length: 4 }, (_, depth) => ({ text: THOUGHTS, ...dig(depth) })),
      { text: THOUGHTS, tools: [{ name: 'huge', arguments: {} }] },
      { text: 'Too much at once.' },
    ],
  },
  { match: 'everything', turns: [{ tools: [{ name: 'huge', arguments: {} }] }, { text: 'So much.' }] },
  { match: 'Sum it up', turns: [{ text: 'It dug, and found stones.' }] },
  {
    match: 'read again',
    turns: [
      ...Array.from({ length: 12 }, (_, depth) => dig(depth)),
      { tools: [{ name: 'read_result', arguments: { reference: referenceTo(0), from: 10 } }] },
      { tools: [{ name: 'read_result', arguments: { reference: 'abcdefabcdef' } }] },
      { text: 'That was it.' },
    ],
  },
  {
    match: 'dig for ever',
    turns: Array.from({ length: 200 }, (_, depth) => ({ text: THOUGHTS, ...dig(depth) })),
  },
]

const PROVIDER = {
  protocol: 'anthropic' as const,
  models: { 'acme/small': MODEL, 'acme/summing': MODEL },
  vendor: { behaviours },
}

const tools = [
  defineTool({
    name: 'dig',
    description: 'digs',
    input: z.object({ depth: z.number() }),
    run: async ({ depth }) => find(depth),
  }),
  // 20 MB
  toolNamed('huge', () => 'huge '.repeat(4_000_000), { maxResultBytes: 30_000_000 }),
]

const APP: App = {
  tools,
  agents: [
    defineAgent({
      name: 'digger',
      instructions: 'You dig.',
      tools,
      taskClass: 'cheap',
      limits: { promptTokens: CEILING, keptSteps: 2, steps: 40, stepsPerPart: 8 },
    }),
    defineAgent({
      name: 'terse-digger',
      instructions: 'You dig.',
      tools,
      taskClass: 'cheap',
      compaction: 'terse',
      limits: { promptTokens: CEILING, keptSteps: 2, steps: 20 },
    }),
    defineAgent({
      name: 'saver',
      instructions: 'You dig.',
      tools,
      taskClass: 'cheap',
      compaction: 'dear',
      limits: { promptTokens: CEILING, keptSteps: 2, steps: 20 },
    }),
    defineAgent({
      name: 'reader',
      instructions: 'You are a reader.',
      taskClass: 'cheap',
      limits: { promptTokens: CEILING / 2, keptSteps: 1 },
    }),
  ],
}

let stage: Stage

/** Digs until its steps are used up, and has its prompt summed up on the way. */
let endless: RunHandle

beforeAll(async () => {
  stage = await stageScene({ ...marketOf({ one: PROVIDER }, CLASSES), app: APP })
  endless = await stage.signalbox.start('digger', { input: 'Now dig for ever.' })
})

afterAll(() => stage?.close())

describe('a prompt at its ceiling', () => {
  it('loses old tool results, which the model reads again by their reference', async () => {
    const run = await stage.signalbox.start('digger', { input: 'Dig, then read again.' })
    const outcome = await run.outcome()
    expect(outcome).toMatchObject({ kind: 'answered', toolCalls: 14 })
    const events = await allEvents(run.events())
    const shortened = events.filter(event => event.kind === 'prompt-shortened')
    expect(shortened.length).toBeGreaterThan(0)
    expect(shortened.map(event => event.by)).toEqual(shortened.map(() => 'clearing'))
    const [whole, missing] = events.filter(event => event.kind === 'tool-end' && event.toolName === 'read_result')
    expect(whole).toMatchObject({ isError: false, preview: expect.stringContaining('0 deep: stone 0') })
    expect(missing).toMatchObject({ isError: true, preview: expect.stringContaining('copy it from the note') })
    expect(await largestPrompt(run)).toBeLessThanOrEqual(CEILING)
    const { key } = (await stage.store.reports.run(run.id))!
    const transcript = await stage.store.transcripts.read({ lineage: `${key}/1`, length: 31 })
    expect(JSON.stringify(transcript)).toContain(find(0))
    const summaries = (await historyOf(stage.signalbox.client, run.id)).map(event => event.summary)
    await detailsWith(stage.signalbox.client, run.id, 'old results cleared')
    expect(summaries.join()).not.toContain('sums up')
  })

  it('goes on with a summary by a class of its own, whose cost is the run’s', async () => {
    const outcome = await endless.outcome()
    expect(outcome).toMatchObject({ kind: 'out-of-budget', message: expect.stringContaining('40 steps') })
    const events = await allEvents(endless.events())
    const ways = events.flatMap(event => (event.kind === 'prompt-shortened' ? [event.by] : []))
    expect(new Set(ways)).toEqual(new Set(['clearing', 'compaction']))
    const rows = await stage.store.reports.attempts({ run: endless.id, limit: 1_000 })
    const summing = rows.filter(row => row.taskClass === 'compaction')
    expect(summing.length).toBe(ways.filter(way => way === 'compaction').length)
    const said = events.filter(event => event.kind === 'step-start' && event.sumsUp)
    expect(said.map(event => 'step' in event && event.step)).toEqual(summing.map(row => row.step))
    expect(outcome.calls).toBe(40 + summing.length)
    const billed = rows.reduce((sum, row) => sum + BigInt(row.cost?.highPico ?? 0), 0n)
    expect(outcome.cost.highPico).toBe(billed.toString())
    expect(await largestPrompt(endless)).toBeLessThanOrEqual(CEILING + 500)
  })
})

describe('a summary that its output limit has cut', () => {
  it('says so where it stands: its model is told of no half of one as if it were whole', async () => {
    const run = await stage.signalbox.start('terse-digger', { input: 'Dig for ever, tersely.' })
    await run.outcome()
    const { key } = (await stage.store.reports.run(run.id))!
    const steps = await stage.store.reports.steps(key)
    const { transcript, view } = steps.find(step => !step.sumsUp && step.view?.compacted)!
    const prompt = await stage.store.transcripts.read(transcript, view)
    expect(JSON.stringify(prompt[2])).toMatch(/This is the summary:.*The summary was cut here/)
  })
})

describe('a run whose summaries no budget admits', () => {
  it('goes on without, as long as its prompt fits anywhere: its own calls are what its money is for', async () => {
    const run = await stage.signalbox.start('saver', { input: 'Dig for ever, and save.' })
    expect(await run.outcome()).toMatchObject({ kind: 'out-of-budget', message: expect.stringContaining('20 steps') })
    const rows = await stage.store.reports.attempts({ run: run.id, limit: 1_000 })
    expect(new Set(rows.map(row => row.taskClass))).toEqual(new Set(['cheap']))
  })
})

describe('a fork', () => {
  it('begins with the prompt that the run had at that step, and may be made shorter as the run’s', async () => {
    await endless.outcome()
    const sent = async (id: string) => {
      const rows = await stage.store.reports.attempts({ run: id, limit: 1_000 })
      return rows.map(({ step, taskClass, usage }) => ({ step, taskClass, tokens: usage.inputTokens }))
    }
    const before = await sent(endless.id)
    const summing = before.find(({ taskClass }) => taskClass === 'compaction')!.step
    const at = summing + 3
    const fork = await stage.signalbox.fork(endless.id, { atStep: at, budget: { steps: 12 } })
    await fork.outcome()
    const after = await sent(fork.id)
    expect(after[0]).toEqual({ ...before.find(({ step }) => step === at), step: 1 })
    expect(after.length).toBeGreaterThan(8)
    expect(Math.max(...after.map(({ tokens }) => tokens ?? 0))).toBeLessThanOrEqual(CEILING + 500)
    const ways = (await allEvents(fork.events())).filter(({ kind }) => kind === 'prompt-shortened')
    expect(ways.length).toBeGreaterThan(0)
    const again = await stage.signalbox.fork(fork.id, { atStep: 2, budget: { steps: 1 } })
    await again.outcome()
    expect((await sent(again.id))[0]?.tokens).toBe(after[1]?.tokens)
    await expect(stage.signalbox.fork(endless.id, { atStep: summing })).rejects.toThrow(
      `step ${summing} of run ${endless.id} sums up what came before, and cannot be continued from; step ${summing + 1} continues with that summary, step ${summing - 1} with what it sums up`,
    )
  })
})

describe('a conversation that another agent takes over, whose prompt is to be shorter', () => {
  const handOver = async (text: string) => {
    const turns = [
      { agent: 'digger', text },
      { agent: 'reader', text: 'What was it?' },
    ]
    const run = await stage.signalbox.start('inTurns', { input: { turns } })
    const outcome = await run.outcome()
    const taken = (await stage.store.reports.attempts({ run: run.id, limit: 1_000 })).filter(
      ({ taskClass }) => taskClass === 'cheap',
    )
    const events = await allEvents(run.events())
    return { run, outcome, taken, events }
  }

  it('is made so before its first call, and cleared results are read again from it', async () => {
    const { run, outcome, taken, events } = await handOver('Dig, then read again.')
    expect(outcome).toMatchObject({ kind: 'answered', calls: 17, toolCalls: 15 })
    expect(Math.max(...taken.slice(15).map(({ usage }) => usage.inputTokens!))).toBeLessThanOrEqual(CEILING / 2 + 500)
    expect(events).toContainEqual(expect.objectContaining({ kind: 'prompt-shortened', step: 16, by: 'clearing' }))
    expect(events.findLast(({ kind }) => kind === 'tool-end')).toMatchObject({
      toolName: 'read_result',
      preview: expect.stringContaining('11 deep: stone 11'),
    })
    expect(JSON.stringify(await run.messages())).toContain(find(0))
  })

  it('goes on with the summary that it has, and with results that no call has taken along', async () => {
    const { run, taken, events } = await handOver('Now dig for ever.')
    const { step } = taken.at(-1)!
    const { key } = (await stage.store.reports.run(run.id))!
    const steps = await stage.store.reports.steps(key)
    const { transcript, view } = steps.find(each => each.step === step)!
    const prompt = await stage.store.transcripts.read(transcript, view)
    expect(prompt.slice(0, 2).map(({ content }) => content)).toEqual([
      'You are a reader.',
      [{ type: 'text', text: 'Now dig for ever.' }],
    ])
    expect(JSON.stringify(prompt[2])).toMatch(/This is the summary:.*It dug, and found stones/)
    expect(taken.at(-1)!.usage.inputTokens).toBeLessThanOrEqual(CEILING / 2 + 500)
    expect(events.filter(({ kind }) => kind === 'prompt-shortened').at(-1)).toMatchObject({ step })
    // The last result of the digger, whole or as a note, and the answer.
    expect(prompt.slice(-5).map(({ role }) => role)).toEqual(['tool', 'user', 'user', 'user', 'assistant'])
  })
})

describe('a tool result that no window holds', () => {
  it('is kept whole, and the model is told where it lies', async () => {
    const run = await stage.signalbox.start('digger', { input: 'Fetch everything.' })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', toolCalls: 1 })
    const { key } = (await stage.store.reports.run(run.id))!
    const transcript = await stage.store.transcripts.read({ lineage: `${key}/1`, length: 4 })
    expect(JSON.stringify(transcript.at(-1)).length).toBeGreaterThan(19_000_000)
    expect(await largestPrompt(run)).toBeLessThanOrEqual(CEILING + 500)
  })
})

describe('a tool result that no window holds, in the middle of a long prompt', () => {
  it('becomes a note, and nobody is paid for a summary that would not make room for it', async () => {
    const run = await stage.signalbox.start('digger', { input: 'Now fetch all after digging.' })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', toolCalls: 5, calls: 6 })
    const shortened = (await allEvents(run.events())).filter(event => event.kind === 'prompt-shortened')
    expect(shortened.map(({ by }) => by)).toEqual(['clearing'])
    expect(await largestPrompt(run)).toBeLessThanOrEqual(CEILING + 500)
  })
})

async function largestPrompt({ id }: RunHandle): Promise<number> {
  const rows = await stage.store.reports.attempts({ run: id, limit: 1_000 })
  return Math.max(...rows.map(row => row.usage.inputTokens ?? 0))
}
