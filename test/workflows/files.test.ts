import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NativeConnection, Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { z } from 'zod'
import { EXIT } from '../../src/cli/exit-codes.ts'
import type { Message } from '../../src/core/messages.ts'
import type { ToolContent } from '../../src/core/tools/tool-content.ts'
import type { App } from '../../src/runtime/app/app.ts'
import { connect } from '../../src/runtime/client.ts'
import type { GivenPart } from '../../src/runtime/given/given-parts.ts'
import { localConnection } from '../../src/runtime/temporal/connection-options.ts'
import { defineAgent, defineRemoteTool } from '../../src/tools/index.ts'
import { signalbox } from '../cli/captured.ts'
import { allEvents, eventOf } from '../support/following.ts'
import { historyText } from '../support/history.ts'
import { marketOf } from '../support/market.ts'
import { pdf, png } from '../support/pictures.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'
import { toolNamed } from '../support/tool-named.ts'

const VENDOR_OF = {
  anthropic: 'anthropic',
  chat: 'openai',
  responses: 'openai-responses',
  google: 'google',
  other: 'openai-compatible',
} as const

const NAMES = ['anthropic', 'chat', 'responses', 'google', 'other'] as const
const MODEL = { contextWindow: 200_000, abilities: ['tools'], price: { input: 1, cachedInput: 0.1, output: 4 } }
const COMMON = { dataPolicy: { retention: 'none' } }

/** The model that is asked first sees nothing, and asks for what only another one can look at. */
const OPENING = { match: 'Open', turns: [{ tools: [{ name: 'screenshot', arguments: {} }] }, { text: 'A page.' }] }
const behaviours = [
  { match: 'Ask', turns: [{ tools: [{ name: 'publish', arguments: {} }] }, { text: 'I have seen all of it.' }] },
  OPENING,
  { match: 'What', turns: [{ text: 'A receipt.' }] },
]

const BLIND = {
  ...COMMON,
  protocol: 'openai-compatible' as const,
  models: { 'acme/blind': { ...MODEL, price: { input: 0.01, output: 0.04 } } },
  vendor: { behaviours: [OPENING] },
}
const seeing = (name: keyof typeof VENDOR_OF) => ({
  ...COMMON,
  protocol: VENDOR_OF[name],
  models: { [`acme/${name}`]: { ...MODEL, abilities: ['tools', 'images'] } },
  vendor: { behaviours },
})
const MARKET = marketOf(
  { blind: BLIND, ...Object.fromEntries(NAMES.map(name => [name, seeing(name)])) },
  `
classes:
  words: { models: [acme/blind], maxOutputTokens: 500 }
${NAMES.map(name => `  ${name}: { models: [acme/blind, acme/${name}], maxOutputTokens: 500 }\n`).join('')}`,
)

const RECEIPT = png(1000, 600, 48_000)
const SHOT = png(800, 600, 30_000)

const SHOWN: ToolContent = {
  type: 'content',
  value: [
    { type: 'text', text: 'The page:' },
    { type: 'file', mediaType: 'image/png', data: { type: 'data', data: SHOT.toString('base64') } },
  ],
}

/** To be heard by nobody. */
const HEARD: ToolContent = {
  type: 'content',
  value: [{ type: 'file', mediaType: 'audio/mpeg', data: { type: 'data', data: 'aGk=' } }],
}

const tools = [
  toolNamed('publish', () => 'published', { needsApproval: true }),
  toolNamed('screenshot', () => SHOWN),
  toolNamed('record', () => HEARD),
]

/** The same from a worker of somebody else. */
const elsewheres = ['camera', 'recorder'].map(name =>
  defineRemoteTool({ name, description: 'shows', input: z.object({}), activity: name, taskQueue: 'dark-room' }),
)

const describer = defineAgent({ name: 'describe', instructions: 'You look.', tools, taskClass: 'anthropic' })
const APP: App = { tools: [...tools, ...elsewheres], agents: [describer] }

const parts = (text: string, file = RECEIPT): readonly GivenPart[] => [
  { type: 'text', text },
  { type: 'file', mediaType: 'image/png', filename: 'receipt.png', data: file },
]

let stage: Stage
let connection: NativeConnection
let elsewhere: Worker
let serving: Promise<void>

