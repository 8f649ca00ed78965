import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createCloseLost } from '../../activities/close-lost.ts'
import type { RunEvent } from '../../src/core/events.ts'
import type { TreeEvent, TreePosition } from '../../src/runtime/events/tree-events.ts'
import { endedOutcome } from '../../src/runtime/inspect/beginning.ts'
import type { RunHandle } from '../../src/runtime/runs/run-handle.ts'
import { howEnded } from '../../src/runtime/temporal/how-ended.ts'
import { defineAgent, defineRemoteTool, defineTool } from '../../src/tools/index.ts'
import { signalbox as command } from '../cli/captured.ts'
import { allEvents, eventOf, untilState } from '../support/following.ts'
import { historyOf } from '../support/history.ts'
import { expectLedgerMatchesMeter } from '../support/invariants.ts'
import { expectReplays } from '../support/replays.ts'
import { resetPoints, resetTo } from '../support/reset.ts'
import { dawdle, VENDORS } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

let stage: Stage

const LONG = `The verdict: ${'good and '.repeat(100)}done.`

const ask = (name: string, input: string | number) => ({ name, arguments: { input } })

const behaviours: (typeof VENDORS)['vendors'][number]['behaviours'] = [
  {
    match: 'review',
    turns: [{ tools: [ask('critic', 'Judge part 1.'), ask('critic', 'Judge part 2.')] }, { text: 'Both are good.' }],
  },
  { match: 'mistaken', turns: [{ tools: [ask('critic', 7), ask('critic', 'Refuse.')] }, { text: 'Noted.' }] },
  { match: 'delegate', turns: [{ tools: [ask('editor', 'Have a review.')] }, { text: 'Delegated.' }] },
  {
    match: 'linger',
    turns: [{ tools: [ask('critic', 'Dawdle.'), ask('critic', 'Dawdle.')] }, { text: 'Never said.' }],
  },
  {
    match: 'overstay',
    turns: [{ tools: [{ name: 'dawdle', arguments: {} }, ask('critic', 'Dawdle.')] }, { text: 'Never said.' }],
  },
  { match: 'patient', turns: [{ tools: [ask('critic', 'Seek leave.')] }, { text: 'Never said either.' }] },
  { match: 'petition', turns: [{ tools: [ask('editor', 'Have it permitted.')] }, { text: 'It may be.' }] },
  { match: 'permitted', turns: [{ tools: [ask('critic', 'Seek leave.')] }, { text: 'It is.' }] },
  { match: 'Judge', turns: [{ text: LONG }] },
  { match: 'Count', turns: [{ tools: [{ name: 'count', arguments: {} }] }, { text: 'Counted.' }] },
  { match: 'Dawdle', turns: [{ tools: [{ name: 'dawdle', arguments: {} }] }, { text: 'Done.' }] },
  { match: 'Seek leave', turns: [{ tools: [{ name: 'leave', arguments: { reason: LONG } }] }, { text: 'Done.' }] },
]

const tools = [
  defineTool({ name: 'count', description: 'counts', input: z.object({}), run: () => 3 }),
  defineTool({
    name: 'leave',
    description: 'asks',
    input: z.object({ reason: z.string() }),
    needsApproval: true,
    run: () => 'granted',
  }),
  defineRemoteTool({
    name: 'weigh',
    description: 'weighs',
    input: z.object({}),
    activity: 'weigh',
    taskQueue: 'an-empty-house',
    timeoutMs: 60_000,
  }),
  dawdle,
]

const critic = defineAgent({
  name: 'critic',
  instructions: 'You are a critic.',
  description: 'Judges a text.',
  tools,
  taskClass: 'cheap',
})
const editor = defineAgent({ name: 'editor', instructions: 'You edit.', agents: [critic], taskClass: 'cheap' })
const miser = defineAgent({
  name: 'miser',
  instructions: 'You pay little.',
  agents: [{ name: 'critic', budget: { usd: '0.00001' } }],
  taskClass: 'cheap',
})
const warden = defineAgent({ name: 'warden', instructions: 'You wait.', tools, agents: [critic], taskClass: 'cheap' })
const chief = defineAgent({
  name: 'chief',
  instructions: 'You lead.',
  agents: ['editor', 'critic'],
  taskClass: 'cheap',
})

