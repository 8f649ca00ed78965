import { DefaultChatTransport, type UIMessage } from 'ai'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { UiMessageChunk } from '../../src/core/ui-messages/chunk.ts'
import type { VendorScript } from '../../src/providers/simulated/index.ts'
import type { RunHandle } from '../../src/runtime/runs/run-handle.ts'
import { type UiMessageOptions, uiMessageChunks } from '../../src/runtime/runs/ui-message-chunks.ts'
import { Chat } from '../support/chat.ts'
import { allEvents, eventOf } from '../support/following.ts'
import { APP } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

const provider = (name: string) => `
  ${name}:
    protocol: anthropic
    baseURL: "\${${name.toUpperCase()}_URL}"
    apiKey: none
    timeouts: { stall: 1s }
    models:
      acme/${name}: { contextWindow: 100000, maxOutput: 8000, abilities: [tools, reasoning], price: { input: 1, output: 4 } }`

const YAML = `
providers: ${provider('one')}${provider('two')}
classes:
  cheap: { models: [acme/one, acme/two], maxOutputTokens: 4000, reasoning: low }
`

const LONG = 'A long text. '.repeat(60)

const behaviours: VendorScript['vendors'][number]['behaviours'] = [
  {
    match: 'everything',
    turns: [
      {
        text: 'First I publish it, then I read what is big, and then I break what is left over.',
        tools: [
          { name: 'publish', arguments: { text: LONG } },
          { name: 'big', arguments: {} },
          { name: 'break', arguments: {} },
        ],
      },
      { text: 'It is out.' },
    ],
  },
]

const model = { contextWindow: 100_000, maxOutput: 8000, price: { input: 1, output: 4 }, reasoningTokens: 20 }
const vendor = (name: string) => ({ name, protocol: 'anthropic' as const, models: { [name]: model }, behaviours })

let stage: Stage

beforeAll(async () => {
  stage = await stageScene({
    yaml: YAML,
    app: APP,
    vendors: [vendor('one'), vendor('two')],
  })
})

afterAll(() => stage?.close())

/** `big` and `break` begin together, whichever first. */
function inOrder(parts: UIMessage['parts']): UIMessage['parts'] {
  const [first, second] = ['tool-big', 'tool-break'].map(tool => parts.findIndex(({ type }) => type === tool))
  return first === second! + 1 ? parts.with(second!, parts[first]!).with(first, parts[second!]!) : parts
}

function chatAt(fetch: typeof globalThis.fetch, messages?: UIMessage[]): Chat {
  return new Chat('chat-1', new DefaultChatTransport({ fetch }), messages)
}

function streamed(run: RunHandle, told: (chunk: UiMessageChunk) => void = () => {}): Response {
  const lines = async function* () {
    for await (const chunk of uiMessageChunks(run)) {
      told(chunk)
      yield new TextEncoder().encode(`data: ${JSON.stringify(chunk)}\n\n`)
    }
  }
  return new Response(ReadableStream.from(lines()))
}

it('is in the browser what it was, whole, also where the page was loaded anew', async () => {
  await stage.vendors.setFaults('one', [{ kind: 'stall', afterTokens: 35, requests: [1] }])
  const run = await stage.signalbox.start('clerk', { input: 'Do everything.' })
  const types = new Set<string>()
  const chat = chatAt(async () => streamed(run, ({ type }) => types.add(type)))
  const sent = chat.sendMessage({ text: 'Do everything.' })
  const { toolCallId } = await eventOf(run.events(), 'approval-ask')
  const asked = () => chat.lastMessage?.parts.find(part => part.type === 'tool-publish')
  await expect.poll(asked).toMatchObject({ state: 'approval-requested', approval: { id: toolCallId } })
  await run.approve(toolCallId, { note: 'fine' })
  await sent
  const { text, costUsd } = await run.outcome()
  expect([chat.status, chat.error]).toEqual(['ready', undefined])
  expect(types).toContain('reset-step')
  const [asks, answers] = chat.messages
  expect(asks?.role).toBe('user')
  expect(answers).toMatchObject({ id: run.id, metadata: { runId: run.id, outcome: 'answered', costUsd } })
  expect(inOrder(answers?.parts ?? [])).toMatchObject([
    { type: 'step-start' },
    { type: 'reasoning', state: 'done', text: expect.stringMatching(/\w/) },
    { type: 'text', state: 'done', text: expect.stringMatching(/^First I publish it/) },
    {
      type: 'tool-publish',
      state: 'output-available',
      input: { text: LONG },
      output: `published ${LONG}`,
      approval: { approved: true, reason: 'fine' },
    },
    { type: 'tool-big', state: 'output-available', output: 'lorem '.repeat(5_000) },
    { type: 'tool-break', state: 'output-error', errorText: 'the shelf is empty' },
    { type: 'step-start' },
    { type: 'text', state: 'done', text },
  ])
  const read: unknown[] = []
  const messages: RunHandle['messages'] = of => {
    read.push(of?.step)
    return run.messages(of)
  }
  const again = chatAt(async () => streamed({ ...run, messages }), [asks!])
  await again.resumeStream()
  expect(again.messages).toEqual(chat.messages)
  // Each reading is of the whole transcript: once a step, for its thoughts and all its calls.
  expect(read).toEqual([...new Set(read)])
  expect(read).toContain(1)
})

async function chunksOf(run: RunHandle, options: UiMessageOptions = {}): Promise<readonly UiMessageChunk[]> {
  const chunks: UiMessageChunk[] = []
  for await (const chunk of uiMessageChunks(run, options)) chunks.push(chunk)
  return chunks
}

it.concurrent('is a message for each turn of a conversation, which ends with its answer', async () => {
  const run = await stage.signalbox.start('dialogue', { input: { lines: ['Hello.', 'Are you sure?', 'Thank you.'] } })
  const answers = (await allEvents(run.events())).filter(event => event.kind === 'answer')
  let after = 0
  for (const answer of answers) {
    const chunks = await chunksOf(run, { after, untilAnswer: true })
    const text = chunks.map(chunk => (chunk.type === 'text-delta' ? chunk.delta : '')).join('')
    const { offset, costUsd } = answer
    expect(text).toBe(answer.text)
    expect(chunks[0]).toMatchObject({ messageId: after === 0 ? run.id : `${run.id}-${after}` })
    expect(chunks.at(-1)).toEqual({ type: 'finish', finishReason: 'stop', messageMetadata: { offset, costUsd } })
    after = offset
  }
  expect(answers).toHaveLength(3)
})

it.concurrent('ends with an error where the run was terminated, of which no event tells, and with nothing for who has left', async () => {
  const run = await stage.signalbox.start('clerk', { input: 'Do everything.' })
  const chunks = chunksOf(run)
  const leaving = new AbortController()
  const left = chunksOf(run, { signal: leaving.signal })
  await eventOf(run.events(), 'approval-ask')
  leaving.abort()
  expect((await left).at(-1)?.type).not.toMatch(/finish|abort|error/)
  await stage.signalbox.client.workflow.getHandle(run.id).terminate()
  expect((await chunks).slice(-2)).toMatchObject([
    { type: 'message-metadata', messageMetadata: { outcome: 'failed' } },
    { type: 'error', errorText: 'the run was terminated' },
  ])
})

it.concurrent('does not begin for a run that there is not, so that a route can still answer 404', async () => {
  const nobody = stage.signalbox.run('nobody')
  expect(await nobody.exists()).toBe(false)
  await expect(uiMessageChunks(nobody).next()).rejects.toMatchObject({ name: 'WorkflowNotFoundError' })
})
