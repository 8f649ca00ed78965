import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { EXIT } from '../../src/cli/exit-codes.ts'
import type { VendorScript } from '../../src/providers/simulated/index.ts'
import { RunEnded } from '../../src/runtime/runs/run-ended.ts'
import { defineAgent, defineTool, type ToolDefinition } from '../../src/tools/index.ts'
import { signalbox } from '../cli/captured.ts'
import { detailsWith } from '../support/details.ts'
import { allEvents, eventOf, untilState } from '../support/following.ts'
import { historyOf } from '../support/history.ts'
import { VENDORS } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

const release = (name: string) => ({ name, arguments: { text: 'hello' } })
const TEXT = z.object({ text: z.string() })
/** More than a preview has. */
const LONG = 'hello and '.repeat(100)

const behaviours: VendorScript['vendors'][number]['behaviours'] = [
  { match: 'careful', turns: [{ tools: [release('ask_or_deny'), release('note')] }, { text: 'As it is.' }] },
  { match: 'bold', turns: [{ tools: [release('ask_or_approve')] }, { text: 'It is out.' }] },
  { match: 'hasty', turns: [{ tools: [release('note'), release('slow')] }, { text: 'It is out.' }] },
  { match: 'undecided', turns: [{ tools: [release('note'), release('ask_long')] }, { text: 'It is out.' }] },
  { match: 'trusted', turns: [{ tools: [release('ask_some')] }, { text: 'It is out.' }] },
  { match: 'wordy', turns: [{ tools: [{ name: 'ask_long', arguments: { text: LONG } }] }, { text: 'It is out.' }] },
  { match: 'patient', turns: [{ tools: [release('ask_long')] }, { text: 'It is out.' }] },
]

const tool = (name: string, approval?: ToolDefinition<typeof TEXT>['needsApproval']) =>
  defineTool({
    name,
    description: 'releases a text',
    input: TEXT,
    ...(approval && { needsApproval: approval }),
    run: async ({ text }) => {
      await toolWaits
      return `${name} ${text}`
    },
  })
const tools = [
  tool('note'),
  tool('slow'),
  tool('ask_or_deny', { withinMs: 700, otherwise: 'deny' }),
  tool('ask_or_approve', { withinMs: 700, otherwise: 'approve' }),
  tool('ask_long', { withinMs: 3_600_000, otherwise: 'deny' }),
  tool('ask_some', (_, { labels, runId }) => labels.mode !== 'trusted' || !runId.startsWith('mode-')),
]
const agent = (name: string, limits: object) =>
  defineAgent({ name, instructions: 'You release.', tools, taskClass: 'cheap', limits })

let stage: Stage

/** A tool that takes its time. */
let toolWaits: Promise<void> | undefined

/** A store that takes its time to raise a budget. */
let raiseWaits: Promise<void> | undefined

/** A worker that takes its time to tell what became of a call. */
let callWaits: Promise<void> | undefined

/** A store that takes its time to close a run. */
let closeWaits: Promise<void> | undefined

beforeAll(async () => {
  stage = await stageScene({
    app: { tools, agents: [agent('releaser', {}), agent('mover', { stepsPerPart: 1 })] },
    worker: {
      interceptors: {
        activity: [
          ({ info }) => ({
            inbound: {
              async execute(input, next) {
                if (info.activityType === 'raiseBudget') await raiseWaits
                if (info.activityType === 'closeRun') await closeWaits
                const result = await next(input)
                if (info.activityType === 'callModel') await callWaits
                return result
              },
            },
          }),
        ],
      },
    },
    vendors: VENDORS.vendors.map(vendor => ({ ...vendor, behaviours })),
  })
})

afterAll(() => stage?.close())

describe('the details of a run in the Temporal UI', () => {
  it('say how to decide and until when, then which tool is at work, and neither any more when it is done', async () => {
    let done = () => {}
    toolWaits = new Promise(resolve => {
      done = resolve
    })
    const run = await stage.signalbox.start('releaser', { id: 'details-1', input: 'patient' })
    const { toolCallId } = await eventOf(run.events(), 'approval-ask')
    const { pending } = await untilState(run, ({ status }) => status === 'waiting-for-approval')
    const by = new Date(pending[0]!.until!.atMs).toISOString().slice(0, 13).replace('T', ' ')
    expect(await detailsOf('details-1', 'waiting for approval: ask_long')).toMatch(
      `ask_long is denied unless somebody decides by ${by}`,
    )
    expect(await detailsOf('details-1', 'waiting')).toMatch(`\`signalbox approve details-1 ${toolCallId}\``)
    await run.approve(toolCallId)
    expect(await detailsOf('details-1', 'at work: ask_long')).not.toMatch('approv')
    done()
    await run.outcome()
    expect(await detailsOf('details-1', 'answered')).not.toMatch('ask_long')
  })

  it('name no tool as at work, and no run as running, that was cancelled', async () => {
    toolWaits = new Promise(() => {})
    const run = await stage.signalbox.start('releaser', { id: 'details-2', input: 'hasty' })
    expect(await detailsOf('details-2', 'at work: note, slow')).toMatch('**running** · step 1 ·')
    await run.cancel()
    await run.outcome()
    const details = await detailsOf('details-2', '**cancelled**')
    expect(details).toMatch(/\n\nstep 1 · 1 call · /)
    expect(details).not.toMatch(/running|at work/)
  })
})

