import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { VendorScript } from '../../src/providers/simulated/index.ts'
import { defineAgent, defineTool } from '../../src/tools/index.ts'
import { allEvents, eventOf, untilState } from '../support/following.ts'
import { historyOf, historyText } from '../support/history.ts'
import { APP } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

let stage: Stage

type Behaviour = NonNullable<VendorScript['vendors'][number]['behaviours']>[number]

const host = z.string().transform(text => new URL(text).host)
const tools = [
  defineTool({ name: 'visit', description: 'visits', input: z.object({ host }), run: async () => 'seen' }),
  defineTool({
    name: 'doubt',
    description: 'doubts',
    input: z.object({}),
    needsApproval: () => {
      throw new Error('the list is not there')
    },
    run: async () => 'doubted',
  }),
]
const daring = defineAgent({ name: 'daring', instructions: 'You try.', tools, taskClass: 'cheap' })
const carelessly: Behaviour = {
  match: 'carelessly',
  turns: [
    {
      tools: [
        { name: 'visit', arguments: { host: 'nowhere' } },
        { name: 'doubt', arguments: {} },
      ],
    },
    { text: 'Tried.' },
  ],
}

let isOut = false
const leak = defineTool({
  name: 'leak',
  description: 'tells all',
  input: z.object({}),
  run: () => {
    isOut = true
    return 'told'
  },
})
const modest = defineAgent({ name: 'modest', instructions: 'You add.', tools: ['add'], taskClass: 'cheap' })
const overreaching: Behaviour = {
  match: 'overreach',
  turns: [{ tools: ['leak', 'publish', 'critic', 'ad'].map(name => ({ name, arguments: {} })) }, { text: 'Tried.' }],
}

const eager = defineAgent({
  name: 'eager',
  instructions: 'You add first.',
  tools: ['big', 'add'],
  toolChoice: 'add',
  taskClass: 'cheap',
  limits: { steps: 4 },
})

let studied: () => void = () => {}
const study = defineTool({
  name: 'study',
  description: 'takes its time',
  input: z.object({}),
  run: async (_, { progress }) => {
    progress('read 40 of 200 pages')
    await new Promise<void>(resolve => {
      studied = resolve
    })
    return 'studied'
  },
})
const patient = defineAgent({ name: 'patient', instructions: 'You study.', tools: [study], taskClass: 'cheap' })
const patiently: Behaviour = {
  match: 'patiently',
  turns: [{ tools: [{ name: 'study', arguments: {} }] }, { text: 'Studied.' }],
}

const hostess = defineAgent({
  name: 'hostess',
  instructions: ({ labels, workspace }) => `You serve ${labels.customer} of ${workspace}.`,
  taskClass: 'cheap',
})

const halfway: Behaviour = {
  match: 'halfway',
  turns: [{ text: 'Half of it is done.', tools: [{ name: 'ad', arguments: {} }] }],
}

beforeAll(async () => {
  stage = await stageScene({
    app: {
      ...APP,
      tools: [...APP.tools!, ...tools, leak, study],
      agents: [...APP.agents!, daring, modest, eager, hostess, patient],
    },
    behaviours: [halfway, carelessly, overreaching, patiently],
  })
})

afterAll(() => stage?.close())

