/** The three conversions of docs/coming-from.md, in a project into which the packed package is installed. */

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { type RunningVendors, startVendors } from '../../src/providers/simulated/index.ts'
import { toldToEnd } from '../support/told-to-end.ts'
import { ACME, packInto, TSCONFIG } from './project.ts'
import { filesOf, readmeFiles } from './readme-files.ts'

const run = promisify(execFile)

const behaviours = [
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
  const install = [join(project, filename), 'zod', 'typescript', '@types/node@24', '@temporalio/workflow@1.24']
  await run('npm', ['install', '--no-fund', '--no-audit', '--prefer-offline', ...install], { cwd: project, env })
  const files = new Map([
    ...filesOf('docs/coming-from.md'),
    ['publish.ts', PUBLISH],
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

const node = async (...words: string[]) => (await run(process.execPath, words, { cwd: project, env })).stdout

it('compiles, strictly', async () => {
  expect([...filesOf('docs/coming-from.md').keys()]).toEqual(['desk.app.ts', 'desk.workflows.ts', 'desk.client.ts'])
  await run('npx', ['tsc', '--noEmit', '-p', '.'], { cwd: project, env })
})

it('chats for more than a turn, and publishes what an editor has approved', async () => {
  worker = await startWorker()
  const first = await node('desk.client.ts', 'chat-7', 'How long may I send it back?')
  const [, offset = ''] = /Within 30 days.*\n\((\d+)\)\n$/.exec(first) ?? []
  const second = await node('desk.client.ts', 'chat-7', 'Even without the receipt?', offset)
  expect(second).toMatch(/Within 30 days/)
  // The tool was asked for in the first turn, which the model saw in the second.
  expect(vendors.meter()).toHaveLength(3)
  expect(JSON.parse(await node('publish.ts', 'contract.txt'))).toEqual({
    published: { address: 'https://shop.example/contract.txt' },
  })
})

it('says how a chat has ended that gives no answer', async () => {
  await vendors.setFaults(ACME.name, [{ kind: 'content-filter' }])
  expect(await node('desk.client.ts', 'chat-8', 'How long may I send it back?')).toMatch(/^refused: .+\n$/)
})

async function startWorker(): Promise<ChildProcess> {
  const command = join(project, 'node_modules/signalbox/dist/src/cli/main.js')
  const words = ['worker', '--app', 'desk.app.ts', '--task-queue', 'desk', '--log-level', 'error', '--grace', '1s']
  const started = spawn(process.execPath, [command, ...words], { cwd: project, env, stdio: ['ignore', 'pipe', 2] })
  await once(started.stdout!, 'data')
  return started
}

/** The declarations of Temporal's client are not so strict. */
const STRICTER = { exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: true }

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