beforeAll(async () => {
  const temporalAddress = inject('temporalAddress')
  connection = await NativeConnection.connect({ address: temporalAddress })
  const activities = { camera: async () => SHOWN, recorder: async () => HEARD }
  elsewhere = await Worker.create({ connection, taskQueue: 'dark-room', activities })
  serving = elsewhere.run()
  stage = await stageScene({ ...MARKET, app: APP })
})

afterAll(async () => {
  await stage?.close()
  elsewhere?.shutdown()
  await serving
  await connection?.close()
})

describe('an agent is given an image', () => {
  for (const name of NAMES)
    it(`of a vendor that speaks ${VENDOR_OF[name]}: it is billed as an image, and history has a word for it`, async () => {
      const input = parts('What is this?')
      const run = await stage.signalbox.start('describe', { input, taskClass: name, budget: { usd: '0.05' } })
      expect(await run.outcome()).toMatchObject({
        kind: 'answered',
        text: expect.stringContaining('A receipt.'),
        calls: 1,
      })
      const [, asked] = await run.messages()
      expect(fileOf(asked!)).toMatchObject({ data: { type: 'data', data: RECEIPT.toString('base64') } })
      const history = await historyText(stage.signalbox.client, run.id)
      expect(history.includes('[image/png, 48 kB]')).toBe(true)
      expect(history.length).toBeLessThan(50_000)
      const attempts = await stage.store.reports.attempts({ run: run.id })
      expect(attempts.map(({ endpoint }) => endpoint)).toEqual([`${name}:acme/${name}`])
      const row = stage.vendors.meter().at(-1)!
      expect(row.inputTokens).toBeGreaterThan(250)
      expect(row.inputTokens).toBeLessThan(2_000)
    })

  it.each(NAMES)('or a PDF, of vendor %s', async name => {
    const input = [
      { type: 'text', text: 'What is this?' },
      { type: 'file', mediaType: 'application/pdf', data: pdf(40) },
    ]
    const run = await stage.signalbox.start('describe', { input, taskClass: name })
    expect(await run.outcome()).toMatchObject({
      kind: 'answered',
      text: expect.stringContaining('A receipt.'),
      calls: 1,
    })
    expect(fileOf((await run.messages())[1]!)?.data).toMatchObject({ data: pdf(40).toString('base64') })
  })

  it('as a page of the AI SDK has it', async () => {
    const url = `data:image/png;base64,${RECEIPT.toString('base64')}`
    const input = [
      { type: 'text', text: 'What is this?' },
      { type: 'file', mediaType: 'image/png', filename: 'receipt.png', url },
    ] as const
    const run = await stage.signalbox.start('describe', { input })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', text: expect.stringContaining('A receipt.') })
    const byBytes = await stage.signalbox.start('describe', { input: parts('What is this?') })
    await byBytes.outcome()
    expect((await run.messages())[1]).toEqual((await byBytes.messages())[1])
  })

  it('in a class of models that see nothing: nobody is asked, and the outcome says why', async () => {
    const run = await stage.signalbox.start('describe', { input: parts('What is this?'), taskClass: 'words' })
    expect(await run.outcome()).toMatchObject({ kind: 'failed', message: expect.stringContaining('images') })
  })

  it('which is sealed with a run under zero data retention, and goes when it is purged', async () => {
    const run = await stage.signalbox.start('describe', { input: parts('What is this?'), policy: { zdr: true } })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', text: expect.stringContaining('A receipt.') })
    expect(fileOf((await run.messages())[1]!)?.data).toMatchObject({ data: RECEIPT.toString('base64') })
    await stage.store.content.purge(run.id, Date.now())
    await expect(run.messages()).rejects.toThrow(/was purged/)
  })

  it('and is told another one from the command line, with words or a text from a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'signalbox-said-'))
    const [shot, note] = [join(folder, 'shot.PNG'), join(folder, 'note.txt')]
    await Promise.all([writeFile(shot, SHOT), writeFile(note, 'And that?')])
    const env = stage.commandEnv
    const run = await stage.signalbox.start('describe', { input: parts('Ask me.') })
    const { toolCallId } = await eventOf(run.events(), 'approval-ask')
    const say = (...words: readonly string[]) => signalbox(['say', run.id, ...words], { env })
    expect(await say('And', 'this?', '--file', shot)).toMatchObject({ exitCode: EXIT.done })
    expect(await say('--file', shot, '--file', note)).toMatchObject({ exitCode: EXIT.done })
    for (const words of [['Both?', '--file', note], ['--file', note, '--file', note], []])
      expect(await say(...words)).toMatchObject({ exitCode: EXIT.badInput })
    await run.approve(toolCallId)
    await run.outcome()
    const said = (await allEvents(run.events())).flatMap(event => (event.kind === 'said' ? [event.text] : []))
    expect(said).toEqual(['And this? [image/png, 30 kB]', 'And that? [image/png, 30 kB]'])
    await rm(folder, { recursive: true })
  })

  it('and is told another one, which its record has in a word; a fork sees both, and a PDF that it is told', async () => {
    const run = await stage.signalbox.start('describe', { input: parts('Ask me.') })
    const { toolCallId } = await eventOf(run.events(), 'approval-ask')
    await run.say(parts('And this?', SHOT))
    expect(await eventOf(run.events(), 'said')).toMatchObject({ text: 'And this? [image/png, 30 kB]' })
    await run.approve(toolCallId)
    expect(await run.outcome()).toMatchObject({ kind: 'answered', text: expect.stringContaining('all of it') })
    expect((await historyText(stage.signalbox.client, run.id)).length).toBeLessThan(50_000)
    const say = [{ type: 'file', mediaType: 'application/pdf', data: pdf(40) }] as const
    const fork = await stage.signalbox.fork(run.id, { atStep: 2, say })
    expect(await fork.outcome()).toMatchObject({ kind: 'answered' })
    const files = (await fork.messages()).flatMap(message => fileOf(message) ?? [])
    expect(files.map(({ mediaType }) => mediaType)).toEqual(['image/png', 'image/png', 'application/pdf'])
  })
})