describe('an agent', () => {
  it('is made to call the tool of its choice in its first answer, and in no later one', async () => {
    const run = await stage.signalbox.start('eager', { input: 'Say hello.' })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', calls: 2, toolCalls: 1 })
    const started = (await allEvents(run.events())).filter(event => event.kind === 'tool-start')
    expect(started.map(({ toolName }) => toolName)).toEqual(['add'])
  })

  it('is told what its instructions are for this run, and a fork of it is told the same', async () => {
    const run = await stage.signalbox.start('hostess', { input: 'Say hello.', labels: { customer: 'ann' } })
    await run.outcome()
    const system = { role: 'system', content: 'You serve ann of default.' }
    expect((await run.messages())[0]).toEqual(system)
    const fork = await stage.signalbox.fork(run.id, { atStep: 1, labels: { customer: 'bob' } })
    expect(await fork.outcome()).toMatchObject({ kind: 'answered' })
    expect((await fork.messages())[0]).toEqual(system)
  })

  it('is not made to once more by a fork of a later step', async () => {
    const run = await stage.signalbox.start('eager', { input: 'Say hello.' })
    await run.outcome()
    const later = await stage.signalbox.fork(run.id, { atStep: 2 })
    expect(await later.outcome()).toMatchObject({ kind: 'answered', calls: 1, toolCalls: 0 })
    const first = await stage.signalbox.fork(run.id, { atStep: 1 })
    expect(await first.outcome()).toMatchObject({ kind: 'answered', calls: 2, toolCalls: 1 })
  })

  it('calls its tools and answers', async () => {
    const run = await stage.signalbox.start('clerk', { input: 'What is the sum?' })
    const outcome = await run.outcome()
    expect(outcome).toMatchObject({ kind: 'answered', calls: 2, toolCalls: 2 })
    expect(outcome.text).toContain('The sums are 3 and 7.')
    const cost = await stage.store.reports.cost(run.id)
    expect(cost?.highPico).toBe(outcome.cost.highPico)
  })

  it('shows people how far a tool is while it works, and leaves nothing of it', async () => {
    const run = await stage.signalbox.start('patient', { input: 'Work patiently.' })
    const told = await eventOf(run.events(), 'tool-progress')
    expect(told).toMatchObject({ step: 1, toolName: 'study', text: 'read 40 of 200 pages' })
    studied()
    expect(await run.outcome()).toMatchObject({ kind: 'answered', calls: 2, toolCalls: 1 })
    const history = await historyText(stage.signalbox.client, run.id)
    for (const kept of [await allEvents(run.events()), await run.messages(), history].map(part =>
      JSON.stringify(part),
    )) {
      expect(kept).toContain('studied')
      expect(kept).not.toContain('40 of 200')
    }
  })

  it('runs no tool that it was not offered, whoever else has it, and asks nobody about one', async () => {
    const run = await stage.signalbox.start('modest', { input: 'Please overreach.' })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', calls: 2, toolCalls: 4 })
    expect(isOut).toBe(false)
    const events = await allEvents(run.events())
    expect(events.some(event => event.kind === 'approval-ask')).toBe(false)
    expect(events.filter(event => event.kind === 'tool-end').every(({ isError }) => isError)).toBe(true)
    const told = JSON.stringify((await transcriptOf(run.id))[3])
    expect(told).toContain("there is no tool 'leak'")
    expect(told).toContain("there is no tool 'ad'; did you mean 'add'?")
  })

  it('waits for a person where a tool needs approval, runs the others meanwhile, and says so in the UI', async () => {
    const run = await stage.signalbox.start('clerk', { input: 'Please publish this.' })
    const asked = await eventOf(run.events(), 'approval-ask')
    expect(asked).toMatchObject({ toolName: 'publish', inputPreview: '{"text":"hello"}' })
    await untilState(run, state => state.status === 'waiting-for-approval')
    await expect(run.approve('call-nobody-made')).rejects.toMatchObject({
      cause: { message: expect.stringContaining("nothing is asked under 'call-nobody-made'") },
    })
    await run.approve(asked.toolCallId, { by: 'Ada' })
    await run.approve(asked.toolCallId)
    expect(await run.outcome()).toMatchObject({ kind: 'answered', toolCalls: 2 })
    const summaries = (await historyOf(stage.signalbox.client, run.id)).map(event => event.summary)
    expect(summaries).toContain('cheap · step 1')
    expect(summaries).toContain('publish · step 1')
  })

  it('goes on without a tool that a person denied', async () => {
    const run = await stage.signalbox.start('clerk', { input: 'Please publish this too.' })
    const asked = await eventOf(run.events(), 'approval-ask')
    await run.deny(asked.toolCallId, { by: 'Ada', note: 'not today' })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', toolCalls: 1 })
    const answer = stage.vendors.meter().at(-1)
    expect(answer).toMatchObject({ outcome: 'answered' })
  })

  it('tells the model of unknown tools, bad arguments and failing tools, and goes on', async () => {
    const run = await stage.signalbox.start('clerk', { input: 'Make some mistakes.' })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', toolCalls: 3 })
    const ends = (await allEvents(run.events())).filter(event => event.kind === 'tool-end')
    const previews = Object.fromEntries(ends.map(event => [event.toolName, event.preview]))
    expect(previews.ad).toContain("did you mean 'add'?")
    expect(previews.add).toContain('bad arguments for add')
    expect(previews.break).toContain('the shelf is empty')
    expect(ends.every(event => event.isError)).toBe(true)
  })

  it('keeps a long tool result out of history, and shows the model all of it', async () => {
    const run = await stage.signalbox.start('clerk', { input: 'Read the big one.' })
    expect(await run.outcome()).toMatchObject({ kind: 'answered' })
    const { events } = await stage.signalbox.client.workflow.getHandle(run.id).fetchHistory()
    expect(JSON.stringify(events).length).toBeLessThan(30_000)
    expect(stage.vendors.meter().at(-1)?.inputTokens).toBeGreaterThan(5_000)
  })

  it('shows no bytes in place of the results of activities that give nothing', async () => {
    const run = await stage.signalbox.start('clerk', { input: 'Please publish this, said the people.' })
    const asked = await eventOf(run.events(), 'approval-ask')
    await run.say('and be quick')
    await run.approve(asked.toolCallId)
    await run.outcome()
    const { events } = await stage.signalbox.client.workflow.getHandle(run.id).fetchHistory()
    const results = (events ?? []).flatMap(event => event.activityTaskCompletedEventAttributes?.result?.payloads ?? [])
    const encodings = results.map(({ metadata }) => Buffer.from(metadata?.encoding ?? '').toString())
    expect(encodings.length).toBeGreaterThan(5)
    expect(new Set(encodings)).toEqual(new Set(['json/plain']))
  })

  it('hears what people say while it runs', async () => {
    const run = await stage.signalbox.start('clerk', { input: 'Please publish this as well.' })
    const asked = await eventOf(run.events(), 'approval-ask')
    for (const _ of [1, 2]) await run.say('and be quick', { id: 'a word', by: 'Ada' })
    const told = await eventOf(run.events({ after: asked.offset }), 'said')
    expect(told).toMatchObject({ id: 'a word', text: 'and be quick', by: 'Ada' })
    const nameless = { by: 'A'.repeat(201) }
    await expect(run.say('or stay', nameless)).rejects.toMatchObject({
      cause: { message: expect.stringContaining('at most 200') },
    })
    await run.say('or leave it')
    await run.approve(asked.toolCallId)
    await run.outcome()
    const later = await allEvents(run.events({ after: told.offset }))
    expect(later.flatMap(event => (event.kind === 'said' ? event.text : []))).toEqual(['or leave it'])
    await expect(run.say('too late')).rejects.toThrow()
    const messages = await transcriptOf(run.id, 6)
    expect(messages.filter(message => message.role === 'user')).toHaveLength(3)
  })

  it('stops after what is paid for, and cancels a tool at once', async () => {
    const stopped = await stage.signalbox.start('clerk', { input: 'Please publish this last.' })
    await eventOf(stopped.events(), 'approval-ask')
    await stopped.stop()
    expect(await stopped.outcome()).toMatchObject({ kind: 'stopped', calls: 1 })
    const cancelled = await stage.signalbox.start('clerk', { input: 'Use the slow tool.' })
    await eventOf(cancelled.events(), 'tool-start')
    await cancelled.cancel()
    await expect.poll(async () => (await cancelled.state()).status).toBe('cancelled')
    await expect(cancelled.say('Wait!')).rejects.toThrow(/was cancelled and reads no message any more|has ended/)
    expect(await cancelled.outcome()).toMatchObject({ kind: 'cancelled', calls: 1 })
    expect((await cancelled.state()).status).toBe('cancelled')
    expect((await stage.store.reports.run(cancelled.id))?.outcome).toBe('cancelled')
  })
})

