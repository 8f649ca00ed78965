import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunState } from '../../src/core/protocol.ts'
import { standingOf } from '../../src/runtime/events/run-standing.ts'
import type { RunHandle } from '../../src/runtime/runs/run-handle.ts'
import { detailsWith } from '../support/details.ts'
import { allEvents, eventOf, untilState } from '../support/following.ts'
import { expectReplays } from '../support/replays.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

let stage: Stage

beforeAll(async () => {
  stage = await stageScene()
})

afterAll(() => stage?.close())

const PRINT = { question: 'Print it?' }
const CHOICE = { question: 'What now?', answers: ['print', 'hold it'] }

async function inquire(input: unknown, terms: object = {}) {
  const run = await stage.signalbox.start('inquiring', { input, ...terms })
  await eventOf(run.events(), 'approval-ask')
  return run
}

/** By its events. */
function untilAsked(run: RunHandle, ...ids: readonly string[]) {
  const asked = async () => (await standingOf(stage.store.events, run.id)).pending.map(({ toolCallId }) => toolCallId)
  return expect.poll(asked).toEqual(ids)
}

const detailsOf = (id: string, words: string) => detailsWith(stage.signalbox.client, id, words)

/** Heard of it, or already ended: what is said in the same moment comes before it. */
const isCancelled = ({ status }: RunState) => status === 'cancelled' || status === 'closed'

