import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type RunningVendors, startVendors } from '../../src/providers/simulated/index.ts'
import { toldToEnd } from '../support/told-to-end.ts'
import { ACME, type Packed, packInto, TSCONFIG } from './project.ts'
import { filesOf, readmeFiles } from './readme-files.ts'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../..', import.meta.url))

let project: string
let vendors: RunningVendors
let env: NodeJS.ProcessEnv
let packed: Packed
let worker: ChildProcess | undefined

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'signalbox-package-'))
  vendors = await startVendors({ vendors: [ACME] })
  const path = `${dirname(process.execPath)}:${process.env.PATH}`
  const address = inject('temporalAddress')
  env = { ...process.env, PATH: path, TEMPORAL_ADDRESS: address, ACME_URL: vendors.vendors[0]!.baseUrl }
  packed = await packInto(project, env)
  await writeFile(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  const install = [join(project, packed.filename), 'zod', 'typescript', '@types/node@24', '@types/ms']
  await run('npm', ['install', '--no-fund', '--no-audit', '--prefer-offline', ...install], { cwd: project, env })
  for (const [name, text] of readmeFiles()) await writeFile(join(project, name), text)
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify(TSCONFIG))
})

afterAll(async () => {
  await toldToEnd(worker)
  await vendors?.close()
  await rm(project, { recursive: true, force: true })
})