beforeAll(async () => {
  stage = await stageScene({
    app: { tools, agents: [critic, editor, chief, miser, warden] },
    vendors: VENDORS.vendors.map(vendor => ({ ...vendor, behaviours })),
  })
})

afterAll(() => stage?.close())

describe('an agent that has agents', () => {
  /** Has a review of two critics. */
  let review: RunHandle
  /** Has an editor, which has such a review. */
  let chain: RunHandle

  beforeAll(async () => {
    const limited = { budget: { usd: '0.50', steps: 20 } }
    const start = { id: 'review-1', input: 'Have a review.', labels: { team: 'press' }, ...limited }
    review = await stage.signalbox.start('editor', start)
    chain = await stage.signalbox.start('chief', { id: 'chain-1', input: 'Please delegate.' })
  })

  it('are followed with them, from where a reader had stopped', async () => {
    const position: TreePosition = {}
    const seen: TreeEvent[] = []
    const readOn = async (until: (event: TreeEvent) => boolean) => {
      for await (const event of chain.treeEvents({ after: position })) {
        seen.push(event)
        position[event.key] = event.event.offset
        if (until(event)) return
      }
    }
    await readOn(({ event }) => event.kind === 'child-start' && event.run === 'chain-1/editor-1-1/critic-1-1')
    await readOn(({ run: of, event }) => of === chain.id && event.kind === 'child-end')
    await readOn(() => false)
    const ids = ['chain-1', 'chain-1/editor-1-1', ...[1, 2].map(at => `chain-1/editor-1-1/critic-1-${at}`)]
    for (const id of ids) {
      const own = (await allEvents(stage.signalbox.run(id).events())).filter(({ kind }) => kind !== 'text-delta')
      const told = seen.flatMap(of => (of.run === id && of.event.kind !== 'text-delta' ? [of.event] : []))
      expect(told).toEqual(own)
    }
    expect(new Set(seen.map(({ run: of }) => of))).toEqual(new Set(ids))
    expect(seen.at(-1)).toMatchObject({ run: chain.id, event: { kind: 'run-end' } })
    const number = 5 as unknown as TreePosition
    expect(() => chain.treeEvents({ after: number })).toThrow(/were asked for after a number; a position has the last/)
  })

  it('asks them side by side as child runs, reads all they say, and pays for them once', async () => {
    const outcome = await review.outcome()
    expect(outcome).toMatchObject({ kind: 'answered', calls: 4, toolCalls: 2 })
    const runs = (await stage.store.reports.runs()).filter(({ id }) => id.startsWith('review-1/'))
    expect(runs.map(({ id }) => id).toSorted()).toEqual(['review-1/critic-1-1', 'review-1/critic-1-2'])
    expect(runs.every(({ labels, workflow }) => labels.team === 'press' && workflow === 'critic')).toBe(true)
    const cost = await stage.store.reports.cost('review-1')
    expect(cost).toMatchObject({ attempts: 4, highPico: outcome.cost.highPico })
    const ends = (await allEvents(review.events())).filter(event => event.kind === 'tool-end')
    expect(ends.map(({ toolName, isError }) => [toolName, isError])).toEqual([
      ['critic', false],
      ['critic', false],
    ])
    const messages = await transcriptOf('review-1', 5)
    expect(JSON.stringify(messages.at(-2))).toContain(LONG)
    await expectLedgerMatchesMeter(stage)
  })

  it('has them forked under the limits of the whole tree, for a fork stands alone', async () => {
    await review.outcome()
    const fork = await stage.signalbox.fork(`${review.id}/critic-1-1`, { id: 'forked-review', atStep: 1 })
    expect(await fork.outcome()).toMatchObject({ kind: 'answered', calls: 1 })
    expect(await stage.store.reports.run(fork.id)).toMatchObject({ budget: { usd: '0.50' } })
  })

  it('counts grandchildren in every cost above them', async () => {
    const outcome = await chain.outcome()
    expect(outcome).toMatchObject({ kind: 'answered', calls: 6, toolCalls: 3 })
    expect(await stage.store.reports.cost('chain-1')).toMatchObject({ attempts: 6, highPico: outcome.cost.highPico })
    expect(await stage.store.reports.cost('chain-1/editor-1-1')).toMatchObject({ attempts: 4 })
    expect(await stage.store.reports.cost('chain-1/editor-1-1/critic-1-2')).toMatchObject({ attempts: 1 })
  })

  it('has children whose own words can be asked for', async () => {
    await chain.outcome()
    const child = (await stage.store.reports.run(`${chain.id}/editor-1-1`))!
    expect(await endedOutcome(stage.signalbox, child.id, child.key)).toMatchObject({
      kind: 'answered',
      text: expect.stringContaining('Both are good.'),
    })
  })

  it('tells its model of wrong arguments and of a child that could not answer, and goes on', async () => {
    const run = await stage.signalbox.start('editor', { input: 'A mistaken one.', policy: { denyProviders: ['two'] } })
    const outcome = await run.outcome()
    expect(outcome).toMatchObject({ kind: 'answered' })
    const ends = (await allEvents(run.events())).filter(event => event.kind === 'tool-end')
    expect(ends.map(end => end.preview).join('\n')).toContain('bad arguments for critic')
  })

  it('keeps children under its policy', async () => {
    const run = await stage.signalbox.start('editor', { id: 'zdr-1', input: 'Have a review.', policy: { zdr: true } })
    await run.outcome()
    const attempts = await stage.store.reports.attempts({ run: 'zdr-1/critic-1-1' })
    expect(attempts.map(({ retention }) => retention)).toEqual(['none'])
  })

  it('reserves what children spend in its own budget', async () => {
    const run = await stage.signalbox.start('editor', { input: 'Have a review.', budget: { usd: '0.0026' } })
    const outcome = await run.outcome()
    const ends = (await allEvents(run.events())).filter(event => event.kind === 'tool-end')
    expect(ends.some(end => end.isError && end.preview.includes('critic gave no answer (out-of-budget)'))).toBe(true)
    expect(Number(outcome.costUsd)).toBeLessThanOrEqual(0.0026)
  })

  it('gives each run of an agent its slice, and tells its model of one that is used up', async () => {
    const run = await stage.signalbox.start('miser', { input: 'Have a review.' })
    expect(await run.outcome()).toMatchObject({ kind: 'answered' })
    const ends = (await allEvents(run.events())).filter(event => event.kind === 'tool-end')
    expect(ends.map(({ isError }) => isError)).toEqual([true, true])
    expect(ends[0]?.preview).toContain('critic gave no answer (out-of-budget)')
  })

  it('takes them and theirs with it when it is terminated', async () => {
    const run = await stage.signalbox.start('chief', { input: 'Write a petition.' })
    await eventOf(run.events(), 'below')
    const { recorded } = await run.terminate()
    expect(recorded).toBe(true)
    const below = [`${run.id}/editor-1-1`, `${run.id}/editor-1-1/critic-1-1`]
    const { workflow } = stage.signalbox.client
    const descriptions = await Promise.all([run.id, ...below].map(id => workflow.getHandle(id).describe()))
    expect(descriptions.map(({ status }) => status.name)).not.toContain('RUNNING')
    expect(await stage.store.reports.openBelow(run.id)).toEqual([])
  })

  it('tells whoever follows it when they begin and how they end, and what people are asked below it', async () => {
    const run = await stage.signalbox.start('chief', { input: 'Write a petition.' })
    const asked = await eventOf(run.events(), 'below')
    const below = `${run.id}/editor-1-1/critic-1-1`
    expect(asked).toMatchObject({ run: below, event: { kind: 'approval-ask', step: 1, toolName: 'leave' } })
    const before = await stage.store.events.read(run.id, 0, asked.offset - 1)
    const child = { run: `${run.id}/editor-1-1` }
    expect(before.slice(-2)).toMatchObject([
      { kind: 'tool-start', inputPreview: expect.stringMatching(/^\{"input":".+"\}$/) },
      { kind: 'child-start', ...child, workflow: 'editor', step: 1, toolCallId: expect.any(String) },
    ])
    const { toolCallId } = asked.event as { readonly toolCallId: string }
    const message = `'${toolCallId}' is not asked by run ${run.id} itself but by ${below} below it; decide on that run`
    // Each asks for five seconds before it gives up.
    const [refused] = await Promise.all([
      command(['approve', run.id, toolCallId], { env: stage.commandEnv }),
      expect(run.approve(toolCallId)).rejects.toMatchObject({ name: 'NotAccepted', message }),
    ])
    expect(refused.err).toContain(`  signalbox approve ${below} ${toolCallId}    for leave`)
    const { atMs } = await eventOf(stage.signalbox.run(below).events(), 'approval-ask')
    const call = { toolCallId, toolName: 'leave', input: { reason: LONG }, step: 1 }
    expect(await run.pending()).toEqual([{ run: below, sinceMs: atMs, ...call }])
    await stage.signalbox.run(asked.run).approve(toolCallId, { by: 'Ada' })
    expect(await run.outcome()).toMatchObject({ kind: 'answered' })
    expect(await run.pending()).toEqual([])
    const { cost } = await stage.signalbox.run(child.run).outcome()
    const decided = { kind: 'below', run: below, event: { kind: 'approval-decision', decision: 'approve', by: 'Ada' } }
    expect(await eventOf(stage.signalbox.run(child.run).events({ after: asked.offset }), 'below')).toMatchObject(
      decided,
    )
    expect((await allEvents(run.events({ after: asked.offset }))).slice(0, 3)).toMatchObject([
      decided,
      { kind: 'child-end', ...child, outcome: 'answered', cost },
      { kind: 'tool-end', toolName: 'editor' },
    ])
  })

  it('passes a stop on, and lets them end what is paid for', async () => {
    const run = await stage.signalbox.start('editor', { id: 'stop-1', input: 'Be patient.' })
    const child = stage.signalbox.run('stop-1/critic-1-1')
    await untilOpen('stop-1/critic-1-1')
    await eventOf(child.events(), 'approval-ask')
    await run.stop()
    expect(await run.outcome()).toMatchObject({ kind: 'stopped', calls: 2 })
    expect(await child.outcome()).toMatchObject({ kind: 'stopped', calls: 1 })
  })

  it('passes its cancellation on, and ends with what they have cost', async () => {
    const run = await stage.signalbox.start('editor', { id: 'cancel-1', input: 'Please linger.' })
    for (const id of ['cancel-1/critic-1-1', 'cancel-1/critic-1-2']) {
      await untilOpen(id)
      await eventOf(stage.signalbox.run(id).events(), 'tool-start')
    }
    await run.cancel()
    const outcome = await run.outcome()
    expect(outcome).toMatchObject({ kind: 'cancelled', calls: 3 })
    expect(outcome.cost.highPico).toBe((await stage.store.reports.cost('cancel-1'))?.highPico)
    expect((await stage.store.reports.run('cancel-1/critic-1-2'))?.outcome).toBe('cancelled')
    const ends = (await allEvents(run.events())).filter(({ kind }) => kind === 'child-end' || kind === 'tool-end')
    const [child, tool] = [
      { kind: 'child-end', outcome: 'cancelled' },
      { kind: 'tool-end', toolName: 'critic', cancelled: true },
    ]
    expect(ends).toMatchObject([child, child, tool, tool])
    await expectLedgerMatchesMeter(stage)
  })
})

