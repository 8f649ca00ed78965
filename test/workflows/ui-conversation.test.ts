import { setTimeout as delay } from 'node:timers/promises'
import { DefaultChatTransport, type UIMessage } from 'ai'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { UiMessage } from '../../src/core/ui-messages/message.ts'
import type { RunHandle } from '../../src/runtime/runs/run-handle.ts'
import { uiMessageResponse } from '../../src/runtime/runs/ui-message-response.ts'
import { describeKnown } from '../../src/runtime/temporal/describe-known.ts'
import { Chat } from '../support/chat.ts'
import { eventOf } from '../support/following.ts'
import { png } from '../support/pictures.ts'
import { APP, VENDORS, YAML } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

let stage: Stage

beforeAll(async () => {
  const yaml = YAML.replace('cheap: {', 'cheap: { outlast: 0,').replaceAll(
    'abilities: [tools,',
    'abilities: [tools, images,',
  )
  stage = await stageScene({ yaml, app: APP })
})

afterAll(() => stage?.close())

const PICTURE = {
  type: 'file' as const,
  mediaType: 'image/png',
  filename: 'receipt.png',
  url: `data:image/png;base64,${png(800, 600, 30_000).toString('base64')}`,
}

/** A page that shows the run, as docs/coming-from.md has it. */
function pageOf(run: RunHandle, messages?: UIMessage[]): Chat {
  const fetch: typeof globalThis.fetch = async (_url, init) => {
    const last = chat.messages.findLast(({ role }) => role === 'user')!
    if (init?.method === 'POST') await run.say(last.parts as Parameters<RunHandle['say']>[0], { id: last.id })
    return uiMessageResponse(run, { answerTo: last.id, ...(init?.signal && { signal: init.signal }) })
  }
  const chat = new Chat(run.id, new DefaultChatTransport({ fetch }), messages)
  return chat
}

const interrupt = ({ id }: RunHandle) => stage.signalbox.client.workflow.getHandle(id).signal('interrupt')

const setAll = async (faults: Parameters<typeof stage.vendors.setFaults>[1]) => {
  for (const { name } of VENDORS.vendors) await stage.vendors.setFaults(name, faults)
}

/** What the AI SDK's own messages are made of. */
const theirs = (messages: UiMessage[]): UIMessage[] => messages

it('is what a page has seen, whatever became of each turn, until the content is purged', async () => {
  const run = await stage.signalbox.start('talking', { id: 'whole', input: {} })
  const page = pageOf(run)
  const isShown = async () => expect(await run.uiMessages()).toEqual(page.messages)
  expect(await run.uiMessages()).toEqual([])
  const asked = page.sendMessage({ text: 'Please publish this.', files: [PICTURE] })
  const { toolCallId } = await eventOf(run.events(), 'approval-ask')
  const publish = () => page.lastMessage?.parts.find(({ type }) => type === 'tool-publish')
  await expect.poll(publish).toMatchObject({ state: 'approval-requested' })
  await eventOf(run.events(), 'tool-end')
  const anew = pageOf(run, theirs(await run.uiMessages()))
  expect(anew.lastMessage?.parts).toContainEqual(
    expect.objectContaining({ type: 'tool-publish', state: 'approval-requested', approval: { id: toolCallId } }),
  )
  const resumed = anew.resumeStream()
  await run.approve(toolCallId, { note: 'fine' })
  await Promise.all([asked, resumed])
  expect(anew.messages).toEqual(page.messages)
  await isShown()

  await stage.vendors.setFaults('one', [{ kind: 'stall', afterTokens: 5 }])
  const told = page.sendMessage({ text: 'Tell me a story.' })
  await expect.poll(() => page.lastMessage?.parts.at(-1)).toMatchObject({ state: 'streaming', text: /\w/ })
  await interrupt(run)
  await told
  await stage.vendors.setFaults('one', [])
  await isShown()

  await setAll([{ kind: 'content-filter' }])
  await page.sendMessage({ text: 'Something bad.' })
  await setAll([])
  expect(page.lastMessage?.metadata).toMatchObject({ message: page.error?.message })
  await isShown()

  await page.sendMessage({ text: 'Thank you.' })
  expect(page.messages).toHaveLength(8)
  await isShown()
  await run.stop()
  await run.outcome()
  await isShown()

  const { client } = stage.signalbox
  const { namespace } = client.options
  await client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution: { workflowId: run.id } })
  while (await describeKnown(client, run.id)) await delay(20)
  await isShown()
  await stage.store.content.purge(run.id, Date.now())
  expect(await run.uiMessages()).toEqual([])
})

it('has what was read of an answer that the next message has interrupted', async () => {
  await stage.vendors.setFaults('one', [{ kind: 'stall', afterTokens: 5, times: 1 }])
  const run = await stage.signalbox.start('bargingIn', { id: 'barged', input: null })
  const page = pageOf(run)
  const told = page.sendMessage({ text: 'Tell me a story.' })
  await expect.poll(() => page.lastMessage?.parts.at(-1)).toMatchObject({ state: 'streaming', text: /\w/ })
  const other = pageOf(run, structuredClone(page.messages.slice(0, 1)))
  await Promise.all([told, other.sendMessage({ text: 'Shorter, please.' })])
  expect(await run.uiMessages()).toEqual([...page.messages, ...other.messages.slice(1)])
  await run.stop()
})

it('is the one message of an agent that was told nothing, whose input its starter has', async () => {
  const run = await stage.signalbox.start('clerk', { input: 'What is the sum?' })
  const page = new Chat(run.id, new DefaultChatTransport({ fetch: async () => uiMessageResponse(run, {}) }))
  await page.resumeStream()
  expect(page.messages).toHaveLength(1)
  expect(await run.uiMessages()).toEqual(page.messages)
})

it('is none of a run that there is not', async () => {
  await expect(stage.signalbox.run('nobody').uiMessages()).rejects.toMatchObject({ name: 'WorkflowNotFoundError' })
})
