/** The conversions of docs/coming-from.md, a chat by its routes, and docs/patterns.md, in a project into which the package is installed. */

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { DefaultChatTransport, type UIMessage } from 'ai'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type RunningVendors, startVendors } from '../../src/providers/simulated/index.ts'
import { Chat } from '../support/chat.ts'
import { toldToEnd } from '../support/told-to-end.ts'
import { ACME, packInto, TSCONFIG } from './project.ts'
import { filesOf, readmeFiles } from './readme-files.ts'

const run = promisify(execFile)

const behaviours = [
  {
    match: 'take it back',
    turns: [{ tools: [{ name: 'send_label', arguments: { order: '17' } }] }, { text: 'The label is on its way.' }],
  },
  {
    match: 'support of a shop',
    turns: [{ tools: [{ name: 'search_documents', arguments: { subject: 'returns' } }] }, { text: 'Within 30 days.' }],
  },
  { match: 'name the parties', turns: [{ value: { parties: ['Ann', 'Bob'] } }] },
  { match: 'fit to print', turns: [{ value: { publish: true, reason: 'complete' } }] },
]

/** Longer than what history has of a result where nothing is said. */
const DOCUMENT = ['Ann sells.', 'Bob buys.', 'Both sign. '.repeat(60)].join('\n\n')

let project: string
let vendors: RunningVendors
let env: NodeJS.ProcessEnv
let worker: ChildProcess

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'signalbox-coming-from-'))
  vendors = await startVendors({ vendors: [{ ...ACME, behaviours }] })
  env = {
    ...process.env,
    PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    ACME_URL: vendors.vendors[0]!.baseUrl,
  }
  const { filename } = await packInto(project, env)
  await writeFile(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  const install = [join(project, filename), 'zod', 'ai', 'typescript', '@types/node@24', '@temporalio/workflow@1.24']
  const frameworks = ['hono@4', 'express@5', '@types/express@5', 'fastify@5']
  await run('npm', ['install', '--no-fund', '--no-audit', '--prefer-offline', ...install, ...frameworks], {
    cwd: project,
    env,
  })
  const files = new Map([
    ...filesOf('docs/agents.md'),
    ...filesOf('docs/coming-from.md'),
    ...filesOf('docs/patterns.md'),
    ['publish.ts', PUBLISH],
    ['server.ts', SERVER],
    ['page.ts', PAGE],
    ['contract.txt', DOCUMENT],
    ['signalbox.yaml', readmeFiles().get('signalbox.yaml')!],
    ['tsconfig.json', JSON.stringify({ ...TSCONFIG, compilerOptions: { ...TSCONFIG.compilerOptions, ...STRICTER } })],
  ])
  for (const [name, text] of files)
    await writeFile(join(project, name), text.replace(/\bconnect(<[^()]+>)?\(\)/, "connect$1({ taskQueue: 'desk' })"))
})

afterAll(async () => {
  await toldToEnd(worker)
  await vendors?.close()
  await rm(project, { recursive: true, force: true })
})

const signalbox = (...words: string[]) => node(join(project, 'node_modules/signalbox/dist/src/cli/main.js'), ...words)

const node = async (...words: string[]) => (await run(process.execPath, words, { cwd: project, env })).stdout

it('compiles, strictly', async () => {
  expect([...filesOf('docs/coming-from.md').keys()]).toEqual([
    'desk.app.ts',
    'desk.workflows.ts',
    'desk.client.ts',
    'desk.turn.ts',
    'desk.route.ts',
    'desk.hono.ts',
    'desk.express.ts',
    'desk.fastify.ts',
    'desk.client-once.ts',
  ])
  expect([...filesOf('docs/patterns.md').keys()]).toEqual([
    'coder.app.ts',
    'team.app.ts',
    'team.workflows.ts',
    'nightly.ts',
    'documents.app.ts',
    'documents.workflows.ts',
    'documents.ts',
    'postman.ts',
    'told.workflows.ts',
    'compare.ts',
    'team.test.ts',
    'documents.test.ts',
  ])
  await run('npx', ['tsc', '--noEmit', '-p', '.'], { cwd: project, env })
})