const detailsOf = (id: string, words: string) => detailsWith(stage.signalbox.client, id, words)

describe('an approval that depends on the run', () => {
  it('is asked for where the run’s labels say so, and only there', async () => {
    toolWaits = undefined
    const start = (id: string, mode: string) =>
      stage.signalbox.start('releaser', { id, input: 'trusted', labels: { mode } })
    const trusted = await start('mode-1', 'trusted')
    expect(await trusted.outcome()).toMatchObject({ kind: 'answered', toolCalls: 1 })
    expect((await allEvents(trusted.events())).map(({ kind }) => kind)).not.toContain('approval-ask')
    const careful = await start('mode-2', 'careful')
    const { toolCallId, toolName } = await eventOf(careful.events(), 'approval-ask')
    expect(toolName).toBe('ask_some')
    await careful.approve(toolCallId)
    expect((await careful.outcome()).kind).toBe('answered')
  })
})

describe('an approval of a run that is told to stop while another tool is at work', () => {
  it('is not asked for any more', async () => {
    let done = () => {}
    toolWaits = new Promise(resolve => {
      done = resolve
    })
    const run = await stage.signalbox.start('releaser', { id: 'stopped-1', input: 'undecided' })
    const { toolCallId } = await eventOf(run.events(), 'approval-ask')
    await detailsOf('stopped-1', `signalbox approve stopped-1 ${toolCallId}`)
    await run.say('Be quick.', { id: 'heard-before' })
    await run.stop()
    expect(await eventOf(run.events(), 'approval-withdrawn')).toMatchObject({
      toolCallId,
      toolName: 'ask_long',
      step: 1,
    })
    expect(await detailsOf('stopped-1', 'at work: note')).not.toMatch('approv')
    expect(await run.state()).toMatchObject({ status: 'stopping', pending: [] })
    await expect(run.say('Wait!')).rejects.toThrow('run stopped-1 is stopping and reads no message any more')
    await run.say('Be quick.', { id: 'heard-before' })
    await expect(run.approve(toolCallId)).rejects.toThrow(
      `run stopped-1 is stopping and no longer waits for a decision on '${toolCallId}'`,
    )
    done()
    expect(await run.outcome()).toMatchObject({ kind: 'stopped', toolCalls: 1 })
    expect(await stage.store.reports.decisions('stopped-1')).toEqual([])
    const timers = (await historyOf(stage.signalbox.client, 'stopped-1')).map(({ type }) => type)
    expect(timers).toContain('timerCanceled')
  })
})

