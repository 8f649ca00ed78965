import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { RunEvent } from '../../src/core/events.ts'
import type { Message } from '../../src/core/messages.ts'
import { type Said, UPDATES } from '../../src/core/protocol.ts'
import type { UiMessageChunk } from '../../src/core/ui-messages/chunk.ts'
import type { VendorScript } from '../../src/providers/simulated/index.ts'
import { connect } from '../../src/runtime/client.ts'
import type { RunHandle } from '../../src/runtime/runs/run-handle.ts'
import { type UiMessageOptions, uiMessageChunks } from '../../src/runtime/runs/ui-message-chunks.ts'
import { localConnection } from '../../src/runtime/temporal/connection-options.ts'
import { defineAgent } from '../../src/tools/index.ts'
import { eventOf, untilState } from '../support/following.ts'
import { expectReplays } from '../support/replays.ts'
import { partsOf } from '../support/reset.ts'
import { APP, VENDORS, YAML } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

let stage: Stage

beforeAll(async () => {
  const { agents = [], tools = [] } = APP
  const hasty = defineAgent({
    name: 'hasty',
    instructions: 'Be quick.',
    tools,
    taskClass: 'cheap',
    limits: { steps: 1 },
  })
  stage = await stageScene({
    yaml: YAML.replace('cheap: {', 'cheap: { outlast: 0,'),
    app: { ...APP, agents: [...agents, hasty] },
  })
})

afterAll(() => stage?.close())

const talk = (id: string, input: { readonly inParts?: boolean; readonly agent?: string } = {}) =>
  stage.signalbox.start('talking', { id, input })

const NOTE = '[The answer was interrupted here.]'

const interrupt = ({ id }: RunHandle) => stage.signalbox.client.workflow.getHandle(id).signal('interrupt')

async function chunksOf(run: RunHandle, options: UiMessageOptions): Promise<readonly UiMessageChunk[]> {
  const chunks: UiMessageChunk[] = []
  for await (const chunk of uiMessageChunks(run, options)) chunks.push(chunk)
  return chunks
}

/** What the message says in the end. */
async function textOf(run: RunHandle, options: UiMessageOptions): Promise<string> {
  let text = ''
  for (const chunk of await chunksOf(run, options)) {
    if (chunk.type === 'reset-step') text = ''
    if (chunk.type === 'text-delta') text += chunk.delta
  }
  return text
}

/** The events so far. */
async function eventsOf({ id }: RunHandle): Promise<readonly RunEvent[]> {
  return stage.store.events.read((await stage.store.reports.run(id))!.key, 0, 500)
}

const untilText = async (run: RunHandle) => eventOf(run.events(), 'text-delta')

const wordsOf = ({ content }: Message) =>
  typeof content === 'string' ? content : content.map(part => ('text' in part ? part.text : part.type)).join()

describe('what people say to a workflow that hears them', () => {
  it('has each its own answer, also what comes while a turn works, from part to part, and a repeated message once', async () => {
    const run = await talk('queued', { inParts: true })
    await run.say('Please publish this.', { id: 'one', by: 'Ann' })
    const { toolCallId } = await eventOf(run.events(), 'approval-ask')
    const answers = ['one', 'two', 'three'].map(answerTo => textOf(run, { answerTo }))
    await run.say('What is the sum?', { id: 'two' })
    await run.say('What is the sum?', { id: 'two' })
    await run.say('Thank you.', { id: 'three' })
    await run.approve(toolCallId)
    const texts = await Promise.all(answers)
    const given = (await eventsOf(run)).flatMap(event =>
      event.kind === 'answer' && event.text !== '' ? event.text : [],
    )
    expect(new Set(texts).size).toBe(3)
    expect(texts).toEqual(given)
    // In a later part, too.
    await run.say('What is the sum?', { id: 'two' })
    await run.say('Please publish this.', { id: 'one' })
    const said = (await eventsOf(run)).filter(event => event.kind === 'said')
    expect(said.map(({ id, text, by }) => [id, text, by])).toEqual([
      ['one', 'Please publish this.', 'Ann'],
      ['two', 'What is the sum?', undefined],
      ['three', 'Thank you.', undefined],
    ])
    await expect.poll(() => partsOf(stage.signalbox.client, run.id)).toHaveLength(4)
    expect((await run.state()).waitingFor).toBe('waiting for a message: `signalbox say queued <text>`')
    await run.stop()
    expect(await run.outcome()).toMatchObject({ kind: 'stopped' })
  })

  it('goes to one of those that wait for it, and to none that has left', async () => {
    const run = await stage.signalbox.start('hearingTwice', { input: null })
    for (const text of ['First.', 'Second.']) await run.say(text, { id: text })
    expect((await run.outcome()).output).toEqual({
      heard: [
        ['First.', 'First.', null],
        ['Second.', 'Second.', null],
      ],
      cut: 'cut',
    })
  })

  it('is not all that a run waits for which asks people meanwhile', async () => {
    const run = await stage.signalbox.start('askingBack', { id: 'asking-back', input: null })
    await expect.poll(async () => (await run.state()).hears).toBe(true)
    await run.say('Take it.')
    await eventOf(run.events(), 'approval-ask')
    expect(await run.state()).not.toHaveProperty('hears')
    await run.answer('which', 'that')
    expect((await run.outcome()).output).toBe('that')
  })

  it('may be long, and the first: history has a reference', async () => {
    const run = await talk('long')
    const text = `What is the sum? ${'lorem '.repeat(25_000)}`
    await run.say(text, { id: 'long' })
    await eventOf(run.events(), 'answer')
    expect(wordsOf((await run.messages({ step: 1 }))[1]!)).toBe(text)
    const { historySize } = await stage.signalbox.client.workflow.getHandle(run.id).describe()
    expect(historySize).toBeLessThan(text.length)
    await run.stop()
  })
})