describe('starting a run', () => {
  it('gives the run that is there when the id is taken', async () => {
    const first = await stage.signalbox.start('clerk', { id: 'once', input: 'What is the sum?' })
    await first.outcome()
    const calls = stage.vendors.meter().length
    const second = await stage.signalbox.start('clerk', { id: 'once', input: 'What is the sum?' })
    expect(await second.outcome()).toMatchObject({ kind: 'answered' })
    expect(stage.vendors.meter()).toHaveLength(calls)
  })

  it.each([
    ['clark', {}, "no agent or workflow is called 'clark'; did you mean 'clerk'?"],
    ['clerk', { taskClass: 'chep' }, "no task class is called 'chep'; did you mean 'cheap'?"],
    ['clerk', { workspace: 'acne' }, "no workspace is called 'acne'; did you mean 'acme'?"],
  ])('refuses %s with %o by name', async (name, terms, message) => {
    const run = await stage.signalbox.start(name, { input: 'hello', ...terms })
    const outcome = await run.outcome()
    expect(outcome.kind).toBe('refused')
    expect(outcome.message).toContain(message)
  })

  it.each([
    ['nothing', []],
    ['a brief without an input', [{ terms: {} }]],
    ['a text that is no brief', ['What is the sum?']],
  ])('by Temporal’s own means with %s is refused, and asks nobody', async (what, args) => {
    const { client } = stage.signalbox
    const workflowId = `bare-${what.replaceAll(' ', '-')}`
    await client.workflow.start('clerk', { taskQueue: stage.taskQueue, workflowId, args })
    const outcome = await stage.signalbox.run(workflowId).outcome()
    expect(outcome).toMatchObject({ kind: 'refused', calls: 0 })
    expect(outcome.message).toContain('start it with { "input": "…" }')
  })

  it('sends a workspace under ZDR only to endpoints that keep nothing', async () => {
    const run = await stage.signalbox.start('clerk', { input: 'What is the sum?', workspace: 'acme' })
    await run.outcome()
    const attempts = await stage.store.reports.attempts({ run: run.id, limit: 10 })
    expect(attempts.length).toBeGreaterThan(0)
    expect(attempts.every(attempt => attempt.retention === 'none')).toBe(true)
  })
})