describe('a question that a workflow asks', () => {
  it('waits for a person, says so everywhere, and gives the word to the workflow, who said it and why', async () => {
    const run = await inquire(PRINT)
    const state = await untilState(run, ({ pending }) => pending.length === 1)
    expect(state).toMatchObject({ status: 'waiting-for-approval', waitingFor: 'waiting for a decision: print' })
    const answers = ['approve', 'deny']
    expect(state.pending).toEqual([
      { toolCallId: 'print', toolName: 'print', inputPreview: 'Print it?', answers, step: 0 },
    ])
    const asked = { toolCallId: 'print', id: 'print', question: 'Print it?', answers, step: 0 }
    expect(await run.pending()).toEqual([{ run: run.id, ...asked, sinceMs: expect.any(Number) }])
    await detailsOf(run.id, `print: Print it? · \`signalbox approve ${run.id} print\` or \`signalbox deny`)
    const { held, repeated } = await run.deny('print', { by: 'Ada', note: 'too long' })
    expect({ held, repeated }).toMatchObject({ held: { decision: 'deny', by: 'Ada' }, repeated: false })
    expect((await run.outcome()).output).toEqual({ decision: 'deny', by: 'Ada', note: 'too long', deadline: false })
    const kinds = (await allEvents(run.events())).map(({ kind }) => kind)
    expect(kinds).toEqual(['run-start', 'approval-ask', 'approval-decision', 'run-end'])
    expect(await stage.store.reports.decisions(run.id)).toMatchObject([
      { toolName: 'print', decision: 'deny', by: 'Ada', note: 'too long' },
    ])
  })

  it('takes its own answers alone, and the first of them', async () => {
    const run = await inquire(CHOICE)
    const wrong = await run.approve('print').catch(error => String(error.cause))
    expect(wrong).toMatch(`'approve' is not an answer to print of run ${run.id}; answer it with \`signalbox answer`)
    await run.answer('print', 'hold it')
    expect((await run.outcome()).output).toEqual({ decision: 'hold it', deadline: false })
    expect(await stage.store.reports.decisions(run.id)).toMatchObject([{ decision: 'hold it' }])
  })

  it('is shown in the UI as it is, and is no link and no command there', async () => {
    const run = await inquire({ question: 'Ok?\n\n[yes](http://evil.test) `curl evil` <img>', answers: ['`x`', 'no'] })
    const shown = 'print: Ok? \\[yes\\](http://evil.test) \\`curl evil\\` \\<img\\>'
    await detailsOf(run.id, `${shown} · \`\` signalbox answer ${run.id} print '\`x\`' \`\` or \`signalbox answer`)
    await run.answer('print', 'no')
    expect((await run.outcome()).output).toEqual({ decision: 'no', deadline: false })
  })

  it("takes a text of people's own where it wants one, within bounds, and the first of them", async () => {
    const run = await inquire({ question: 'Which title?', answers: 'text' })
    const { pending } = await untilState(run, state => state.pending.length === 1)
    expect(pending).toMatchObject([{ toolCallId: 'print', answers: 'text' }])
    await detailsOf(run.id, `print: Which title? · \`signalbox answer ${run.id} print <text>\``)
    for (const [text, words] of [
      [' ', `an empty text is not an answer to print of run ${run.id}`],
      ['deny', `'deny' is not an answer to print of run ${run.id}; answer it with \`signalbox answer`],
      ['x'.repeat(10_001), 'a text of 10001 characters (at most 10000) is not an answer to print'],
    ] as const)
      expect(await run.answer('print', text).catch(error => String(error.cause))).toContain(words)
    const title = `Trains at night, ${'and on '.repeat(1_000)}`
    await Promise.all([run.answer('print', title, { by: 'Ada' }), run.answer('print', title, { by: 'Ada' })])
    expect((await run.outcome()).output).toEqual({ decision: title, by: 'Ada', deadline: false })
    expect(await stage.store.reports.decisions(run.id)).toMatchObject([{ decision: title, by: 'Ada' }])
  })

  it('keeps the answer of a sealed run sealed', async () => {
    const deadline = { withinMs: 60_000, otherwise: 'hold it' }
    const run = await inquire({ ...CHOICE, ...deadline }, { policy: { zdr: true } })
    const details = await detailsOf(run.id, 'print is asked, until ')
    expect(details).toContain(`\`signalbox show ${run.id}\` says what`)
    expect(details).not.toMatch(/What now|hold it/)
    const history = await stage.signalbox.client.workflow.getHandle(run.id).fetchHistory()
    expect(JSON.stringify(history)).toContain('timerStartedEventAttributes')
    const texts = JSON.stringify(history, (_, value) =>
      value instanceof Uint8Array ? String(Buffer.from(value)) : value,
    )
    expect(texts).not.toMatch(/What now|hold it/)
    await run.answer('print', 'hold it')
    await run.outcome()
    expect(await stage.store.reports.decisions(run.id)).toMatchObject([{ decision: 'hold it' }])
  })

  it('is decided by its deadline when nobody does', async () => {
    const run = await stage.signalbox.start('inquiring', { input: { ...CHOICE, withinMs: 500, otherwise: 'hold it' } })
    expect((await run.outcome()).output).toEqual({ decision: 'hold it', deadline: true })
    expect(await eventOf(run.events(), 'approval-ask')).toMatchObject({ deadline: { otherwise: 'hold it' } })
    const input = { ...CHOICE, answers: 'text', withinMs: 500, otherwise: '列車'.repeat(400) }
    const text = await stage.signalbox.start('inquiring', { input })
    expect((await text.outcome()).output).toEqual({ decision: input.otherwise, deadline: true })
  })

  it('is another one where it is asked again, and one where it is asked twice at once', async () => {
    const run = await stage.signalbox.start('insistent', { input: null })
    await run.approve('print', { by: 'Ada' })
    await untilState(run, ({ pending }) => pending[0]?.toolCallId === 'print-2')
    await run.approve('print-2', { by: 'Bob' })
    expect((await run.outcome()).output).toEqual(['Ada', 'Bob', 'Bob'])
    expect((await allEvents(run.events())).filter(({ kind }) => kind === 'approval-ask')).toHaveLength(2)
  })

  it('goes on for who asked beside one that was cancelled', async () => {
    const run = await stage.signalbox.start('halfCancelled', { input: null })
    await untilState(run, ({ pending }) => pending.length === 1)
    await stage.signalbox.client.workflow.getHandle(run.id).signal('go')
    await run.approve('print', { by: 'Ada' })
    expect((await run.outcome()).output).toEqual(['cut short', { decision: 'approve', by: 'Ada', deadline: false }])
    expect((await allEvents(run.events())).filter(({ kind }) => kind === 'approval-ask')).toHaveLength(1)
  })

  it('is known by no id of another that is open', async () => {
    const run = await stage.signalbox.start('numbered', { input: null })
    await untilState(run, ({ pending }) => pending[0]?.toolCallId === 'page')
    await run.approve('page')
    const { pending } = await untilState(run, state => state.pending.length === 2)
    expect(pending.map(({ toolCallId }) => toolCallId)).toEqual(['page-2', 'page-3'])
    await run.answer('page-2', 'yes')
    await run.approve('page-3')
    expect((await run.outcome()).output).toEqual(['yes', 'approve'])
  })

  it('is known by no id of another that is begun with it', async () => {
    const run = await stage.signalbox.start('neighbours', { input: null })
    await run.approve('page')
    await untilAsked(run, 'page-2', 'page-2-2')
    await run.approve('page-2')
    await run.answer('page-2-2', 'yes')
    expect((await run.outcome()).output).toEqual(['approve', 'yes'])
  })

  it('waits for nobody once all who asked it were cancelled, and is another one when it is asked again', async () => {
    const run = await stage.signalbox.start('giveUp', { input: null })
    const handle = stage.signalbox.client.workflow.getHandle(run.id)
    await untilAsked(run, 'print')
    await handle.signal('go')
    expect((await run.state()).pending).toMatchObject([{ toolCallId: 'print' }])
    await handle.signal('go')
    await untilAsked(run)
    expect(await run.state()).toMatchObject({ pending: [], status: 'running' })
    await handle.signal('go')
    await untilAsked(run, 'print-2')
    await run.approve('print-2', { by: 'Ada' })
    expect((await run.outcome()).output).toEqual(['cut short', 'cut short', 'Ada'])
    const kinds = (await allEvents(run.events())).map(({ kind }) => kind)
    const asked = ['approval-ask', 'approval-withdrawn', 'approval-ask', 'approval-decision']
    expect(kinds).toEqual(['run-start', ...asked, 'run-end'])
  })

  it('waits for nobody either where it is the tool of an agent that was cancelled', async () => {
    const run = await stage.signalbox.start('cutShortAgent', { input: null })
    const handle = stage.signalbox.client.workflow.getHandle(run.id)
    await untilState(run, ({ pending }) => pending.length === 1)
    await handle.signal('cut')
    await untilAsked(run)
    await handle.signal('go')
    expect((await run.outcome()).output).toBe('cut short')
    expect(await eventOf(run.events(), 'approval-withdrawn')).toMatchObject({ toolName: 'publish', step: 1 })
  })

  it('stays open when the run continues as new, with the word that was given meanwhile', async () => {
    const run = await stage.signalbox.start('moving', { input: 1 })
    const handle = stage.signalbox.client.workflow.getHandle(run.id)
    const { runId } = await handle.describe()
    await untilAsked(run, 'print')
    await handle.signal('go')
    await expect.poll(async () => (await handle.describe()).runId).not.toBe(runId)
    expect((await run.state()).pending).toMatchObject([{ toolCallId: 'print' }])
    await run.approve('print', { by: 'Ada' })
    const saidMs = Date.now()
    await handle.signal('go')
    expect((await run.outcome()).output).toEqual({ decision: 'approve', by: 'Ada', deadline: false })
    const kinds = (await allEvents(run.events())).map(({ kind }) => kind)
    expect(kinds).toEqual(['run-start', 'approval-ask', 'approval-decision', 'run-end'])
    // When it was said, in whichever part: a part that has begun to keep it and the next that does write the same.
    const [decided] = await stage.store.reports.decisions(run.id)
    expect(decided!.atMs).toBeLessThanOrEqual(saidMs)
  })

  it.each([
    ['stopped', 'stop', {}],
    ['cancelled', 'cancel', {}],
    ['out-of-budget', undefined, { budget: { timeMs: 5_000 } }],
  ] as const)('ends with its run: %s', async (kind, verb, terms) => {
    const run = await inquire({ ...PRINT, withinMs: 60_000 }, terms)
    if (verb) await run[verb]()
    expect((await run.outcome()).kind).toBe(kind)
  })

  it('takes no answer when its run was told to stop, and a tool is still at work', async () => {
    const run = await stage.signalbox.start('askingBeside', { input: null })
    await eventOf(run.events(), 'tool-start')
    await untilState(run, ({ pending }) => pending.length === 1)
    await run.stop()
    expect(await run.state()).toMatchObject({ status: 'stopping', pending: [] })
    await expect(run.approve('print')).rejects.toThrow("is stopping and no longer waits for a decision on 'print'")
    expect(await eventOf(run.events(), 'approval-withdrawn')).toMatchObject({ toolCallId: 'print' })
    expect(await run.state()).toMatchObject({ status: 'stopping', toolCalls: 0 })
    await run.cancel()
    expect((await run.outcome()).output).toEqual(['rejected', 'rejected'])
  })

  it('takes no answer when its run was cancelled, and a tool is still at work', async () => {
    const run = await stage.signalbox.start('askingBeside', { input: null })
    await eventOf(run.events(), 'tool-start')
    await untilState(run, ({ pending }) => pending.length === 1)
    await run.cancel()
    await untilState(run, isCancelled)
    await expect(run.approve('print')).rejects.toThrow(
      new RegExp(`run ${run.id} was cancelled and no longer waits for a decision on 'print'|has ended`),
    )
    expect((await run.outcome()).output).toEqual(['rejected', 'rejected'])
    expect(await stage.store.reports.decisions(run.id)).toEqual([])
    expect((await run.state()).pending).toEqual([])
  })

  it('takes an answer when its run was cancelled, and it is asked all the same', async () => {
    const run = await stage.signalbox.start('askingAfterAll', { input: null })
    await untilState(run, ({ pending }) => pending.length === 1)
    await run.cancel()
    await untilState(run, ({ pending }) => pending[0]?.toolName === 'refund')
    await run.approve('refund')
    expect((await run.outcome()).output).toEqual('approve')
  })

  it('ends its run with the cost of a call that ended after it', async () => {
    await stage.vendors.setFaults('one', [{ kind: 'slow-first-token', times: 1, delayMs: 1_500 }])
    const run = await stage.signalbox.start('askingBesideCall', { input: 'Say hello.' })
    await eventOf(run.events(), 'attempt-start')
    await untilState(run, ({ pending }) => pending.length === 1)
    await run.stop()
    const outcome = await run.outcome()
    const { lowPico, highPico } = (await stage.store.reports.cost(run.id))!
    expect(lowPico).not.toBe('0')
    expect(outcome).toMatchObject({ kind: 'stopped', calls: 1, cost: { lowPico, highPico } })
  })

  it('ends its run with the cost of a call that ended after an agent had failed', async () => {
    const run = await stage.signalbox.start('failingBesideCall', { input: 'Say hello.' })
    const outcome = await run.outcome()
    const { lowPico, highPico } = (await stage.store.reports.cost(run.id))!
    expect(lowPico).not.toBe('0')
    expect(outcome).toMatchObject({ kind: 'refused', calls: 1, cost: { lowPico, highPico } })
  })

  it('is told to the people of the run above', async () => {
    const run = await stage.signalbox.start('delegated', { input: null })
    const { run: below, event } = await eventOf(run.events(), 'below')
    expect(event).toMatchObject({ kind: 'approval-ask', toolName: 'print', inputPreview: 'Print it?' })
    await stage.signalbox.run(below).approve('print')
    expect((await run.outcome()).output).toMatchObject({ decision: 'approve' })
  })

  it.each([
    [{ question: ' ' }, 'the `question` of print must be a text'],
    [{ ...PRINT, answers: ['a', 'a'] }, 'must be 1 to 20 different texts'],
    [{ ...CHOICE, withinMs: 5 }, '`otherwise` of print is nothing, and must be one of its answers: print, hold it'],
    [{ ...PRINT, otherwise: 'deny' }, 'give both'],
    [{ ...PRINT, answers: 'text', withinMs: 5 }, '`otherwise` of print is nothing, and must be a text'],
    [{ ...PRINT, answers: 'any' }, 'or `text`'],
    [{ ...PRINT, withinMs: 0.5 }, '`withinMs` of print is 0.5'],
  ])('fails the run where it is none: %j', async (input, words) => {
    const run = await stage.signalbox.start('inquiring', { input })
    expect(await run.outcome()).toMatchObject({ kind: 'failed', message: expect.stringContaining(words) })
  })
})