describe('an approval with a deadline', () => {
  it.each([
    ['careful', 'ask_or_deny', 'deny'],
    ['bold', 'ask_or_approve', 'approve'],
  ] as const)('is decided by it when nobody does: %s', async (input, toolName, decision) => {
    const run = await stage.signalbox.start('releaser', { input })
    const asked = await eventOf(run.events(), 'approval-ask')
    expect(asked).toMatchObject({ toolName, deadline: { withinMs: 700, otherwise: decision } })
    expect(await run.outcome()).toMatchObject({ kind: 'answered' })
    expect(await stage.store.reports.decisions(run.id)).toMatchObject([{ toolName, decision, deadline: true, step: 1 }])
    const events = await allEvents(run.events())
    expect(events.find(event => event.kind === 'approval-decision')).toMatchObject({ decision, deadline: true })
    const ends = events.flatMap(event => (event.kind === 'tool-end' ? [event.toolName] : []))
    expect(ends).toEqual(decision === 'approve' ? [toolName] : ['note'])
    const summaries = (await historyOf(stage.signalbox.client, run.id)).map(event => event.summary)
    const what = decision === 'approve' ? 'approved' : 'denied'
    expect(summaries).toContain(`${toolName} is ${what} unless somebody decides first`)
  })

  it('does not outlive the run’s time', async () => {
    const run = await stage.signalbox.start('releaser', { input: 'patient', budget: { timeMs: 8_500 } })
    await eventOf(run.events(), 'approval-ask')
    const outcome = await run.outcome()
    expect(outcome).toMatchObject({ kind: 'out-of-budget', calls: 1, toolCalls: 0 })
    expect(outcome.message).toContain('the time budget of 8.5 s is used up')
  })

  it('keeps its time when the run continues as new meanwhile', async () => {
    const run = await stage.signalbox.start('mover', { input: 'careful' })
    const asked = await eventOf(run.events(), 'approval-ask')
    expect(await run.outcome()).toMatchObject({ kind: 'answered' })
    const [decided] = await stage.store.reports.decisions(run.id)
    expect(decided).toMatchObject({ deadline: true, decision: 'deny' })
    expect(decided!.atMs - asked.atMs).toBeGreaterThanOrEqual(600)
  })

  it('is heard when the run waits for its budget to be raised before it continues as new', async () => {
    let raises = () => {}
    raiseWaits = new Promise(resolve => {
      raises = resolve
    })
    const run = await stage.signalbox.start('mover', { input: 'patient', budget: { usd: '1' } })
    const raised = run.raiseBudget({ usd: '1' })
    const asked = await eventOf(run.events(), 'approval-ask')
    await untilState(run, ({ status }) => status === 'waiting-for-approval')
    await run.approve(asked.toolCallId)
    await run.say('and thanks')
    raises()
    expect(await raised).toEqual({ limitUsd: '2' })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', toolCalls: 1 })
  })

  it('is found by its workspace while it waits for its first tool', async () => {
    const run = await stage.signalbox.start('releaser', { input: 'patient' })
    const asked = await eventOf(run.events(), 'approval-ask')
    const { searchAttributes } = await stage.signalbox.client.workflow.getHandle(run.id).describe()
    expect(searchAttributes).toMatchObject({ SignalboxWorkspace: ['default'] })
    await run.approve(asked.toolCallId)
    expect(await run.outcome()).toMatchObject({ kind: 'answered' })
  })

  it('costs nothing while it waits, and a person who is faster is the one on record', async () => {
    const run = await stage.signalbox.start('releaser', { input: 'patient' })
    const asked = await eventOf(run.events(), 'approval-ask')
    const state = await untilState(run, ({ status }) => status === 'waiting-for-approval')
    expect(state.pending[0]?.until).toEqual({ atMs: expect.any(Number), otherwise: 'deny' })
    const types = async () => (await historyOf(stage.signalbox.client, run.id)).map(({ type }) => type)
    // What its worker had to write when the run came to wait.
    await expect.poll(async () => (await types()).at(-1)).toMatch(/^(timerStarted|workflowTaskCompleted)$/)
    const before = await types()
    await delay(1_500)
    expect(await types()).toEqual(before)
    const endless = { by: 'A'.repeat(100_000) }
    await expect(run.approve(asked.toolCallId, endless)).rejects.toMatchObject({
      cause: { message: expect.stringContaining('a name has at most 200 characters') },
    })
    const verdict = { by: 'Ada', note: 'well written' }
    expect(await run.approve(asked.toolCallId, verdict)).toEqual({
      held: { toolCallId: asked.toolCallId, decision: 'approve', by: 'Ada', step: 1 },
      repeated: false,
    })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', toolCalls: 1 })
    expect(await stage.store.reports.decisions(run.id)).toMatchObject([{ decision: 'approve', ...verdict }])
  })
})

describe('what a run asks people', () => {
  it('has inputs whole, and since when and until when it is asked; a run that was terminated asks nothing', async () => {
    const run = await stage.signalbox.start('releaser', { input: 'Be wordy.' })
    const { atMs, toolCallId } = await eventOf(run.events(), 'approval-ask')
    const { pending } = await untilState(run, ({ status }) => status === 'waiting-for-approval')
    const { until } = pending[0]!
    const call = { toolCallId, toolName: 'ask_long', input: { text: LONG }, step: 1 }
    expect(await run.pending()).toEqual([{ run: run.id, ...call, sinceMs: atMs, until }])
    await stage.signalbox.client.workflow.getHandle(run.id).terminate('seen')
    expect(await run.pending()).toEqual([])
  })
})

describe('a raise of the budget', () => {
  it('is heard when it comes while the call that is short of it has not ended', async () => {
    let tells = () => {}
    callWaits = new Promise(resolve => {
      tells = resolve
    })
    const budget = { usd: '0.0000001', onShort: 'ask' } as const
    const run = await stage.signalbox.start('releaser', { input: 'hello', budget })
    await eventOf(run.events(), 'budget-ask')
    expect(await run.raiseBudget({ usd: '1' })).toEqual({ limitUsd: '1.0000001' })
    tells()
    callWaits = undefined
    expect(await run.outcome()).toMatchObject({ kind: 'answered' })
  })
})

