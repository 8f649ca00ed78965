import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Message } from '../../src/core/messages.ts'
import { defineAgent } from '../../src/tools/index.ts'
import { allEvents, eventOf } from '../support/following.ts'
import { expectReplays } from '../support/replays.ts'
import { APP, YAML } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'
import { toolNamed } from '../support/tool-named.ts'

const weigh = toolNamed('weigh', () => 'It weighs 7.')

/** One without tools, at the vendor that the clerk does not ask; one with a tool that the clerk does not have. */
const teller = defineAgent({ name: 'teller', instructions: 'You are a teller.', taskClass: 'other' })
const weigher = defineAgent({ name: 'weigher', instructions: 'You weigh.', tools: [weigh], taskClass: 'cheap' })

const behaviours = [
  // Behind three answers of the others.
  {
    match: 'You weigh',
    turns: [
      { text: '' },
      { text: '' },
      { text: '' },
      { tools: [{ name: 'weigh', arguments: {} }] },
      { text: 'Seven.' },
    ],
  },
  { match: 'You are a teller', turns: [{ text: 'Told.' }] },
]

let stage: Stage

beforeAll(async () => {
  stage = await stageScene({
    yaml: YAML.replace('  only-one:', '  other: { models: [acme/large], maxOutputTokens: 500 }\n  only-one:'),
    app: { ...APP, tools: [...APP.tools!, weigh], agents: [...APP.agents!, teller, weigher] },
    behaviours,
  })
})

afterAll(() => stage?.close())

const wordsOf = ({ content }: Message) =>
  // Each answer of the vendors ends in a digest.
  typeof content === 'string'
    ? content
    : content.map(part => ('text' in part ? part.text.replace(/ \[\w{6}\]$/, '') : part.type)).join()

const told = (messages: readonly Message[]) => messages.map(message => [message.role, wordsOf(message)])

const TAKEN_OVER = (by: string) => `[Until here ${by} has answered. You go on, with your own instructions and tools.]`

const SUM = [
  ['user', 'What is the sum?'],
  ['assistant', 'tool-call,tool-call'],
  ['tool', 'tool-result,tool-result'],
  ['assistant', 'The sums are 3 and 7.'],
]

describe('a conversation that another agent takes over', () => {
  it('is all there under its own instructions and tools, goes back and on from part to part, at any vendor', async () => {
    const turns = [
      { agent: 'clerk', text: 'What is the sum?' },
      { agent: 'teller', text: 'Tell me.' },
      { agent: 'weigher', text: 'Weigh it.' },
      { agent: 'weigher', text: 'Thank you.' },
    ]
    const run = await stage.signalbox.start('inTurns', { input: { turns, inParts: true } })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', calls: 6, toolCalls: 3 })
    expect(told(await run.messages({ step: 2 }))).toEqual([['system', 'You are a clerk.'], ...SUM])
    const taken = [...SUM, ['user', TAKEN_OVER('clerk')], ['user', 'Tell me.'], ['assistant', 'Told.']]
    expect(told(await run.messages({ step: 3 }))).toEqual([['system', 'You are a teller.'], ...taken])
    expect(told(await run.messages()).slice(0, -1)).toEqual([
      ['system', 'You weigh.'],
      ...taken,
      ['user', TAKEN_OVER('teller')],
      ['user', 'Weigh it.'],
      ['assistant', 'tool-call'],
      ['tool', 'tool-result'],
      ['assistant', 'Seven.'],
      ['user', 'Thank you.'],
    ])
    const asked = (await allEvents(run.events())).filter(event => event.kind === 'attempt-start')
    expect(asked.map(({ endpoint }) => endpoint.split(':')[0])).toEqual(['one', 'one', 'two', 'one', 'one', 'one'])
  })

  it('has what a broken-off turn of either has left', async () => {
    const turns = [
      { agent: 'clerk', text: 'Please do the slow tool.' },
      { agent: 'teller', text: 'Never mind.' },
      { agent: 'teller', text: 'Tell me.' },
      { agent: 'weigher', text: 'Weigh it.' },
    ]
    const run = await stage.signalbox.start('inTurns', { input: { turns } })
    const interrupt = () => stage.signalbox.client.workflow.getHandle(run.id).signal('interrupt')
    await eventOf(run.events(), 'tool-start')
    await stage.vendors.setFaults('two', [{ kind: 'stall', afterTokens: 5 }])
    await interrupt()
    for await (const event of run.events()) if (event.kind === 'text-delta' && event.step === 2) break
    await stage.vendors.setFaults('two', [])
    await interrupt()
    expect(await run.outcome()).toMatchObject({ kind: 'answered', calls: 5 })
    const cut = '[The answer was interrupted here.]'
    const messages = told(await run.messages({ step: 3 }))
    const begun = messages[7]![1]!
    expect(messages).toEqual([
      ['system', 'You are a teller.'],
      ['user', 'Please do the slow tool.'],
      ['assistant', 'tool-call'],
      ['tool', 'tool-result'],
      ['user', cut],
      ['user', TAKEN_OVER('clerk')],
      ['user', 'Never mind.'],
      ['assistant', begun],
      ['user', cut],
      ['user', 'Tell me.'],
      ['assistant', 'Told.'],
    ])
    expect(told(await run.messages()).slice(1, 11)).toEqual(messages.slice(1))
  })

  it('replays', () => expectReplays(stage, 2))
})