describe('a raise of the budget of a run that ends', () => {
  it.each([
    ['stop', 'is stopping'],
    ['cancel', 'was cancelled'],
  ] as const)('is refused with words: %s', async (end, words) => {
    const run = await stage.signalbox.start('askingBeside', { input: null, budget: { usd: '1', onShort: 'ask' } })
    await eventOf(run.events(), 'tool-start')
    await run[end]()
    if (end === 'cancel') await untilState(run, isCancelled)
    await expect(run.raiseBudget({ usd: '1' })).rejects.toThrow(
      new RegExp(`run ${run.id} ${words} and calls no model any more|has ended`),
    )
    if (end === 'stop') await run.cancel()
    await run.outcome()
    expect((await allEvents(run.events())).map(({ kind }) => kind)).not.toContain('budget-raise')
  })

  it('is taken when its run was cancelled, and waits for it all the same', async () => {
    const budget = { usd: '0.00001', onShort: 'ask' } as const
    const run = await stage.signalbox.start('writingAfterAll', { input: null, budget })
    await untilState(run, ({ pending }) => pending.length === 1)
    await run.cancel()
    await untilState(run, ({ waitingFor = '' }) => waitingFor.includes('raise the budget'))
    await run.raiseBudget({ usd: '1' })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', calls: 1 })
  })

  it('is taken when a run below waits for it that was cancelled together with its run', async () => {
    const budget = { usd: '0.00001', onShort: 'ask' } as const
    const run = await stage.signalbox.start('waitingAfterAll', { input: null, budget })
    const { run: below } = await eventOf(run.events(), 'child-start')
    await untilState(stage.signalbox.run(below), ({ pending }) => pending.length === 1)
    await run.cancel()
    await untilState(run, ({ waitingFor = '' }) => waitingFor.includes('short of it'))
    await run.raiseBudget({ usd: '1' })
    expect(await stage.signalbox.run(below).outcome()).toMatchObject({ kind: 'answered', calls: 1 })
    await run.outcome()
  })
})