describe('what was not heard yet', () => {
  const sayUnstored = ({ id }: RunHandle, said: Said) =>
    stage.signalbox.client.workflow.getHandle(id).executeUpdate(UPDATES.say, { args: [said] })

  it('goes into the next part with the input of that, or the run fails with words that say so', async () => {
    const run = await stage.signalbox.start('hoarding', { id: 'hoard', input: { bytes: 1_200_000 } })
    await run.say('Begin.')
    await eventOf(run.events(), 'approval-ask')
    await sayUnstored(run, { text: 'y'.repeat(1_200_000) })
    await run.approve('go-on')
    expect(await run.outcome()).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('with 1 message not heard yet, has about 2400'),
    })
  })

  it('counts whole against what a run has to read', async () => {
    const run = await stage.signalbox.start('hoarding', { id: 'many', input: { bytes: 0 } })
    await run.say('Begin.')
    await eventOf(run.events(), 'approval-ask')
    await sayUnstored(run, { text: 'y'.repeat(1_499_900), id: 'fits' })
    await expect(sayUnstored(run, { text: 'z', id: 'z'.repeat(100), by: 'Ann' })).rejects.toMatchObject({
      cause: { message: expect.stringContaining('bytes to read at once') },
    })
    await run.stop()
  })
})

describe('texts that clients without the store have said, so that they are in history', () => {
  it('end the run with words if interrupted turns have left too many of them', async () => {
    const wide = await stageScene({ yaml: YAML.replaceAll('100000', '3000000'), vendors: silentVendors() })
    const bare = await connect({ temporal: localConnection(inject('temporalAddress')), taskQueue: wide.taskQueue })
    try {
      const run = await wide.signalbox.start('talking', { id: 'too-long', input: {}, taskClass: 'only-one' })
      for (const [index, id] of ['one', 'two', 'three'].entries()) {
        await bare.run(run.id).say('x'.repeat(700_000), { id })
        if (index === 2) break
        await attemptOfStep(run, index + 1)
        await interrupt(run)
        await untilState(run, ({ hears }) => hears === true)
      }
      const words = expect.stringContaining('with what turns without an answer have left, clerk would be told about 21')
      expect(await run.outcome()).toMatchObject({ kind: 'failed', message: words })
    } finally {
      await bare.close()
      await wide.close()
    }
  })
})

async function attemptOfStep(run: RunHandle, step: number): Promise<void> {
  for await (const event of run.events()) if (event.kind === 'attempt-start' && event.step === step) return
}

/** They take long prompts, and answer none. */
function silentVendors(): VendorScript['vendors'] {
  return VENDORS.vendors.map(vendor => ({
    ...vendor,
    faults: [{ kind: 'silence' }],
    models: Object.fromEntries(
      Object.entries(vendor.models).map(([name, model]) => [name, { ...model, contextWindow: 3_000_000 }]),
    ),
  }))
}