describe('a tool shows an image', () => {
  for (const name of NAMES)
    it(`to a model whose vendor speaks ${VENDOR_OF[name]}: it is billed as an image, and history has a word for it`, async () => {
      const run = await stage.signalbox.start('describe', { input: 'Open the page.', taskClass: name })
      expect(await run.outcome()).toMatchObject({
        kind: 'answered',
        text: expect.stringContaining('A page.'),
        calls: 2,
      })
      const told = (await run.messages()).find(({ role }) => role === 'tool')
      expect(told!.content).toMatchObject([
        { output: { type: 'content', value: [{}, { data: { data: SHOT.toString('base64') } }] } },
      ])
      const history = await historyText(stage.signalbox.client, run.id)
      expect(history.includes('The page: [image/png, 30 kB]')).toBe(true)
      expect(history.length).toBeLessThan(60_000)
      expect(await eventOf(run.events(), 'tool-end')).toMatchObject({ preview: '"The page: [image/png, 30 kB]"' })
      const row = stage.vendors.meter().at(-1)!
      expect(row.inputTokens).toBeGreaterThan(250)
      expect(row.inputTokens).toBeLessThan(2_000)
      const attempts = await stage.store.reports.attempts({ run: run.id })
      expect(attempts.at(-1)!.endpoint).toBe(`${name}:acme/${name}`)
    })

  it('which is cleared from the prompt like any long result, and is shown again when it is asked for', async () => {
    const run = await stage.signalbox.start('describe', { input: 'Open the page.' })
    await run.outcome()
    const { key } = (await stage.store.reports.run(run.id))!
    const { transcript } = (await stage.store.reports.steps(key)).at(-1)!
    const view = { since: 3, by: 'clearing', clearedBefore: transcript.length } as const
    const cleared = JSON.stringify(await stage.store.transcripts.read(transcript, view))
    const [, reference = ''] = /bytes from screenshot\. .* reference \\"([0-9a-f]{12})\\"/.exec(cleared) ?? []
    const { callId } = (await stage.store.reports.calls({ run: run.id }))[0]!
    const again = await stage.store.tools.byReference(callId, reference)
    expect(again).toMatchObject({ type: 'content', value: [{}, { data: { data: SHOT.toString('base64') } }] })
  })
})