describe('the packed package', () => {
  it('holds the build and its package data, and neither sources nor tests', () => {
    const files = packed.files.map(file => file.path)
    for (const path of [
      'README.md',
      'LICENSE',
      'dist/workflows/joined.cjs',
      'dist/src/catalog/data/models-dev-2026-07-02.json.gz',
      'dist/src/catalog/data/LICENSE-models-dev.txt',
      'dist/demo/signalbox.yaml',
    ])
      expect(files).toContain(path)
    expect(
      files.filter(path => /(^|\/)(test|bench|scripts)\//.test(path) || /((?<!\.d)\.ts|\.map)$/.test(path)),
    ).toEqual([])
  })

  it('has a file behind each of its entry points', async () => {
    const { exports, bin } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
    const targets = [...Object.values<Record<string, string>>(exports).flatMap(Object.values), ...Object.values(bin)]
    for (const target of targets) expect(existsSync(join(project, 'node_modules/signalbox', String(target)))).toBe(true)
  })

  it('lets the README’s files compile, strictly', async () => {
    expect([...readmeFiles().keys()].toSorted()).toEqual([
      'signalbox.app.ts',
      'signalbox.yaml',
      'start.ts',
      'workflows.ts',
    ])
    await run('npx', ['tsc', '--noEmit', '-p', '.'], { cwd: project, env })
  })

  it('lets them, and the files of docs/agents.md and docs/observability.md, compile as `tsc --init` would have it', async () => {
    const files = filesOf('docs/agents.md')
    expect([...files.keys()]).toEqual([
      'night-shift.ts',
      'team-route.ts',
      'chat-route.ts',
      'node-route.ts',
      'press.ts',
      'build.ts',
    ])
    for (const [name, text] of files) await writeFile(join(project, name), text)
    for (const [name, text] of filesOf('docs/observability.md')) await writeFile(join(project, name), text)
    await writeFile(join(project, 'left-out.ts'), LEFT_OUT)
    const flags = ['--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--skipLibCheck']
    await run('npx', ['tsc', '--noEmit', '-p', '.', ...flags], { cwd: project, env })
  })

  it('lets a compiler write the declarations of what an app hands on, by names of this package alone', async () => {
    await writeFile(join(project, 'handed-on.ts'), HANDED_ON)
    const flags = ['--declaration', '--emitDeclarationOnly', '--outDir', 'declared']
    await run('npx', ['tsc', '-p', '.', '--noEmit', 'false', ...flags], { cwd: project, env })
    const declared = await readFile(join(project, 'declared/handed-on.d.ts'), 'utf8')
    expect(declared).toContain('import("signalbox").JsonValue, "far"')
    expect(declared).toContain('import("signalbox").ValueNamed<"Verdict">')
    expect(declared).not.toContain('@ai-sdk')
  })

  it('runs the README’s first agent and first workflow, unchanged', async () => {
    const command = join(project, 'node_modules/signalbox/dist/src/cli/main.js')
    worker = spawn(process.execPath, [command, 'worker', '--log-level', 'error', '--grace', '1s'], {
      cwd: project,
      env,
      stdio: ['ignore', 'pipe', 2],
    })
    const [line] = (await once(worker.stdout!, 'data')) as [Buffer]
    expect(line.toString()).toContain('Serves the task queue signalbox')
    const agent = await run(process.execPath, ['start.ts'], { cwd: project, env })
    expect(agent.stdout).toMatch(/answered 0\.0\d+/)
    const words = ['start', 'review', '--input', 'York has 9 million passengers', '--watch', '--json']
    const workflow = await run('npx', ['signalbox', ...words], { cwd: project, env })
    expect(workflow.stdout).toMatch(/"kind":\s*"answered"/)
    expect(vendors.meter().length).toBeGreaterThanOrEqual(5)
  })

  it('brings its workflows bundled, for a worker that has no others', async () => {
    await writeFile(join(project, 'agents.app.js'), "export { agents, tools, schemas } from './signalbox.app.ts'\n")
    const command = join(project, 'node_modules/signalbox/dist/src/cli/main.js')
    const flags = ['--app', 'agents.app.js', '--task-queue', 'agents', '--log-level', 'debug']
    const alone = spawn(process.execPath, [command, 'worker', ...flags], { cwd: project, env })
    let log = ''
    alone.stderr.on('data', text => {
      log += text
    })
    await once(alone.stdout, 'data')
    const words = ['start', 'researcher', '--input', 'Which has more passengers?', '--task-queue', 'agents', '--watch']
    const { stdout } = await run('npx', ['signalbox', ...words], { cwd: project, env })
    await toldToEnd(alone)
    expect(stdout).toMatch(/^run researcher-\S+: answered/m)
    expect(log).not.toMatch(/asset workflow-bundle|Ignoring WorkerOptions/)
    const bundle = packed.files.find(({ path }) => /dist\/workflows\/bundled-[\d.]+\.js$/.test(path))!.path
    const code = await readFile(join(project, 'node_modules/signalbox', bundle), 'utf8')
    const [, map = ''] = /sourceMappingURL=.*base64,(.*)/.exec(code)!
    expect(Buffer.from(map, 'base64').toString()).not.toContain(ROOT)
  })

  it('tells the agent to `useChat` by the routes of docs/agents.md, and again where the page was loaded anew', async () => {
    await writeFile(join(project, 'chat.js'), CHAT)
    const { stdout } = await run(process.execPath, ['chat.js'], { cwd: project, env })
    const [first, again, unknown, late, broken] = stdout.trim().split('\n')
    expect(first).toMatch(/"type":"tool-output-available".*Crewe.*"type":"finish".*"outcome":"answered".*\[DONE\]$/)
    expect(again).toContain('"type":"finish"')
    expect(unknown).toBe('204')
    expect(late).toMatch(/^409 run chat-1 has ended/)
    expect(broken).toBe('500')
  })

  it('runs the tests of docs/testing.md, on a server that is there already', async () => {
    for (const [name, text] of filesOf('docs/testing.md')) await writeFile(join(project, name), text)
    await symlink(join(ROOT, 'node_modules/vitest'), join(project, 'node_modules/vitest'))
    const flags = ['--skipLibCheck', '--rewriteRelativeImportExtensions']
    await run('npx', ['tsc', '--noEmit', '-p', '.', ...flags], { cwd: project, env })
    const { ACME_URL: _, ...without } = env
    const { stdout, stderr } = await run(process.execPath, ['--test', 'review.test.ts', 'look-up.test.ts'], {
      cwd: project,
      env: without,
    })
    expect(stdout).toContain('pass 5')
    // One of them meets a 429, which the worker gets over.
    expect(stdout + stderr).not.toMatch(/attempt failed|Worker state changed/)
    const command = join(project, 'node_modules/vitest/vitest.mjs')
    await run(process.execPath, [command, 'run', 'judged.test.ts'], { cwd: project, env: without })
  })
})

/** Things whose types nobody has written down. */
const HANDED_ON = `
import { defineAgent, defineRemoteTool } from 'signalbox'
import { connect, type RunHandle } from 'signalbox/client'
import { loadConfiguration } from 'signalbox/worker'
import { z } from 'zod'

export const far = defineRemoteTool({ name: 'far', description: 'is far', input: z.object({}), activity: 'a', taskQueue: 'b' })
export const judge = defineAgent({ name: 'judge', instructions: 'Judge it.', taskClass: 'strong', schema: 'Verdict' })
export const raise = (run: RunHandle) => run.raiseBudget({ usd: '1' })
export const store = async () => (await connect()).store()
export const configuration = () => loadConfiguration()
`

/** Options that are undefined count as left out, also to a compiler that tells the two apart. */
const LEFT_OUT = `
import { defineAgent, defineTool } from 'signalbox'
import { connect } from 'signalbox/client'
import { startTestStage } from 'signalbox/testing'
import { createWorker } from 'signalbox/worker'
import { z } from 'zod'

const [text, count] = [process.env.NAME, process.env.NAME?.length]
export const tool = defineTool({
  name: 'tool',
  description: 'does nothing',
  input: z.object({}),
  run: () => null,
  timeoutMs: count,
  idempotent: undefined,
})
export const agent = defineAgent({ name: 'one', instructions: '', taskClass: 'cheap', description: text, tools: undefined })
export const worker = () => createWorker({ agents: [agent], config: text, taskQueue: text, shutdownGraceMs: count, env: undefined })
export const stage = () => startTestStage({ agents: undefined, config: text, vendors: text })
export async function begin() {
  const signalbox = await connect({ taskQueue: text, uiUrl: text, store: undefined })
  const budget = { usd: text, steps: count, onShort: undefined }
  return signalbox.start('one', { input: '', id: text, workspace: text, priority: count, budget, labels: { team: text } })
}
`

/** What a browser asks the routes. */
const CHAT = `
import { connect } from 'signalbox/client'
import { createServer } from 'node:http'
import { postMessage, resumeMessage } from './chat-route.ts'
import { answer } from './node-route.ts'

const signalbox = await connect()
const url = 'http://app.example/api/chat'
const parts = [{ type: 'text', text: 'Which of York and Crewe has more passengers?' }]
const body = JSON.stringify({ id: 'chat-1', messages: [{ id: 'message-1', role: 'user', parts }] })
const oneLine = async response => (await response.text()).replaceAll('\\n', ' ').trim()
console.log(await oneLine(await postMessage(signalbox, new Request(url, { method: 'POST', body }))))
console.log(await oneLine(await resumeMessage(signalbox, 'chat-1', new Request(url + '/chat-1/stream'))))
console.log((await resumeMessage(signalbox, 'chat-2', new Request(url + '/chat-2/stream'))).status)

const server = createServer((incoming, outgoing) => answer(incoming, outgoing, request => postMessage(signalbox, request)))
await new Promise(listening => server.listen(0, '127.0.0.1', listening))
const post = body => fetch('http://127.0.0.1:' + server.address().port, { method: 'POST', body })
const messages = ['message-1', 'message-2'].map(id => ({ id, role: 'user', parts }))
const late = await post(JSON.stringify({ id: 'chat-1', messages }))
console.log(late.status, await oneLine(late))
console.log((await post('no JSON')).status)
server.close()
await signalbox.close()
`