describe('a turn that failed', () => {
  /** All vendors fail in the same way. */
  const setAll = async (faults: Parameters<typeof stage.vendors.setFaults>[1]) => {
    for (const { name } of VENDORS.vendors) await stage.vendors.setFaults(name, faults)
  }

  it('ends its message with the reason, and is in the prompt of the next', async () => {
    await setAll([{ kind: 'server-error' }])
    const run = await talk('vendors-down', { inParts: true })
    await run.say('My order is 17.', { id: 'one' })
    const words = expect.stringContaining('one')
    expect((await chunksOf(run, { answerTo: 'one' })).slice(-2)).toEqual([
      { type: 'message-metadata', messageMetadata: expect.objectContaining({ message: words }) },
      { type: 'error', errorText: words },
    ])
    await setAll([])
    await run.say('Where is it?', { id: 'two' })
    expect(await textOf(run, { answerTo: 'two' })).toMatch(/\w/)
    expect((await chunksOf(run, { answerTo: 'one' })).at(-1)).toEqual({ type: 'error', errorText: words })
    const messages = await run.messages()
    expect(messages.slice(1, 4).map(wordsOf)).toEqual(['My order is 17.', NOTE, 'Where is it?'])
    await run.stop()
  })

  it.each(['stop', 'cancel'] as const)(
    'ends its message so too where it is read again after the run’s end: %s',
    async end => {
      // Not an outage: the endpoints would be closed for ten seconds by now.
      await setAll([{ kind: 'content-filter' }])
      const run = await talk(`last-${end}`)
      await run.say('My order is 17.', { id: 'one' })
      const seen = await chunksOf(run, { answerTo: 'one' })
      await setAll([])
      await run[end]()
      await run.outcome()
      const [metadata, error] = (await chunksOf(run, { answerTo: 'one' })).slice(-2)
      expect(error).toEqual(seen.at(-1))
      expect(metadata).toMatchObject({ messageMetadata: { message: expect.stringContaining('one') } })
      expect(metadata).not.toHaveProperty('messageMetadata.outcome')
    },
  )

  it('is not in the prompt of the next if its words were refused', async () => {
    await setAll([{ kind: 'content-filter', times: 1 }])
    const run = await talk('refused')
    await run.say('Something bad.', { id: 'one' })
    expect((await chunksOf(run, { answerTo: 'one' })).at(-1)).toMatchObject({ type: 'error' })
    await setAll([])
    await run.say('Something good.', { id: 'two' })
    expect(await textOf(run, { answerTo: 'two' })).toMatch(/\w/)
    expect((await run.messages()).slice(1, -1).map(wordsOf)).toEqual(['Something good.'])
    await run.stop()
  })

  it('leaves what its tools have done', async () => {
    const run = await talk('half-done')
    await run.say('Please publish this.', { id: 'one' })
    const { toolCallId } = await eventOf(run.events(), 'approval-ask')
    await setAll([{ kind: 'content-filter' }])
    await run.approve(toolCallId)
    expect((await chunksOf(run, { answerTo: 'one' })).at(-1)).toMatchObject({ type: 'error' })
    await setAll([])
    await run.say('Is it out?', { id: 'two' })
    expect(await textOf(run, { answerTo: 'two' })).toMatch(/\w/)
    const roles = (await run.messages()).map(({ role }) => role)
    expect(roles).toEqual(['system', 'user', 'assistant', 'tool', 'user', 'user', 'assistant'])
    await run.stop()
  })

  it.each([
    { agent: 'hasty', words: "the agent's limit of 1 step is used up", fault: 'over-budget', step: 1 },
    { agent: 'nobody', words: "no agent is called 'nobody'", fault: 'invalid-request', step: 0 },
  ])(
    'ends its message with the reason where no call of a model failed: $words',
    async ({ agent, words, fault, step }) => {
      const run = await talk(`told-by-${agent}`, { agent })
      await run.say('What is the sum?', { id: 'one' })
      const message = expect.stringContaining(words)
      expect((await chunksOf(run, { answerTo: 'one' })).at(-1)).toEqual({ type: 'error', errorText: message })
      const told = (await eventsOf(run)).filter(({ kind }) => kind === 'unanswered')
      expect(told).toEqual([expect.objectContaining({ step, fault, message })])
      await run.say('And now?', { id: 'two' })
      expect((await eventsOf(run)).some(({ kind }) => kind === 'run-end')).toBe(false)
      await run.stop()
    },
  )

  it('ends the run if nothing more could be answered', async () => {
    const run = await stage.signalbox.start('talking', { id: 'one-step', input: {}, budget: { steps: 1 } })
    await run.say('What is the sum?', { id: 'one' })
    expect(await run.outcome()).toMatchObject({ kind: 'out-of-budget', message: 'the budget of 1 step is used up' })
    expect((await chunksOf(run, { answerTo: 'one' })).at(-1)).toMatchObject({ type: 'error' })
    // What is written after that has a message each, too.
    const [two, three] = await Promise.all(['two', 'three'].map(answerTo => chunksOf(run, { answerTo })))
    expect(two![0]).toMatchObject({ type: 'start', messageId: 'one-step-two' })
    expect(three![0]).toMatchObject({ type: 'start', messageId: 'one-step-three' })
  })
})