describe('a workflow whose agent asks', () => {
  it('has its agents’ approvals, decisions and tools under the step of the run that asked', async () => {
    const run = await stage.signalbox.start('publishing', { input: 'Please publish this.' })
    const { toolCallId, step } = await eventOf(run.events(), 'approval-ask')
    expect(step).toBe(2)
    expect(await untilState(run, ({ pending }) => pending.length === 1)).toMatchObject({
      pending: [{ toolCallId, step }],
    })
    await run.approve(toolCallId, { by: 'Ada' })
    expect(await run.outcome()).toMatchObject({ kind: 'answered' })
    expect(await stage.store.reports.decisions(run.id)).toMatchObject([{ toolCallId, step }])
  })

  it('says that it waits for a larger budget also while its agent waits for people, and after that', async () => {
    const budget = { usd: '0.02', onShort: 'ask' } as const
    const run = await stage.signalbox.start('shortBeside', { input: 'Please publish this.', budget })
    const isShort = { waitingFor: expect.stringMatching(/^waiting for a larger budget: /) }
    const { toolCallId } = await eventOf(run.events(), 'approval-ask')
    await eventOf(run.events(), 'budget-ask')
    expect(await untilState(run, ({ pending }) => pending.length === 1)).toMatchObject(isShort)
    await run.approve(toolCallId)
    await untilState(run, ({ toolCalls }) => toolCalls === 2)
    expect(await run.state()).toMatchObject({ status: 'waiting', ...isShort })
    await run.raiseBudget({ usd: '1' })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', output: 2 })
  })
})

it('has written no history that would not replay', () => expectReplays(stage, 20))