describe('a tool whose checks throw', () => {
  it('is told to the model, or to a person, and buys no answer twice', async () => {
    const before = stage.vendors.meter().length
    const run = await stage.signalbox.start('daring', { input: 'Go carelessly.' })
    const asked = await eventOf(run.events(), 'approval-ask')
    await run.approve(asked.toolCallId)
    expect(await run.outcome()).toMatchObject({ kind: 'answered', calls: 2, toolCalls: 2 })
    expect(stage.vendors.meter()).toHaveLength(before + 2)
  })
})

it('tells of an answer that ended at its output limit that it is not whole', async () => {
  for (const vendor of ['one', 'two']) await stage.vendors.setFaults(vendor, [{ kind: 'length', afterTokens: 5 }])
  const run = await stage.signalbox.start('clerk', { input: 'Tell me something.' })
  expect(await run.outcome()).toMatchObject({ kind: 'answered', truncated: true, text: expect.any(String) })
  expect(await eventOf(run.events(), 'answer')).toMatchObject({ truncated: true })
  for (const vendor of ['one', 'two']) await stage.vendors.setFaults(vendor, [])
})

describe('a budget', () => {
  it('of steps ends the run out of budget, with what was said', async () => {
    const run = await stage.signalbox.start('clerk', { input: 'Go halfway.', budget: { steps: 1 } })
    const text = expect.stringContaining('Half of it is done.')
    expect(await run.outcome()).toMatchObject({ kind: 'out-of-budget', calls: 1, text })
  })

  it('of money too small for any endpoint refuses before anything is sent', async () => {
    const before = stage.vendors.meter().length
    const run = await stage.signalbox.start('clerk', { input: 'What is the sum?', budget: { usd: '0.0000001' } })
    const outcome = await run.outcome()
    expect(outcome).toMatchObject({ kind: 'out-of-budget', costUsd: '0' })
    expect(outcome.message).toContain('$0.0000001 is left')
    expect(stage.vendors.meter()).toHaveLength(before)
  })

  it('that may be raised lets the run wait for more, and go on where it stood', async () => {
    const budget = { usd: '0.00001', onShort: 'ask' as const }
    const run = await stage.signalbox.start('clerk', { id: 'raise-1', input: 'Tell me something.', budget })
    await untilState(run, ({ waitingFor = '' }) => waitingFor.startsWith('waiting for a larger budget'))
    await expect(run.raiseBudget({ tokens: 5 })).rejects.toThrow(/./)
    await expect(run.raiseBudget({ usd: '-1' })).rejects.toThrow(/./)
    expect(await run.raiseBudget({ usd: '0.000001', by: 'Ada' })).toEqual({ limitUsd: '0.000011' })
    await untilState(run, ({ waitingFor = '' }) => waitingFor.includes('$0.000011 is left'))
    expect(await run.raiseBudget({ usd: '0.5', by: 'Ada', note: 'worth it' })).toEqual({ limitUsd: '0.500011' })
    expect(await run.outcome()).toMatchObject({ kind: 'answered' })
    const events = await allEvents(run.events())
    expect(events.filter(event => event.kind === 'budget-ask')).toHaveLength(2)
    expect(events.findLast(event => event.kind === 'budget-raise')).toMatchObject({ by: 'Ada', note: 'worth it' })
  })

  it('that may be raised lets people stop the run instead', async () => {
    const budget = { tokens: 5, onShort: 'ask' as const }
    const run = await stage.signalbox.start('clerk', { input: 'Tell me something.', budget })
    await untilState(run, ({ waitingFor = '' }) => waitingFor.startsWith('waiting for a larger budget'))
    await run.stop()
    expect(await run.outcome()).toMatchObject({ kind: 'stopped' })
  })

  it('of money shrinks the output before it refuses', async () => {
    const run = await stage.signalbox.start('clerk', { input: 'What is the sum?', budget: { usd: '0.0030' } })
    expect(await run.outcome()).toMatchObject({ kind: 'answered' })
  })
})

async function transcriptOf(runId: string, length = 5) {
  const { key } = (await stage.store.reports.run(runId))!
  return stage.store.transcripts.read({ lineage: `${key}/1`, length })
}