it('counts what a child has cost that its time cut short, also where a tool of its own was the first to end', async () => {
  const overstays = async (timeMs: number) => {
    const run = await stage.signalbox.start('warden', { input: 'Please overstay.', budget: { timeMs } })
    return { run, outcome: await run.outcome() }
  }
  const first = await overstays(2_500)
  // In that time a busy machine may not come to the child.
  const { run, outcome } = first.outcome.calls === 2 ? first : await overstays(15_000)
  expect(outcome).toMatchObject({ kind: 'out-of-budget', calls: 2 })
  expect(outcome.cost.highPico).toBe((await stage.store.reports.cost(run.id))?.highPico)
})

describe('a workflow of one’s own', () => {
  it('tells of the tools elsewhere that it cancels with a scope of its own while it goes on', async () => {
    const run = await stage.signalbox.start('cutting', { id: 'cut-1', input: 'Please linger.' })
    const signal = (name: string) => stage.signalbox.client.workflow.getHandle('cut-1').signal(name)
    const tools = async (kind: RunEvent['kind']) =>
      (await stage.store.events.read('cut-1', 0, 100)).flatMap(event =>
        event.kind === kind && 'toolName' in event ? [event.toolName] : [],
      )
    const each = ['critic', 'critic', 'weigh']
    await expect.poll(async () => (await tools('tool-start')).toSorted()).toEqual(each)
    await signal('cut')
    await expect.poll(async () => (await tools('tool-end')).toSorted()).toEqual(each)
    await signal('go')
    expect(await run.outcome()).toMatchObject({ kind: 'answered', output: ['rejected', 'rejected'] })
    const ends = (await allEvents(run.events())).filter(({ kind }) => kind === 'tool-end')
    expect(ends).toMatchObject(each.map(() => ({ cancelled: true })))
  })

  it('whose end comes while a child is at work cancels that, waits for it and counts what it has cost', async () => {
    const run = await stage.signalbox.start('restless', { id: 'restless-1', input: 'critic', budget: { steps: 1 } })
    await untilOpen('restless-1/critic-0-1')
    await eventOf(stage.signalbox.run('restless-1/critic-0-1').events(), 'tool-start')
    await stage.signalbox.client.workflow.getHandle('restless-1').signal('seen')
    const outcome = await run.outcome()
    expect(outcome).toMatchObject({ kind: 'out-of-budget', calls: 2 })
    expect(outcome.cost.highPico).toBe((await stage.store.reports.cost('restless-1'))?.highPico)
    expect(await stage.store.reports.run('restless-1/critic-0-1')).toMatchObject({ outcome: 'cancelled' })
  })

  it('counts what that child has cost also where it returns an outcome of a kind of its own', async () => {
    const run = await stage.signalbox.start('restless', { input: 'grudging', budget: { steps: 1 } })
    const child = stage.signalbox.run(`${run.id}/grudging-0-1`)
    await untilOpen(child.id)
    await untilState(child, ({ status }) => status === 'closed')
    await stage.signalbox.client.workflow.getHandle(run.id).signal('seen')
    const outcome = await run.outcome()
    expect(outcome).toMatchObject({ kind: 'out-of-budget', calls: 2 })
    expect(outcome.cost.highPico).toBe((await stage.store.reports.cost(run.id))?.highPico)
  })

  it.each([
    ['foundling', { output: { cost: 'none' }, calls: 0 }],
    ['silent', { output: null, calls: 0 }],
    ['forgetful', { output: expect.any(String), calls: 1 }],
  ])('is told what a child without an outcome returns, and what it has cost: %s', async (name, end) => {
    const run = await stage.signalbox.start('adopting', { input: name })
    const outcome = await run.outcome()
    expect(outcome).toMatchObject({ kind: 'answered', output: { kind: 'answered', ...end }, calls: end.calls })
    const runs = (await stage.store.reports.runs()).filter(({ id }) => id.startsWith(`${run.id}/`))
    expect(runs.map(child => child.outcome)).toEqual(end.calls === 0 ? [] : ['answered'])
    expect((await stage.store.reports.cost(run.id))?.highPico).toBe(outcome.cost.highPico)
  })

  it.each([
    ['foundling', { output: { cost: 'none' }, calls: 0, costUsd: '0' }],
    ['forgetful', { output: expect.any(String), calls: 1 }],
  ])('that ends without its outcome has answered with what it returns: %s', async (name, end) => {
    const run = await stage.signalbox.start(name, { input: null })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', ...end })
  })

  it.each([
    ['', 'nameless'],
    ['critic', 'i'.repeat(990)],
  ])('is told of a child that Temporal would not start: %s', async (name, id) => {
    const run = await stage.signalbox.start('adopting', { input: name, id })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', output: { kind: 'failed', calls: 0 } })
  })

  it('goes on at once when a scope of its own cancels one child, while another runs', async () => {
    const run = await stage.signalbox.start('impatient', { input: 'go' })
    const seen = { isCancellation: true, isOut: true }
    expect(await run.outcome()).toMatchObject({ kind: 'answered', output: { seen, slow: 'answered' } })
  })

  it('runs many children at once, each with its own labels', async () => {
    const run = await stage.signalbox.start('panel', { id: 'panel-1', input: 6 })
    const outcome = await run.outcome<readonly { kind: string; text: string }[]>()
    expect(outcome).toMatchObject({ kind: 'answered', calls: 6 })
    expect(outcome.output).toEqual(Array(6).fill({ kind: 'answered', text: expect.stringContaining('The verdict') }))
    const seats = await stage.store.reports.attempts({ label: { key: 'seat', value: '3' } })
    expect(seats.map(({ runId }) => runId)).toEqual(['panel-1/critic-0-3'])
    expect(await stage.store.reports.cost('panel-1')).toMatchObject({ highPico: outcome.cost.highPico, attempts: 6 })
    const shown = (await historyOf(stage.signalbox.client, run.id)).flatMap(({ summary = '' }) => summary)
    expect(shown).toContain(`critic-0-2 · seat=2 · asked by ${run.id}`)
  })

  it('hears of a child that used up its own limits, and goes on', async () => {
    const run = await stage.signalbox.start('frugal', { input: 'Count.' })
    const { output } = await run.outcome()
    expect(output).toEqual({ child: 'out-of-budget', message: expect.stringContaining('1 step is'), own: true })
  })

  it('gives slices of its money and tokens: a child that uses its own up ends alone', async () => {
    const run = await stage.signalbox.start('slicing', {
      id: 'slices-1',
      input: [{ usd: '0.00001' }, { tokens: 5 }, { usd: '0.01', tokens: 20_000 }],
      budget: { usd: '0.02' },
    })
    const { output, cost } = await run.outcome<{ ends: { kind: string; message: string }[]; own: boolean }>()
    expect(output?.ends.map(({ kind }) => kind)).toEqual(['out-of-budget', 'out-of-budget', 'answered'])
    expect(output?.ends[0]?.message).toContain("the run's slice of the budget does not admit a call")
    expect(output?.own).toBe(true)
    const { key } = (await stage.store.reports.run('slices-1'))!
    const third = (await stage.store.reports.run('slices-1/critic-0-3'))!
    const scopes = [key, third.key].map(scopeId => ({ scopeId, budget: scopeId, warnAt: [] }))
    const [tree, slice] = await stage.store.budgets.standing(scopes)
    expect(tree?.spentPico).toBe(cost.highPico)
    expect(slice?.spentPico).toBe(third.cost.highPico)
  })

  it('gives a child no more than is left, whatever its slice', async () => {
    const run = await stage.signalbox.start('slicing', { input: [{ usd: '100' }], budget: { usd: '0.00001' } })
    expect(await run.outcome()).toMatchObject({ kind: 'out-of-budget', calls: 2 })
  })

  it('is told of a slice that is no budget, and lets nobody work on it', async () => {
    const wrong = [{ usd: '-1' }, { usd: '1e3' }, { euros: 5 } as object, { tokens: 0.5 }]
    const run = await stage.signalbox.start('slicing', { input: wrong })
    const { output } = await run.outcome<{ ends: { kind: string; message: string }[] }>()
    expect(output?.ends.map(({ kind }) => kind)).toEqual(Array(4).fill('refused'))
    expect(output?.ends.map(({ message }) => message).join('\n')).toContain("the budget's euros is not a unit")
  })

  it('hears of a child that was terminated, and counts what it has cost, but not the tool that it had begun', async () => {
    const run = await stage.signalbox.start('frugal', { id: 'lost-1', input: 'Dawdle.' })
    await untilOpen('lost-1/critic-0-1')
    await eventOf(stage.signalbox.run('lost-1/critic-0-1').events(), 'tool-start')
    await stage.signalbox.client.workflow.getHandle('lost-1/critic-0-1').terminate('for the test')
    const outcome = await run.outcome()
    expect(outcome).toMatchObject({ kind: 'answered', output: { child: 'failed' }, calls: 2, toolCalls: 0 })
    const child = await stage.store.reports.run('lost-1/critic-0-1')
    expect(child).toMatchObject({ outcome: 'failed' })
    const told = await eventOf(run.events(), 'child-end')
    expect(told).toMatchObject({ run: 'lost-1/critic-0-1', outcome: 'failed', cost: child!.cost })
    expect(BigInt(child!.cost.highPico)).toBeGreaterThan(0n)
    expect(outcome.cost.highPico).toBe((await stage.store.reports.cost('lost-1'))?.highPico)
  })

  it('closes no child that was reset meanwhile, however late it is told of its end', async () => {
    const { store, signalbox } = stage
    const { client } = signalbox
    const id = 'lost-2/critic-0-1'
    const run = await signalbox.start('frugal', { id: 'lost-2', input: 'Dawdle.' })
    await untilOpen(id)
    await eventOf(signalbox.run(id).events(), 'tool-start')
    await client.workflow.getHandle(id).terminate('for the test')
    await run.outcome()
    const closeLost = createCloseLost({
      ledger: store.ledger,
      admissions: store.admissions,
      ...{ directory: { classes: {} }, roster: { byId: new Map() }, batches: { withdraw: async () => {} } },
      withdrawals: (_provider, tell) => tell(),
      howEnded: lost => howEnded(client, lost),
      now: Date.now,
    })
    const { key } = (await store.reports.run(id))!
    const [first] = await resetPoints(client, id)
    await resetTo(client, id, first!)
    const latest = async () => (await store.budgets.openRuns('', 1_000)).find(open => open.id === id)?.latestPart
    await expect.poll(latest).not.toBeOneOf([undefined, first!.part])
    const input = { run: { id, key }, outcome: 'failed', message: 'it was terminated' } as const
    await closeLost(input)
    expect(await store.reports.run(id)).not.toHaveProperty('outcome')
    await client.workflow.getHandle(id).cancel()
    await signalbox.run(id).outcome()
    expect(await store.reports.run(id)).toMatchObject({ outcome: 'cancelled' })
  })

  it('asks people once for all of them that are short of its budget, and tells them when it is raised', async () => {
    const budget = { usd: '0.00001', onShort: 'ask' as const }
    const run = await stage.signalbox.start('panel', { id: 'asks-1', input: 3, budget })
    const waits = (words: string) => untilState(run, ({ waitingFor = '' }) => waitingFor.includes(words))
    await waits('3 runs below are short of it')
    expect(await run.state()).toMatchObject({ status: 'waiting' })
    const env = stage.commandEnv
    for (const id of ['asks-1', 'asks-1/critic-0-1'])
      expect((await command(['approve', id], { env })).err).toContain('  signalbox approve asks-1 --raise-usd <amount>')
    await run.raiseBudget({ usd: '0.000001', by: 'Ada' })
    await waits('$0.000011 is left')
    await waits('3 runs below are short of it')
    await run.raiseBudget({ usd: '0.5', by: 'Ada' })
    expect((await run.outcome<readonly { kind: string }[]>()).output?.map(({ kind }) => kind)).toEqual(
      Array(3).fill('answered'),
    )
    const asks = (await allEvents(run.events())).filter(event => event.kind === 'budget-ask')
    expect(asks.map(({ message }) => message.slice(0, 'asks-1/critic-0-'.length))).toEqual(
      Array(2).fill('asks-1/critic-0-'),
    )
    const below = await allEvents(stage.signalbox.run('asks-1/critic-0-1').events())
    expect(below.some(({ kind }) => kind === 'budget-ask')).toBe(false)
  })

  it.each(['nothing', 'what came later'] as const)(
    'tells them of a raise after a reset that forgets %s',
    async forget => {
      const { client } = stage.signalbox
      const budget = { usd: '0.00001', onShort: 'ask' as const }
      const run = await stage.signalbox.start('panel', { input: 1, budget })
      const waits = (words: string) => untilState(run, ({ waitingFor = '' }) => waitingFor.includes(words))
      await waits('1 run below is short of it')
      const point = (await resetPoints(client, run.id)).at(-1)!
      for (const left of ['$0.000011', '$0.000012']) {
        await run.raiseBudget({ usd: '0.000001' })
        await waits(`${left} is left`)
      }
      await resetTo(client, run.id, point, forget)
      await waits('1 run below is short of it')
      await run.raiseBudget({ usd: '0.5' })
      expect(await run.outcome()).toMatchObject({ output: [{ kind: 'answered' }] })
    },
  )

  it('tells of one a child that is reset after that, and is told what people have said to it meanwhile', async () => {
    const { client } = stage.signalbox
    const budget = { usd: '0.00001', onShort: 'ask' as const }
    const run = await stage.signalbox.start('panel', { input: 1, budget })
    const child = stage.signalbox.run(`${run.id}/critic-0-1`)
    const waits = (words: string) => untilState(run, ({ waitingFor = '' }) => waitingFor.includes(words))
    await waits('1 run below is short of it')
    const point = (await resetPoints(client, run.id)).at(-1)!
    await run.raiseBudget({ usd: '0.000001' })
    await waits('$0.000011 is left')
    await resetTo(client, run.id, point, 'what came later')
    await waits('1 run below is short of it')
    await child.say('Be quick.')
    await run.raiseBudget({ usd: '0.000001' })
    await child.say('Be kind.')
    await waits('$0.000012 is left')
    await resetTo(client, child.id, (await resetPoints(client, child.id))[1]!)
    await run.raiseBudget({ usd: '0.5' })
    expect(await run.outcome()).toMatchObject({ output: [{ kind: 'answered' }] })
  })

  it('stops with them while they wait for people to raise its budget', async () => {
    const budget = { tokens: 5, onShort: 'ask' as const }
    const run = await stage.signalbox.start('panel', { id: 'asks-2', input: 2, budget })
    await untilState(run, ({ waitingFor = '' }) => waitingFor.includes('2 runs below are short of it'))
    await run.stop()
    const outcome = await run.outcome<readonly { kind: string }[]>()
    expect(outcome.output?.map(({ kind }) => kind)).toEqual(['stopped', 'stopped'])
  })
})

describe('a run with children', () => {
  it('shows in the Temporal UI which of them are at work', async () => {
    const run = await stage.signalbox.start('editor', { id: 'show-1', input: 'Please linger.' })
    await untilOpen('show-1/critic-1-2')
    await untilState(run, state => state.status === 'running')
    const details = await stage.signalbox.client.workflow
      .getHandle('show-1')
      .query<{ currentDetails?: string }>('__temporal_workflow_metadata')
    expect(JSON.stringify(details)).toContain('open below: critic-1-1, critic-1-2')
    await run.cancel()
    await run.outcome()
  })
})

it('has written no history that would not replay', () => expectReplays(stage, 35))

/** Until the store knows the run: its first event is there. */
async function untilOpen(id: string): Promise<void> {
  while (!(await stage.store.reports.run(id))) await new Promise(resolve => setTimeout(resolve, 20))
}

async function transcriptOf(runId: string, length: number) {
  const { key } = (await stage.store.reports.run(runId))!
  return stage.store.transcripts.read({ lineage: `${key}/1`, length })
}
