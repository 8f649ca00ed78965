import { type ActivityInterceptorsFactory, Runtime } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { NEW_PROMPT } from '../../src/core/agent/prompt-state.ts'
import type { OpenRunResult, TranscriptRef } from '../../src/core/protocol.ts'
import type { RunHandle } from '../../src/runtime/runs/run-handle.ts'
import { defineTool } from '../../src/tools/index.ts'
import { allEvents, eventOf } from '../support/following.ts'
import { historyOf } from '../support/history.ts'
import { expectReplays } from '../support/replays.ts'
import { APP } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

let stage: Stage

const listing = (name: string, maxResultBytes?: number) =>
  defineTool({
    name,
    description: 'gives a list of letters',
    input: z.object({ many: z.number() }),
    ...(maxResultBytes !== undefined && { maxResultBytes }),
    run: ({ many }) => Array<string>(many).fill('r'),
  })

const tools = [...APP.tools!, listing('list'), listing('list_all', 2_000_000)]

beforeAll(async () => {
  stage = await stageScene({ app: { ...APP, tools }, worker: { interceptors: { activity: [openedBefore] } } })
})

afterAll(() => stage?.close())

/** Opens runs that are called so as a worker did that refused no options. */
const openedBefore: ActivityInterceptorsFactory = ({ info }) => ({
  inbound: {
    async execute(input, next) {
      const result = await next(input)
      if (info.activityType !== 'openRun' || !info.workflowExecution?.workflowId.startsWith('before-')) return result
      const { isStrict: _, ...opened } = result as OpenRunResult & { readonly isStrict?: true }
      return opened
    },
  },
})

const MADE = { agent: 'clerk', transcript: { lineage: 'x/1', length: 3 }, prompt: NEW_PROMPT, callId: '' }

it('is served with a warning by a worker that keeps no workflows, and replays all of its history for each task', async () => {
  const warn = vi.spyOn(Runtime.instance().logger, 'warn')
  const forgetful = await stageScene({ app: { ...APP, tools }, worker: { maxCachedWorkflows: 0 } })
  const warned = warn.mock.calls.map(([message]) => message)
  warn.mockRestore()
  expect(warned).toEqual([expect.stringContaining('keeps no workflows')])
  const run = await forgetful.signalbox.start('everything', { input: 'A headline, please.' })
  expect(await run.outcome()).toMatchObject({ kind: 'answered', calls: 4, toolCalls: 3 })
  await forgetful.close()
})