describe('a workflow of one’s own', () => {
  it('is given references, which it passes to a model, an agent and a child run', async () => {
    const run = await stage.signalbox.start('lookThrice', { input: parts('What is this?') })
    const outcome = await run.outcome()
    expect(outcome).toMatchObject({
      kind: 'answered',
      output: [
        expect.stringContaining('A receipt'),
        expect.stringContaining('A receipt'),
        'answered',
        '[image/png, 48 kB]',
      ],
    })
    expect(outcome.calls).toBe(3)
    expect((await historyText(stage.signalbox.client, run.id)).length).toBeLessThan(60_000)
  })

  it('hears which verbs pass them on, where it hands them on by Temporal’s own means', async () => {
    const run = await stage.signalbox.start('handedOn', { input: parts('What is this?') })
    expect((await run.outcome()).output).toMatch(/is missing from the store.*`run\.child` or `run\.agent`/)
  })
})

describe('a workflow of one’s own that asks a tool which shows an image', () => {
  it.each([
    ['screenshot', {}, 60_000],
    ['screenshot', { policy: { zdr: true } }, 60_000],
    // What another worker gives comes through history, and the store keeps it from there.
    ['camera', {}, 60_000 + 3 * SHOT.length],
  ])('is given a reference, which it passes on: of %s, %j', async (input, terms, historyBytes) => {
    const run = await stage.signalbox.start('passOn', { input, ...terms })
    const words = 'The page: [image/png, 30 kB]'
    expect(await run.outcome()).toMatchObject({
      kind: 'answered',
      output: [expect.stringContaining('A receipt'), 'answered', JSON.stringify(words)],
      calls: 2,
    })
    const [, asked] = await stage.signalbox.run(`${run.id}/describe-1-1`).messages()
    expect(fileOf(asked!)).toMatchObject({ data: { type: 'data', data: SHOT.toString('base64') } })
    expect((await historyText(stage.signalbox.client, run.id)).length).toBeLessThan(historyBytes)
  })
})

describe('what is to be heard or watched', () => {
  it.each(['audio/mpeg', 'video/mp4', 'Audio/WAV'])('is given to no model, which the run says: %s', async mediaType => {
    const input = [{ type: 'file', mediaType, data: Buffer.from('hi') }] as const
    const run = await stage.signalbox.start('describe', { input })
    expect(await run.outcome()).toMatchObject({
      kind: 'failed',
      fault: { message: expect.stringMatching(`has a file of ${mediaType}: models are given texts, images and PDFs`) },
    })
    expect(await stage.store.reports.attempts({ run: run.id })).toEqual([])
    await expect(run.say(input)).rejects.toThrow(`has a file of ${mediaType}`)
  })

  it.each(['record', 'recorder'])('is an error of a tool that gives it: %s', async input => {
    const run = await stage.signalbox.start('passOn', { input })
    const words = expect.stringMatching(/^"it gave a file of audio\/mpeg: models are given texts/)
    expect(await run.outcome()).toMatchObject({ kind: 'answered', output: [expect.anything(), 'answered', words] })
  })
})

describe('a workflow of one’s own whose input only looks like texts and files', () => {
  it.each([
    [
      'files of its own',
      [
        { type: 'file', path: 'a.csv' },
        { type: 'image', src: 'b.png' },
      ],
    ],
    ['a text that is long', [{ type: 'text', text: 'word '.repeat(20_000) }]],
  ])('has in its hand what it was started with: %s', async (_, input) => {
    const run = await stage.signalbox.start('givenBack', { input })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', output: input })
  })
})

describe('files that cannot be', () => {
  it('without a store: more than fits into history is refused with the limit', async () => {
    const bare = await connect({ ...here(), store: false })
    const input = parts('What?', png(10, 10, 900_000))
    await expect(bare.start('describe', { input })).rejects.toThrow(/has 1200\d+ bytes; at most 1000000 fit/)
    await bare.close()
  })

  it.each([
    [{ type: 'image', image: 'aGk=' }, /neither a text nor a file/],
    [
      { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'data:image/png;base64,aGk=' } },
      /not base64/,
    ],
    [{ type: 'file', mediaType: 'image/png', data: Buffer.alloc(20_000_001) }, /20000001 bytes, but at most 20000000/],
  ])('are refused before anything is sent', async (part, why) => {
    await expect(stage.signalbox.start('describe', { input: [part] })).rejects.toThrow(why)
  })
})

function here() {
  return { temporal: localConnection(inject('temporalAddress')), taskQueue: stage.taskQueue }
}

function fileOf({ content }: Message) {
  return typeof content === 'string' ? undefined : content.find(part => part.type === 'file')
}