describe('a decision', () => {
  it('holds: saying it again changes nothing, the opposite and another run get an error with the way out', async () => {
    const run = await stage.signalbox.start('releaser', { input: 'patient' })
    const other = await stage.signalbox.start('releaser', { input: 'patient, too' })
    const { toolCallId } = await eventOf(run.events(), 'approval-ask')
    await eventOf(other.events(), 'approval-ask')
    const [first, second] = await Promise.all([run.approve(toolCallId, { by: 'Ada' }), run.approve(toolCallId)])
    expect([first.repeated, second.repeated].toSorted()).toEqual([false, true])
    await run.outcome()
    const foreign = other.approve('call-of-nobody')
    await expect(foreign).rejects.toMatchObject({
      name: 'NotAccepted',
      message: expect.stringMatching(`'call-of-nobody' in run ${other.id}; waiting for a decision: .*ask_long`),
    })
    const pending = (await other.state()).pending[0]!
    const said = other.approve(pending.toolCallId, { by: 'Ada' })
    const contrary = said.then(() => other.deny(pending.toolCallId))
    await expect(contrary).rejects.toSatisfy(
      error => error instanceof RunEnded || /was approved by Ada before/.test((error as Error).message),
    )
  })
})

it('ends as it has said, to the store and to Temporal alike, when it is cancelled while it is being closed', async () => {
  let closes = () => {}
  closeWaits = new Promise(resolve => {
    closes = resolve
  })
  const run = await stage.signalbox.start('releaser', { input: 'hello' })
  await eventOf(run.events(), 'answer')
  await expect
    .poll(async () => (await historyOf(stage.signalbox.client, run.id)).map(({ summary }) => summary))
    .toContain('close the run · answered')
  await run.cancel()
  await delay(500)
  closes()
  closeWaits = undefined
  const { kind } = await run.outcome()
  expect([kind, (await stage.store.reports.run(run.id))?.outcome]).toEqual(['answered', 'answered'])
})

describe('a run that has ended', () => {
  beforeAll(async () => {
    const run = await stage.signalbox.start('releaser', { id: 'ended', input: 'bold' })
    await run.outcome()
  })

  it.each(['approve', 'deny', 'say', 'stop', 'cancel'] as const)('says so by name to %s', async verb => {
    const run = stage.signalbox.run('ended')
    const told = verb === 'stop' || verb === 'cancel' ? run[verb]() : run[verb]('call-1')
    await expect(told).rejects.toThrow(/^run ended has ended \(completed\) and cannot be .*signalbox show ended/)
  })
})

it('waits with an approval until the run has heard of the step, where the store has the question', async () => {
  // Over the time for which any decision is tried again: about as long as a lost worker goes unnoticed.
  callWaits = delay(7_000)
  const run = await stage.signalbox.start('releaser', { input: 'Be patient.' })
  const asked = await eventOf(run.events(), 'approval-ask')
  expect(await run.approve(asked.toolCallId)).toMatchObject({ repeated: false })
  callWaits = undefined
  expect(await run.outcome()).toMatchObject({ kind: 'answered', toolCalls: 1 })
})

describe('what is asked, to whoever has seen the question', () => {
  it('is pending at once, also before the run has heard of the step, and no more as soon as it is decided', async () => {
    let tells = () => {}
    callWaits = new Promise(resolve => {
      tells = resolve
    })
    const run = await stage.signalbox.start('releaser', { input: 'patient' })
    const { toolCallId } = await eventOf(run.events(), 'approval-ask')
    const listed = run.pending()
    await delay(300)
    tells()
    callWaits = undefined
    expect(await listed).toMatchObject([{ run: run.id, toolCallId, toolName: 'ask_long', input: { text: 'hello' } }])
    await run.deny(toolCallId)
    expect(await run.pending()).toEqual([])
    expect(await run.outcome()).toMatchObject({ kind: 'answered' })
  })

  it('is pending while a lost worker is replaced, and can be approved without its id', async () => {
    let tells = () => {}
    callWaits = new Promise(resolve => {
      tells = resolve
    })
    const run = await stage.signalbox.start('releaser', { id: 'seen-1', input: 'patient' })
    const { toolCallId } = await eventOf(run.events(), 'approval-ask')
    const env = stage.commandEnv
    const approving = signalbox(['approve', 'seen-1'], { env })
    // It comes when the run and the store have had their time to agree.
    const listed = await run.pending()
    tells()
    callWaits = undefined
    expect(listed).toMatchObject([{ toolCallId, until: { otherwise: 'deny' } }])
    expect(await approving).toMatchObject({ exitCode: EXIT.done, out: `approved ${toolCallId} of run seen-1\n` })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', toolCalls: 1 })
  })
})