describe('a workflow of one’s own', () => {
  it('generates, judges by a schema, runs tools and agents, and adds the money up', async () => {
    const run = await stage.signalbox.start('everything', { input: 'A headline, please.' })
    const outcome = await run.outcome<Record<string, string>>()
    expect(outcome).toMatchObject({ kind: 'answered', calls: 4, toolCalls: 3 })
    expect(outcome.output).toMatchObject({ ok: 'boolean', sum: '7', clerk: expect.stringContaining('The sums are') })
    expect(outcome.output?.costUsd).toBe(outcome.costUsd)
    const calls = (await historyOf(stage.signalbox.client, run.id)).filter(({ activity }) => activity === 'callModel')
    expect(calls.map(({ summary }) => summary)).toEqual([
      'cheap · step 1',
      'cheap · step 2',
      'cheap · step 3 · clerk',
      'cheap · step 4 · clerk',
    ])
    const cost = await stage.store.reports.cost(run.id)
    expect(cost).toMatchObject({ highPico: outcome.cost.highPico, exactPico: outcome.cost.highPico })
    const titles = await stage.store.reports.attempts({ label: { key: 'feature', value: 'titles' }, limit: 5 })
    expect(titles).toHaveLength(1)
  })

  it('is refused where it opens its run with the whole brief, which would be one without a budget', async () => {
    const paid = stage.vendors.meter().length
    const run = await stage.signalbox.start('wholesale', { input: 'A headline.', budget: { usd: '0.01' } })
    expect(await run.outcome()).toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(
        /^`openRun` of wholesale was given the whole brief instead of its terms, .*; write openRun\(brief\.terms\)$/,
      ),
    })
    expect(stage.vendors.meter()).toHaveLength(paid)
  })

  it('is told of options that do not exist, and of values that none can have, before anything is paid', async () => {
    const paid = stage.vendors.meter().length
    const run = await stage.signalbox.start('untyped', { input: 'A headline.' })
    const outcome = await run.outcome<readonly unknown[]>()
    expect(outcome).toMatchObject({ kind: 'answered', calls: 0 })
    expect(stage.vendors.meter()).toHaveLength(paid)
    const words = [
      /^`generate` has no option `tools`; only agents have tools: use `run.agent`. There are: prompt, messages/,
      /^`generate` has no option `maxTokens`; did you mean `maxOutputTokens`\? There are: /,
      /^what is asked of cheap has maxOutputTokens -5; it must be a whole number above 0/,
      /^what is asked of cheap has maxOutputTokens 5n; it must be a whole number above 0/,
      /^the `policy` that cheap is asked with cannot be written as JSON, as history needs it: \$\.maxInputTokens is a bigint/,
      /^the `policy` that cheap is asked with cannot be written as JSON/,
      /^the `providerOptions` that cheap is asked with cannot be written as JSON, .*: \$\.acme\.thinking is a bigint/,
      /^the `schema` that cheap is asked with cannot be written as JSON/,
      /^the `policy` that cheap is asked with is not JSON: \$\.zdr is a function, which JSON cannot hold; give the value/,
      /^the `providerOptions` that cheap is asked with is not JSON: \$\.acme\.thinking\[0\] is a function/,
      /^the label team has 1001 characters, and its name and its text may have 1000 each; say the rest in the input/,
      /^the label year is 2026; write it as text, like '2026'/,
      /^message 0 for cheap is not valid: it needs a role of system, user/,
      /^the `messages` that cheap is asked with are not a list/,
      /^`generate` was given a text where its options belong: an object, of prompt/,
      /^`generate` takes the name of a task class, and then its options/,
      /^`agent` has no option `budget`. There are: conversation, toolChoice/,
      /^`tool` has no option `timeoutMs`. There are: historyBytes/,
      /^the input of add cannot be written as JSON, as history needs it: \$\.a is a bigint, which JSON cannot hold; give/,
      /^`ask` has no option `timeoutMs`. There are: question, answers, schema, withinMs, otherwise/,
      /^`otherwise` of print is 5n, and must be one of its answers: approve, deny/,
      /^`child` has no option `budjet`. There are: input, budget, taskClass, labels. clerk was not started/,
      /^the budget is not JSON: \$\.usd is a function, which JSON cannot hold; give the value itself. clerk was not/,
      /^the budget cannot be written as JSON, as history needs it: \$\.steps is a bigint, .*\. clerk was not started/,
      /^the label year is 2026; write it as text, like '2026'. clerk was not started/,
      /^the input of add is not JSON: \$\.b is NaN, which JSON cannot hold; give null or a text/,
      /^the input of clerk is not JSON: \$\.seen is a Set, which JSON cannot hold; give `\[...set\]`. clerk was not/,
      /^the input of the next part of untyped is not JSON: \$\[0\] is a Map/,
      /^the output of untyped is not JSON: \$\.later is a Promise, which JSON cannot hold; give what it resolves with/,
      new Date(0).toISOString(),
    ]
    const reason = { name: 'ApplicationFailure', message: expect.stringMatching(/^`tool` has no option `timeoutMs`/) }
    const settled = [{ status: 'rejected', reason }]
    expect(outcome.output).toEqual([...words.map(each => expect.stringMatching(each)), settled])
  })

  it('is not answered with what nobody has awaited', async () => {
    const run = await stage.signalbox.start('unawaiting', { input: 'A headline.' })
    const message =
      'the output of unawaiting is not JSON: $.sums[0] is a Promise, which JSON cannot hold; give what it resolves with: `await` it'
    expect(await run.outcome()).toMatchObject({ kind: 'failed', message })
  })

  it('leaves a line in the worker’s log of what nobody has awaited when it closes or goes on as new', async () => {
    const warn = vi.spyOn(Runtime.instance().logger, 'warn')
    const run = await stage.signalbox.start('leaving', { input: 'Trains.' })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', calls: 0 })
    const said = warn.mock.calls
      .map(([message]) => message)
      .filter(message => message.includes('before everything was awaited'))
    warn.mockRestore()
    expect(said).toEqual([
      expect.stringMatching(/^the workflow continued as new .*: the tool add\. .*; await each/),
      expect.stringMatching(/^the workflow ended .*: a call of cheap, the tool add, the child clerk\. .*; await each/),
    ])
  })

  it('is told of no option that does not exist where an older worker has begun it, neither in its next part', async () => {
    const before = await stage.signalbox.start('misspelling', { input: 'First.', id: 'before-misspelling' })
    expect(await before.outcome()).toMatchObject({ kind: 'answered', calls: 4 })
    const now = await stage.signalbox.start('misspelling', { input: 'First.' })
    expect(await now.outcome()).toMatchObject({ kind: 'failed', calls: 1, message: expect.stringMatching(/maxTokens/) })
  })

  it('may say what was said before in texts alone', async () => {
    const run = await stage.signalbox.start('recalling', { input: 'And goodbye.' })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', output: expect.any(String) })
    expect((await run.messages()).slice(0, -1)).toEqual([
      { role: 'system', content: 'You are brief.' },
      { role: 'user', content: [{ type: 'text', text: 'Say hello.' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'Hello.' }] },
      { role: 'user', content: [{ type: 'text', text: 'And goodbye.' }] },
    ])
  })

  it('chooses tools for an agent’s first answer to each input, and hears of one that it does not have', async () => {
    const run = await stage.signalbox.start('choosing', { input: 'Say hello.' })
    const outcome = await run.outcome()
    // A call, its result and an answer behind the beginning; then a question and its answer, and once more.
    expect(outcome.output).toEqual({
      messages: [5, 7, 9],
      wrong: expect.stringMatching(/toolChoice 'ad'.*add, publish/),
    })
    expect(outcome).toMatchObject({ calls: 4, toolCalls: 1 })
  })

  it('is given the value of an agent that has a schema, as its starter is', async () => {
    const run = await stage.signalbox.start('judging', { input: 'A headline.' })
    expect((await run.outcome()).output).toEqual({
      inside: expect.any(Boolean),
      below: expect.any(Boolean),
      plain: 'none',
    })
    const judge = await stage.signalbox.start('judge', { input: 'A headline.' })
    const { text = '', output } = await judge.outcome<{ readonly ok: boolean }>()
    expect(output).toEqual({ ok: expect.any(Boolean), reason: expect.any(String) })
    expect(JSON.parse(text)).toEqual(output)
  })

  it('is told what it cannot give to a verb, for it would lie in history', async () => {
    const run = await stage.signalbox.start('voluminous', { input: null })
    const outcome = await run.outcome<readonly string[]>()
    expect(outcome).toMatchObject({ kind: 'answered', calls: 0, toolCalls: 0 })
    const whats = [
      'input of clerk',
      'what is asked of cheap',
      'input of add',
      'input of clerk',
      'input of the next part of voluminous',
      'output of voluminous',
    ]
    expect(outcome.output).toEqual(
      whats.map(what => expect.stringMatching(new RegExp(`${what} has about 3000\\d+ bytes.* Have a tool keep it`))),
    )
  })

  it('is told what would be too long for history as the text that an agent reads', async () => {
    const run = await stage.signalbox.start('wordier', { input: null })
    const tooLong = expect.stringMatching(/input of clerk has about 2800\d+ bytes.* Have a tool keep it/)
    expect(await run.outcome()).toMatchObject({ kind: 'answered', output: [tooLong, tooLong] })
  })

  it('asks no model nothing, and is told so', async () => {
    const paid = stage.vendors.meter().length
    const run = await stage.signalbox.start('wordless', { input: null })
    const { output, calls } = await run.outcome<readonly string[]>()
    const refusal = expect.stringMatching(/nothing is asked of cheap.*prompt.*messages/)
    expect(output).toEqual([refusal, refusal, refusal, refusal, expect.stringContaining('no text to work on')])
    expect([calls, stage.vendors.meter().length]).toEqual([0, paid])
    const uncaught = await stage.signalbox.start('speechless', { input: null })
    expect(await uncaught.outcome()).toMatchObject({ kind: 'failed', message: refusal })
    expect(await stage.store.reports.run(uncaught.id)).toMatchObject({ outcome: 'failed', message: refusal })
  })

  it('may wait for one verb while others fail, and hears of them where it awaits them', async () => {
    const run = await stage.signalbox.start('relaxed', { input: 'A headline, please.' })
    const { kind, output } = await run.outcome()
    expect({ kind, output }).toMatchObject({ kind: 'answered', output: { ends: ['rejected', 'rejected', 'rejected'] } })
    const history = await historyOf(stage.signalbox.client, run.id)
    expect(history.map(event => event.type)).not.toContain('workflowTaskFailed')
  })

  it('fails when it asks a model after its end, and pays nothing', async () => {
    const paid = stage.vendors.meter().length
    const run = await stage.signalbox.start('hasty', { input: 'One more thing.' })
    expect(await run.outcome()).toMatchObject({ kind: 'failed', message: expect.stringContaining('close it last') })
    expect(stage.vendors.meter()).toHaveLength(paid)
  })

  it('may begin with a tool', async () => {
    const run = await stage.signalbox.start('toolFirst', { input: 4 })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', output: '5', toolCalls: 1 })
    const events = await allEvents(run.events())
    expect(events.map(({ kind }) => kind)).toEqual(['run-start', 'tool-start', 'tool-end', 'run-end'])
    expect(events[1]).toMatchObject({ toolName: 'add', inputPreview: expect.stringMatching(/^\{"a":/) })
  })

  it('has what a tool gives in its hand, a long result where it says how much of history that may take', async () => {
    const run = await stage.signalbox.start('reading', { input: null })
    const refusal = expect.stringMatching(/historyBytes.* of add is \d+.* from 512 to 1900000/)
    expect((await run.outcome()).output).toEqual({
      sum: 7,
      whole: { characters: 30_000, stored: false },
      beyond: { value: 'none', stored: true, beginning: 510 },
      cut: { value: 'none', stored: true },
      escaped: { value: 'none', stored: true },
      broken: { value: 'none', preview: '"the shelf is empty"' },
      refused: [refusal, refusal, refusal],
    })
  })

  it('talks with an agent turn by turn, in one transcript, across parts', async () => {
    const lines = ['What is the sum?', 'Are you sure?', 'Thank you.']
    const run = await stage.signalbox.start('dialogue', { input: { lines } })
    const outcome = await run.outcome<{ readonly transcript: TranscriptRef; readonly refused: readonly string[] }>()
    expect(outcome).toMatchObject({ kind: 'answered', calls: 4, toolCalls: 2 })
    const { transcript, refused } = outcome.output!
    const messages = await stage.store.transcripts.read(transcript)
    const turn = ['user', 'assistant']
    expect(messages.map(({ role }) => role)).toEqual(['system', ...turn, 'tool', 'assistant', ...turn, ...turn])
    expect(JSON.stringify(messages.filter(({ role }) => role === 'user'))).toMatch(
      new RegExp(lines.map(line => line.replace('?', '\\?')).join('.*')),
    )
    expect(refused).toEqual([
      expect.stringMatching(/that walker was given belongs to another run/),
      expect.stringContaining('belongs to another run'),
      expect.stringContaining('its input is empty'),
    ])
  })

  it.each([
    [
      { text: 'Go on.', conversation: { agent: 'clerk' } },
      /conversation that clerk was given is not one.*earlier answer/,
    ],
    [{ text: 'Go on.', conversation: { ...MADE, prompt: {} } }, /conversation that clerk was given is not one/],
    [{ text: 'Go on.', conversation: { ...MADE, prompt: { ...NEW_PROMPT, whole: 7 } } }, /was given is not one/],
    [{ text: 'Go on.', conversation: { ...MADE, transcript: { lineage: 'x' } } }, /was given is not one/],
    [{ text: 'Go on.', conversation: 'support-7' }, /conversation that clerk was given is not one.*earlier answer/],
    [{}, /input of clerk is nothing: give it a text, texts and files, or what/],
  ])('fails where an agent is given %j', async (input, words) => {
    const run = await stage.signalbox.start('handMade', { input })
    expect(await run.outcome()).toMatchObject({ kind: 'failed', message: expect.stringMatching(words), calls: 0 })
  })

  it('may give an agent an object, which it reads as it does one that it is started with', async () => {
    const input = { question: 'What is the sum?' }
    for (const [name, given] of [
      ['handMade', { text: input }],
      ['clerk', input],
    ] as const) {
      const run = await stage.signalbox.start(name, { input: given })
      expect((await run.outcome()).kind).toBe('answered')
      const said = (await run.messages()).filter(({ role }) => role === 'user')
      expect(said).toEqual([{ role: 'user', content: [{ type: 'text', text: JSON.stringify(input) }] }])
    }
  })

  it('may interrupt a turn, also one that opens the run, and go on from what was said before', async () => {
    const lines = ['What is the sum?', 'Take your time.', 'Never mind.']
    const run = await stage.signalbox.start('interrupted', { input: lines })
    const tell = (name: string) => stage.signalbox.client.workflow.getHandle(run.id).signal(name)
    await tell('begin')
    await untilStep(run, 'answer', 2)
    await stage.vendors.setFaults('one', [{ kind: 'stall', afterTokens: 5 }])
    await tell('begin')
    await untilStep(run, 'attempt-start', 3)
    await tell('interrupt')
    await untilStep(run, 'attempt-end', 3)
    await stage.vendors.setFaults('one', [])
    await tell('begin')
    const { output } = await run.outcome<{ readonly ends: readonly string[]; readonly transcript: TranscriptRef }>()
    expect(output!.ends).toEqual(['interrupted', 'answered', 'interrupted', 'answered'])
    const messages = await stage.store.transcripts.read(output!.transcript)
    const said = messages.filter(({ role }) => role === 'user').map(message => JSON.stringify(message.content))
    expect(said).toEqual([expect.stringContaining(lines[0]!), expect.stringContaining(lines[2]!)])
  })

  it('may interrupt one of several verbs that open the run together, and the others go on', async () => {
    const run = await stage.signalbox.start('halfInterrupted', { input: 'What is the sum?' })
    expect((await run.outcome()).output).toEqual(['interrupted', 'answered', 'interrupted', 'answered'])
  })

  it('passes its own types on, to tools, children and parts', async () => {
    const laps = [1, 2].map(a => ({ a, b: 1 }))
    const run = await stage.signalbox.start('relay', { input: { holder: 'ann', laps } })
    expect((await run.outcome()).output).toEqual({ holder: 'ann+2+3', laps: [] })
  })

  it('begins once, and looks an agent up later without beginning anew', async () => {
    const run = await stage.signalbox.start('publishing', { input: 'What is the sum?' })
    expect(await run.outcome()).toMatchObject({ kind: 'answered' })
    const { events } = await stage.signalbox.client.workflow.getHandle(run.id).fetchHistory()
    const openings = (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
      scheduled?.activityType?.name === 'openRun' ? [`${scheduled.input?.payloads?.[0]?.data}`] : [],
    )
    expect(openings.map(input => JSON.parse(input))).toMatchObject([{ begins: true }, { agent: 'clerk' }])
    expect(openings[1]).not.toContain('"begins"')
  })

  it('is served beside agents, which are still known by name', async () => {
    const run = await stage.signalbox.start('clerk', { input: 'What is the sum?' })
    expect(await run.outcome()).toMatchObject({ kind: 'answered' })
  })

  it('is closed in the ledger when its own code fails, which says why', async () => {
    const run = await stage.signalbox.start('failing', { input: 'hello' })
    const outcome = await run.outcome()
    const end = { message: 'the editor walked out', calls: 1 }
    expect(outcome).toMatchObject({ kind: 'failed', ...end })
    expect(await stage.store.reports.run(run.id)).toMatchObject({ outcome: 'failed', ...end })
  })

  it.each([
    ['tool', 'it was interrupted'],
    ['agent', 'clerk was interrupted'],
  ] as const)('fails where it does not catch that its own scope cancels a verb: %s', async (input, what) => {
    const run = await stage.signalbox.start('inattentive', { input })
    await eventOf(run.events(), 'tool-start')
    await stage.signalbox.client.workflow.getHandle(run.id).signal('under-way')
    const message = `the workflow did not catch that a scope of its own was cancelled: ${what}`
    expect(await run.outcome()).toMatchObject({ kind: 'failed', message })
    expect(await stage.store.reports.run(run.id)).toMatchObject({ outcome: 'failed', message })
    expect(await eventOf(run.events(), 'run-end')).toMatchObject({ outcome: 'failed', message })
  })

  it('fails where it does not catch that somebody cancels its child, and names the child', async () => {
    const child = 'forsaken-clerk'
    const run = await stage.signalbox.start('forsaken', { input: child })
    await vi.waitFor(() => stage.signalbox.run(child).cancel(), 10_000)
    const message = `the workflow did not catch that its child ${child} was cancelled`
    expect(await run.outcome()).toMatchObject({ kind: 'failed', message })
    expect(await stage.store.reports.run(run.id)).toMatchObject({ outcome: 'failed', message })
  })

  it.each(['tool', 'agent'] as const)('tells its cancellation everywhere in the same words: %s', async input => {
    const run = await stage.signalbox.start('inattentive', { input })
    await eventOf(run.events(), 'tool-start')
    await run.cancel()
    const message = 'the run was cancelled'
    expect(await run.outcome()).toMatchObject({ kind: 'cancelled', message })
    expect(await stage.store.reports.run(run.id)).toMatchObject({ outcome: 'cancelled', message })
    expect(await eventOf(run.events(), 'run-end')).toMatchObject({ outcome: 'cancelled', message })
  })

  it('has an outcome where it fails before it opens its run', async () => {
    const run = await stage.signalbox.start('squeamish', { input: '?!' })
    const outcome = await run.outcome()
    expect(outcome).toMatchObject({ kind: 'failed', message: "'?!' is no headline", costUsd: '0', calls: 0 })
  })

  it('may catch what a verb throws, see what it is, and go another way', async () => {
    const run = await stage.signalbox.start('resourceful', { input: 'hello' })
    const output = { kind: 'failed', fault: 'no-route', other: 'none' }
    expect(await run.outcome()).toMatchObject({ kind: 'answered', output })
  })

  it('aborts what is still out when a verb ends the run, and counts its cost', async () => {
    await stage.vendors.setFaults('one', [{ kind: 'stall', afterTokens: 5 }])
    const asked = stage.vendors.meter().length
    const run = await stage.signalbox.start('sideBySide', { input: 'hello' })
    await expect.poll(() => stage.vendors.meter().length).toBe(asked + 1)
    await stage.signalbox.client.workflow.getHandle(run.id).signal('under-way')
    const outcome = await run.outcome()
    expect(outcome).toMatchObject({ kind: 'failed', fault: { kind: 'no-route' }, calls: 2 })
    const cost = await stage.store.reports.cost(run.id)
    expect(BigInt(outcome.cost.highPico)).toBeGreaterThan(0n)
    expect(cost?.highPico).toBe(outcome.cost.highPico)
    await expect.poll(() => stage.vendors.meter().at(-1)?.outcome).toBe('aborted')
    await stage.vendors.setFaults('one', [])
  })

  it('is stopped also where it was about to go on in a new part', async () => {
    const run = await stage.signalbox.start('heedless', { input: 1 })
    await eventOf(run.events(), 'answer')
    await run.stop()
    expect(await run.outcome()).toMatchObject({ kind: 'stopped', calls: 1 })
  })

  it('ends out of budget when its time is used up', async () => {
    await stage.vendors.setFaults('one', [{ kind: 'silence' }])
    const run = await stage.signalbox.start('chatter', { input: 3, budget: { timeMs: 500 } })
    const outcome = await run.outcome()
    expect(outcome).toMatchObject({ kind: 'out-of-budget', message: expect.stringContaining('time budget') })
    await stage.vendors.setFaults('one', [])
  })

  it('begins no tool when its time is used up', async () => {
    const run = await stage.signalbox.start('tardy', { input: 1, budget: { timeMs: 200 } })
    expect(await run.outcome()).toMatchObject({ kind: 'out-of-budget', toolCalls: 0 })
  })

  it('costs one activity a call in history, with a summary that a person can read', async () => {
    const run = await stage.signalbox.start('chatter', { input: 12 })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', calls: 12 })
    const events = await historyOf(stage.signalbox.client, run.id)
    const scheduled = events.filter(event => event.type === 'activityTaskScheduled')
    expect(scheduled.map(event => event.activity)).toEqual(['openRun', ...Array(12).fill('callModel'), 'closeRun'])
    expect(scheduled[12]?.summary).toBe('cheap · step 12')
    // Where it begins, where it ends, and with the marker there: on the way every ten calls, but not within five seconds of the last.
    const { startedAtMs, endedAtMs } = (await stage.store.reports.run(run.id))!
    const most = endedAtMs! - startedAtMs < 5_000 ? 3 : 4
    const upserts = events.filter(event => event.type === 'upsertWorkflowSearchAttributes').length
    expect([3, most]).toContain(upserts)
  })
})

it('has written no history that would not replay', () => expectReplays(stage, 45))

/** Until the run has an event of this kind in that step. */
async function untilStep(
  run: RunHandle,
  kind: 'answer' | 'attempt-start' | 'attempt-end',
  step: number,
): Promise<void> {
  for await (const event of run.events()) if (event.kind === kind && event.step === step) return
}