describe('a turn that was interrupted', () => {
  it('is in the prompt of the next, with what people have read of its answer, which stays in the message', async () => {
    await stage.vendors.setFaults('one', [{ kind: 'stall', afterTokens: 5 }])
    const run = await talk('mid-answer')
    await run.say('Tell me a story.', { id: 'one' })
    const seen = textOf(run, { answerTo: 'one' })
    const { text: read } = await untilText(run)
    await interrupt(run)
    const shown = (await seen).trim()
    await stage.vendors.setFaults('one', [])
    await run.say('Shorter, please.', { id: 'two' })
    expect(await textOf(run, { answerTo: 'two' })).toMatch(/\w/)
    const [system, ...messages] = await run.messages({ step: 2 })
    expect(system?.role).toBe('system')
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'user', 'assistant'])
    const [asked, partial, ...later] = messages.slice(0, 4).map(wordsOf)
    expect([asked, ...later]).toEqual(['Tell me a story.', NOTE, 'Shorter, please.'])
    expect(partial).toContain(read.trim())
    expect(shown).toBe(partial)
    expect((await textOf(run, { answerTo: 'one' })).trim()).toBe(partial)
    await run.stop()
    await run.outcome()
    expect((await textOf(run, { answerTo: 'one' })).trim()).toBe(partial)
  })

  it('tells the next what became of its tools', async () => {
    const run = await talk('mid-tools', { inParts: true })
    await run.say('Please publish this.', { id: 'one' })
    await eventOf(run.events(), 'approval-ask')
    await eventOf(run.events(), 'tool-end')
    await interrupt(run)
    await run.say('Why not?', { id: 'two' })
    expect(await textOf(run, { answerTo: 'two' })).toMatch(/\w/)
    const messages = await run.messages({ step: 2 })
    expect(messages.map(({ role }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'tool',
      'user',
      'user',
      'assistant',
    ])
    expect(messages[3]).toMatchObject({
      content: [
        { toolName: 'publish', output: { type: 'error-text', value: 'not run: interrupted before it began' } },
        { toolName: 'add', output: { type: 'json', value: 2 } },
      ],
    })
    expect(await chunksOf(run, { answerTo: 'one' })).toContainEqual(
      expect.objectContaining({ type: 'tool-output-denied' }),
    )
    await run.stop()
  })

  it('is nothing to the message that interrupted it', async () => {
    await stage.vendors.setFaults('one', [{ kind: 'stall', afterTokens: 5, times: 1 }])
    const run = await stage.signalbox.start('bargingIn', { id: 'barging', input: null })
    await run.say('Tell me a story.', { id: 'one' })
    await untilText(run)
    await run.say('Shorter, please.', { id: 'two' })
    const [one, two] = await Promise.all(['one', 'two'].map(answerTo => textOf(run, { answerTo })))
    expect(one).not.toBe('')
    expect(two).toBe((await eventOf(run.events(), 'answer')).text)
    await run.stop()
  })

  it('goes on if the workflow asks again, for whoever reads it then and later', async () => {
    await stage.vendors.setFaults('one', [{ kind: 'stall', afterTokens: 5, times: 1 }])
    const run = await stage.signalbox.start('talkingAnew', { id: 'anew', input: null })
    await run.say('Tell me a story.', { id: 'one' })
    const seen = textOf(run, { answerTo: 'one' })
    await untilText(run)
    // It waits for a message, and for more than that.
    expect((await run.state()).hears).toBeUndefined()
    await interrupt(run)
    const { text } = await eventOf(run.events(), 'answer')
    expect(await seen).toContain(text)
    await untilState(run, ({ hears }) => hears === true)
    expect(await textOf(run, { answerTo: 'one' })).toContain(text)
    await run.say('Thank you.', { id: 'two' })
    expect((await run.outcome()).output).toBe('two')
  })

  it('ends its message also where nothing was asked as it was interrupted', async () => {
    for (const vendor of ['one', 'two'])
      await stage.vendors.setFaults(vendor, [{ kind: 'rate-limit', retryAfterMs: 600_000 }])
    const run = await talk('mid-wait')
    await run.say('Tell me a story.', { id: 'one' })
    const seen = textOf(run, { answerTo: 'one' })
    await eventOf(run.events(), 'wait')
    await interrupt(run)
    expect(await seen).toBe('')
    await run.stop()
  })

  it('replays', () => expectReplays(stage, 11))
})