it('passes the tests of docs/patterns.md', async () => {
  await node('--test', 'team.test.ts', 'documents.test.ts')
})

it('chats for more than a turn, and publishes what an editor has approved', async () => {
  worker = await startWorker()
  for (const text of ['How long may I send it back?', 'Even without the receipt?'])
    expect(await node('desk.client.ts', 'chat-7', text)).toMatch(/^\s*Within 30 days.*\n$/)
  // The tool was asked for in the first turn, which the model saw in the second.
  expect(vendors.meter()).toHaveLength(3)
  expect(JSON.parse(await node('publish.ts', 'contract.txt'))).toEqual({
    published: { address: 'https://shop.example/contract.txt' },
  })
})

describe('a chat of `useChat`, by the routes', () => {
  let server: ChildProcess
  let api: string
  let lastTurn: LastTurn

  beforeAll(async () => {
    server = spawn(process.execPath, ['server.ts'], { cwd: project, env, stdio: ['ignore', 'pipe', 2] })
    const [address] = (await once(server.stdout!, 'data')) as [Buffer]
    api = address.toString().trim()
    lastTurn = (await import(join(project, 'desk.turn.ts'))).lastTurn
  })

  afterAll(() => toldToEnd(server))

  const chatOf = (id: string, messages?: UIMessage[]) => {
    const chat: Chat = new Chat(
      id,
      new DefaultChatTransport({
        api,
        prepareSendMessagesRequest({ id, messages }) {
          const answered = messages.findLastIndex(({ role }) => role === 'assistant')
          return { body: { id, messages: messages.slice(Math.max(0, answered)) } }
        },
        prepareReconnectToStreamRequest() {
          const { answerTo, after } = lastTurn(chat.messages)
          return { api: `${api}/${id}/stream?answerTo=${answerTo}&after=${after}` }
        },
      }),
      messages,
    )
    return chat
  }
  const label = ({ lastMessage }: Chat) => lastMessage?.parts.find(({ type }) => type === 'tool-send_label')

  /** The chat waits for the customer's word on a tool. */
  async function asking(id: string, word: string) {
    const chat = chatOf(id)
    const sent = chat.sendMessage({ text: `Take it back, ${word}.` })
    await expect.poll(() => label(chat), { timeout: 20_000 }).toMatchObject({ state: 'approval-requested' })
    await chat.stop()
    await sent
    return chat
  }

  it('goes on after a broken connection, and in a page that is loaded anew, with what the customer says to a tool', async () => {
    const chat = await asking('chat-9', 'please')
    const kept = async () => (await (await fetch(`${api}/chat-9/messages`)).json()) as UIMessage[]
    const anew = chatOf('chat-9', await kept())
    const resumed = [chat.resumeStream(), anew.resumeStream()]
    await expect.poll(() => label(anew), { timeout: 20_000 }).toMatchObject({ state: 'approval-requested' })
    const { approval } = label(anew) as unknown as { readonly approval: { readonly id: string } }
    const decided = async (approved: boolean) => {
      const body = JSON.stringify({ toolCallId: approval.id, approved })
      return (await fetch(`${api}/chat-9/decision`, { method: 'POST', body })).status
    }
    expect([await decided(true), await decided(false)]).toEqual([204, 409])
    await Promise.all(resumed)
    expect(anew.lastMessage?.parts.filter(({ type }) => type !== 'step-start')).toMatchObject([
      { state: 'output-available' },
      { text: expect.stringMatching(/^The label is on its way/) },
    ])
    expect([chat.error, anew.error, anew.messages]).toEqual([undefined, undefined, chat.messages])
    await anew.sendMessage({ text: 'Is it on its way?' })
    const turns = structuredClone(anew.messages)
    expect(turns.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant'])
    expect(turns.at(-1)?.parts).toMatchObject([{ type: 'step-start' }, { text: expect.stringMatching(/^The label/) }])
    expect(await kept()).toEqual(turns)
    // Nothing is open: what is there comes again, and ends.
    await anew.resumeStream()
    expect(anew.messages).toEqual(turns)
  })

  it('answers 404 for a chat that does not exist', async () => {
    const body = JSON.stringify({ toolCallId: 'call-1', approved: true })
    const statusOf = async (verb: string) => (await fetch(`${api}/nobody/${verb}`, { method: 'POST', body })).status
    expect([await statusOf('decision'), await statusOf('interrupt')]).toEqual([404, 404])
  })

  it('ends the message of a turn that another page interrupts, with what became of its tool', async () => {
    const chat = await asking('chat-10', 'at once')
    const watching = chatOf('chat-10', structuredClone(chat.messages))
    const watched = watching.resumeStream()
    expect((await fetch(`${api}/chat-10/interrupt`, { method: 'POST' })).status).toBe(204)
    await watched
    expect([watching.error, label(watching)]).toMatchObject([undefined, { state: 'output-denied' }])
    await chat.sendMessage({ text: 'Thank you.' })
    expect(chat.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant'])
    expect(chat.lastMessage?.parts.filter(({ type }) => type !== 'step-start')).toMatchObject([
      { text: expect.stringMatching(/^The label is on its way/) },
    ])
  })

  it('gives what is posted while a turn works its own answer, also to a page that has not seen the turn, and twice', async () => {
    const chat = await asking('chat-12', 'now')
    const calls = vendors.meter().length
    const messages = ['Hello?', 'Is it on its way?'].map(text => ({
      id: text,
      role: 'user',
      parts: [{ type: 'text', text }],
    }))
    const body = JSON.stringify({ id: 'chat-12', messages })
    const posted = ['once', 'and by a proxy'].map(async () => (await fetch(api, { method: 'POST', body })).text())
    const { approval } = label(chat) as unknown as { readonly approval: { readonly id: string } }
    const decision = JSON.stringify({ toolCallId: approval.id, approved: true })
    await fetch(`${api}/chat-12/decision`, { method: 'POST', body: decision })
    await chat.resumeStream()
    const [once, again] = await Promise.all(posted)
    const text = textIn(once!)
    expect(text).toMatch(/^The label is on its way/)
    expect(text).not.toBe(chat.lastMessage?.parts.map(part => (part.type === 'text' ? part.text : '')).join(''))
    expect(textIn(again!)).toBe(text)
    // The turn that was under way, and one for each message, of which the first had never been posted alone.
    expect(vendors.meter()).toHaveLength(calls + 3)
    await chat.sendMessage({ text: 'Thank you.' })
    expect(chat.messages).toHaveLength(4)
  })

  it('says of a turn that failed why, and goes on; and of a chat that has ended how, also to what is written after that', async () => {
    const chat = chatOf('chat-11')
    await vendors.setFaults(ACME.name, [{ kind: 'content-filter' }])
    await chat.sendMessage({ text: 'How long may I send it back?' })
    await vendors.setFaults(ACME.name, [])
    const { metadata } = chat.lastMessage!
    expect([chat.status, metadata]).toEqual(['error', expect.objectContaining({ message: chat.error?.message })])
    expect(metadata).not.toHaveProperty('outcome')
    await chat.sendMessage({ text: 'How long may I keep it?' })
    expect(chat.lastMessage?.parts.at(-1)).toMatchObject({ text: expect.stringMatching(/^Within 30 days/) })
    await signalbox('cancel', 'chat-11')
    // Until it has ended: its exit code says that it was cancelled.
    await expect(signalbox('watch', 'chat-11')).rejects.toThrow('watch chat-11')
    await chat.sendMessage({ text: 'Are you there?' })
    expect(chat.lastMessage?.metadata).toMatchObject({ outcome: 'cancelled' })
  })
})

it('says why a turn has no answer, and of a chat that has ended how', async () => {
  await vendors.setFaults(ACME.name, [{ kind: 'content-filter' }])
  expect(await node('desk.client.ts', 'chat-8', 'How long may I send it back?')).toMatch(/refused .+\n$/)
  await signalbox('cancel', 'chat-8')
  await expect(node('desk.client.ts', 'chat-8', 'Are you there?')).rejects.toThrow('has ended')
})

type LastTurn = (messages: readonly UIMessage[]) => { readonly answerTo: string; readonly after: number }

/** The text of a UI message stream. */
function textIn(body: string): string {
  const lines = body.split('\n').filter(line => line.startsWith('data: {'))
  return lines.map(line => (JSON.parse(line.slice(6)) as { readonly delta?: string }).delta ?? '').join('')
}

async function startWorker(): Promise<ChildProcess> {
  const command = join(project, 'node_modules/signalbox/dist/src/cli/main.js')
  const words = ['worker', '--app', 'desk.app.ts', '--task-queue', 'desk', '--log-level', 'error', '--grace', '1s']
  const started = spawn(process.execPath, [command, ...words], { cwd: project, env, stdio: ['ignore', 'pipe', 2] })
  await once(started.stdout!, 'data')
  return started
}

/** The declarations of Temporal's client are not so strict. */
const STRICTER = {
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
  rewriteRelativeImportExtensions: true,
}

const PUBLISH = `
import { connect, type Outcome } from 'signalbox/client'
import type * as app from './desk.app.js'
import type * as workflows from './desk.workflows.js'

const signalbox = await connect<typeof app, typeof workflows>()
// An agent without a schema, whose outcome goes where any does.
const said = ({ text }: Outcome) => text
;async () => said(await signalbox.run<'support'>('support-1').outcome())
const input = { document: process.argv[2]!, withinMs: 60_000 }
// @ts-expect-error: nothing has the name
;() => signalbox.start('publish', { input })
// @ts-expect-error: it takes words, or an object or list
;() => signalbox.start('support', { input: null })
// @ts-expect-error: no class has the name
;() => signalbox.start('support', { input: 'Hello', taskClass: 'srtong' })
const run = await signalbox.start('publishing', { input })
for await (const event of run.events()) if (event.kind === 'tool-end' && event.toolName === 'ask_editor') break
for await (const event of run.events()) if (event.kind === 'approval-ask') await run.approve(event.toolCallId)
console.log(JSON.stringify((await run.outcome()).output))
await signalbox.close()
`

/** A page's own messages have parts of more kinds than customers write. */
const PAGE = `
import type { UIMessage } from 'ai'
import type { UiMessage, UiMessageMetadata } from 'signalbox/client'
import { lastTurn } from './desk.turn.ts'

export const turnOf = (messages: UIMessage<UiMessageMetadata>[]) => lastTurn(messages)
export const begin = (kept: UiMessage[]) => turnOf(kept)
`

const SERVER = `
import { createServer } from 'node:http'
import { desk } from './desk.client-once.ts'
import { decide, interrupt, messagesSoFar, postTurn, resumeTurn } from './desk.route.ts'
import { answer } from './node-route.ts'

const signalbox = await desk()
const server = createServer((incoming, outgoing) =>
  answer(incoming, outgoing, async request => {
    const [, id = '', verb] = new URL(request.url).pathname.split('/')
    if (verb === 'stream') return resumeTurn(signalbox, id, request)
    if (verb === 'messages') return Response.json(await messagesSoFar(signalbox, id))
    if (verb === 'decision') return decide(signalbox, id, 'ann', request)
    if (verb === 'interrupt') return interrupt(signalbox, id)
    return postTurn(signalbox, 'ann', request)
  }),
)
server.listen(0, '127.0.0.1', () => console.log('http://127.0.0.1:' + Object(server.address()).port))
`
