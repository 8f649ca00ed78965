import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { commandProcess, spawned } from './spawned.ts'
import { throwAwayFolders } from './throw-away-folders.ts'

const APP = "import { join } from 'node:path'\nexport const workflowsPath = join(import.meta.dirname, 'flows.ts')\n"

const CONFIGURATION = `
providers: { acme: { protocol: openai-compatible, baseURL: "http://127.0.0.1:1/v1", models: { acme/m: { free: true } } } }
classes: { cheap: { models: [acme/m] } }
app: ./app.ts
`

/** For what bundles workflows: of modules that were read before. */
const FLAGS = ['--import', new URL('../support/bundled-once.ts', import.meta.url).href]

const newFolder = throwAwayFolders('signalbox-mistakes-')

async function project(workflows?: string, app = APP): Promise<string> {
  const folder = newFolder()
  await writeFile(join(folder, 'signalbox.yaml'), CONFIGURATION)
  await writeFile(join(folder, 'app.ts'), app)
  if (workflows !== undefined) await writeFile(join(folder, 'flows.ts'), workflows)
  return folder
}

let commands: ReturnType<typeof commandProcess>
beforeAll(() => {
  commands = commandProcess()
})
afterAll(() => commands.end())

const check = (folder: string, ...words: string[]) => commands.run(['config', 'check', ...words], folder)
const worker = (folder: string, env: NodeJS.ProcessEnv = {}) =>
  commands.run(['worker'], folder, { ...serverEnv(), ...env })
/** With all that it logs, which goes past what the other process remembers. */
const spawnedWorker = (folder: string) => spawned(['worker'], serverEnv(), folder, FLAGS)
const serverEnv = () => ({ TEMPORAL_ADDRESS: inject('temporalAddress') })

it('says what is wrong with workflows that cannot be bundled, and where', async () => {
  const unsafe = "import fs from 'node:fs'\nexport async function look() { return fs.existsSync('x') }\n"
  const { code, stderr } = await spawnedWorker(await project(unsafe))
  expect(stderr).toContain('error: the workflows of flows.ts cannot be bundled')
  expect(stderr).toContain('./flows.ts:1 imports node:fs')
  expect(stderr).not.toMatch(/asset workflow-bundle|joined| {4}at /)
  expect(code).toBe(2)
})

it('says so where they are only checked, and lists others, which can be bundled', async () => {
  const unsafe = "import fs from 'node:fs'\nexport async function look() { return fs.existsSync('x') }\n"
  const folder = await project(unsafe, `${APP}export const inputs = { look: { _zod: { def: {} } } }\n`)
  const wrong = await check(folder)
  expect(wrong.stderr).toContain(
    'app: the workflows of flows.ts cannot be bundled:\n./flows.ts:1 imports node:fs\nIf it is an import: workflows run',
  )
  expect(wrong.stderr).toContain('needs Node or the network belongs in tools')
  expect(wrong.stderr).toContain('import only types there (`import type`)')
  expect(wrong.stderr).not.toMatch(/asset workflow-bundle|joined| {4}at /)
  expect(wrong.code).toBe(2)
  await writeFile(join(folder, 'flows.ts'), 'export async function look() {}\n')
  const listed = expect.stringMatching(/^app \S*app\.ts: workflows \S*flows\.ts; inputs of look$/m)
  expect(await check(folder)).toMatchObject({ code: 0, stderr: '', stdout: listed })
})

const THROWS = "import { shop } from './shop.ts'\nexport async function look() { return shop }\n"

it('says what workflows throw when they are loaded, and where, instead of serving runs that could not begin', async () => {
  const folder = await project(THROWS)
  await writeFile(
    join(folder, 'shop.ts'),
    "type Shop = string\n\nexport const shop: Shop = open()\nfunction open(): Shop {\n  throw new RangeError('no shop')\n}\n",
  )
  const wrong = await check(folder)
  const words =
    /the workflows of flows\.ts cannot be loaded: RangeError: no shop, at shop\.ts:5:\d+\. They run in Temporal's sandbox/
  expect(wrong.stderr).toMatch(words)
  expect(wrong.code).toBe(2)
  const { code, stderr } = await worker(folder)
  expect(stderr).toMatch(words)
  expect(stderr).not.toContain('    at ')
  expect(code).toBe(2)
})

it('says so of workflows that would wait while they are loaded, or are rejected later', async () => {
  const folder = await project("export const shop = await Promise.resolve('open')\nexport async function look() {}\n")
  expect((await check(folder)).stderr).toMatch(
    /flows\.ts cannot be loaded: Error: it, or .* uses `await` outside of functions/,
  )
  await writeFile(join(folder, 'flows.ts'), "export const shop = await fetch('http://a.example')\n")
  const refused = await check(folder)
  expect(refused.stderr).toMatch(/cannot be loaded: Error: it, or .* uses `await` outside of functions.*\.\s*$/)
  expect(refused.code).toBe(2)
  await writeFile(
    join(folder, 'flows.ts'),
    'open()\nasync function open() {\n  return process.env.SHOP\n}\nexport async function look() {}\n',
  )
  const { stderr, code } = await check(folder)
  expect(stderr).toMatch(/flows\.ts cannot be loaded: ReferenceError: process is not defined, at flows\.ts:3:\d+/)
  expect(code).toBe(2)
  const reading = "import { readFileSync } from 'fs'\nexport const prices = readFileSync('prices.json')\n"
  await writeFile(join(folder, 'flows.ts'), `${reading}export async function look() {}\n`)
  expect((await check(folder)).stderr).toMatch(
    /TypeError: \(0 , fs\.readFileSync\) is not a function, at flows\.ts:2:\d+\. They import 'fs', and run in Temporal's sandbox/,
  )
})

it('says that the server lacks the namespace', async () => {
  const folder = await project(undefined, 'export const agents = []\n')
  const { code, stderr } = await worker(folder, { TEMPORAL_NAMESPACE: 'elsewhere' })
  expect(stderr).toContain('correct TEMPORAL_NAMESPACE (it says: Namespace elsewhere is not found.)')
  expect(code).toBe(2)
})

it('says which module with workflows is not there, and keeps what is left behind out of repositories', async () => {
  const folder = await project()
  const { code, stderr } = await commands.run(['dev'], folder, serverEnv())
  expect(stderr).toContain('error: there is no module flows.ts with workflows; correct `workflowsPath`')
  expect(stderr).not.toContain('    at ')
  expect(code).toBe(2)
  expect(await readFile(join(folder, '.signalbox/.gitignore'), 'utf8')).toBe('*\n')
  expect(((await stat(join(folder, '.signalbox'))).mode & 0o777).toString(8)).toBe('700')
})

const ZOD = import.meta.resolve('zod')
const TOOLS = fileURLToPath(new URL('../../src/tools/index.ts', import.meta.url))

/** Apps that no worker can serve, and what is said of each. */
const APPS: readonly (readonly [what: string, app: string, words: RegExp])[] = [
  [
    'does not parse',
    'export const agents = []\nexport const one: number = 1 1\n',
    /app app\.ts cannot be loaded: .*, at app\.ts:2/,
  ],
  ['imports what is not there', "import './gone.ts'\n", /gone\.ts.* imported from .*correct the import, or install/],
  [
    'imports TypeScript by the name that it would have once compiled',
    "import './flows.js'\n",
    /flows\.js.* imported from .*; flows\.ts is there: import it by that name, with "rewriteRelativeImportExtensions": true in/,
  ],
  ['imports TypeScript without its ending', "import './flows'\n", /; flows\.ts is there: import it by that name/],
  [
    'has TypeScript that is more than types',
    'export const agents = []\nenum Level { low }\n',
    /enum is not supported.*, at app\.ts:2; write it without \(`erasableSyntaxOnly` in tsconfig\.json finds such places\), or/,
  ],
  [
    'names its workflows as they would be called once compiled',
    "export const workflowsPath = import.meta.dirname + '/flows.js'\n",
    /there is no module .*flows\.js with workflows; flows\.ts is there: correct `workflowsPath`/,
  ],
  [
    'imports what is not exported',
    "import { no } from 'node:fs'\nexport const agents = [no]\n",
    /named 'no', at app\.ts:1/,
  ],
  [
    'defines what cannot be',
    `import { defineAgent } from '${TOOLS}'\n\nexport const agents = [defineAgent({ name: 'a', instruction: '' })]\n`,
    /'instruction', which does not exist.*, at app\.ts:3:\d+/,
  ],
  [
    'exports one agent',
    'export const agents = {}\n',
    /exports agents that are not a list; write `export const agents = \[/,
  ],
  [
    'exports an agent of its own making',
    "export const agents = [{ name: 'a' }]\n",
    /index 0 was not made by defineAgent/,
  ],
  [
    'has two modules export the same list',
    "export * from 'data:text/javascript,export const agents=[];export const tools=[]'\nexport * from 'data:text/javascript,export const agents=[7]'\n",
    /app .*app\.ts exports 'agents' from two modules by `export \*`, and so from none; export one list/,
  ],
]

it.each(APPS)('says of an app that %s what is wrong, and where', async (_, app, words) => {
  const { code, stderr } = await check(await project('export {}\n', app))
  expect(stderr).toMatch(words)
  expect(stderr).not.toContain('    at ')
  expect(code).toBe(2)
})

it('says of a schema for the input of a workflow that no module of workflows is named', async () => {
  const folder = await project(undefined, `import { z } from '${ZOD}'\nexport const inputs = { ticket: z.string() }\n`)
  const words =
    "`inputs` has a schema for 'ticket', and there are no workflows of your own; name their module with `workflowsPath`"
  expect((await check(folder)).stderr).toContain(words)
  const served = await worker(folder)
  expect(served.stderr).toContain(words)
  expect(served.code).toBe(2)
})

it('says of a schema for the input of a workflow that is none which one was meant', async () => {
  const app = `import { z } from '${ZOD}'\n${APP}export const inputs = { tikcet: z.string() }\n`
  const folder = await project('export async function ticket() {}\n', app)
  const words = "`inputs` has a schema for 'tikcet', and no workflow is called that; did you mean 'ticket'?"
  const checked = await check(folder)
  expect(checked.stderr).toContain(words)
  expect(checked.stderr).not.toMatch(/ {4}at |sandbox/)
  const served = await worker(folder)
  expect(served.stderr).toContain(words)
  expect(served.code).toBe(2)
})

it('says of an app in a CommonJS package, as `npm init` makes it, what makes it a module', async () => {
  for (const app of [
    "import { join } from 'node:path'\nexport const agents = [join]\n",
    'export const agents = []\n',
  ]) {
    const folder = await project('export {}\n', app)
    await writeFile(join(folder, 'package.json'), '{ "type": "commonjs" }')
    const { stderr } = await check(folder)
    expect(stderr).toMatch(/, at app\.ts:\d+; set "type": "module" in its package\.json/)
  }
})

it('says the same of it where a worker is to serve it', async () => {
  const [, app, words] = APPS[0]!
  const { code, stderr } = await worker(await project(undefined, app))
  expect(stderr).toMatch(words)
  expect(code).toBe(2)
})

it('says where JavaScript does not parse', async () => {
  const folder = await project()
  await writeFile(join(folder, 'signalbox.yaml'), CONFIGURATION.replace('app.ts', 'app.mjs'))
  await writeFile(join(folder, 'app.mjs'), 'export const agents = []\nexport const one = 1 1\n')
  const { code, stderr } = await worker(folder)
  expect(stderr).toContain('error: the app app.mjs cannot be loaded: Unexpected number, at app.mjs:2; correct it there')
  expect(code).toBe(2)
})

it('says of an MCP server that cannot be started, and of settings that it cannot have, which one', async () => {
  for (const settings of ["{ command: 'no-such-command' }", "{ command: 'true', needApproval: true }"]) {
    const { code, stderr } = await worker(await project(undefined, `export const mcpServers = { shop: ${settings} }\n`))
    expect(stderr).toContain("error: the MCP server 'shop'")
    expect(code).toBe(2)
  }
})

it('checks the agents of an app that keeps something open, without starting its servers, and ends', async () => {
  const app = `import { defineAgent } from '${TOOLS}'
setInterval(() => {}, 1_000)
export const mcpServers = { 'my shop': { command: 'no-such-command' } }
const of = (name: string, taskClass: string, ...tools: string[]) => defineAgent({ name, instructions: 'You work.', taskClass, tools })
`
  const agents = "export const agents = [of('a', 'chap'), of('b', 'cheap', 'my_shop__find', 'look')]\n"
  const misnamed = await project(undefined, `${app}${agents}`)
  const wrong = await spawned(['config', 'check', '--json'], {}, misnamed)
  const [first, second, ...others] = JSON.parse(wrong.stdout).problems
  expect(first).toEqual({
    path: 'app',
    message: expect.stringMatching(/agent 'b' names the tool 'look', which is not/),
  })
  expect(second.message).toMatch(/agent 'a' names the task class 'chap'.*did you mean 'cheap'\?/)
  expect([others, wrong.code]).toEqual([[], 2])
  expect((await check(misnamed)).stderr).toMatch(/did you mean 'cheap'\?$/m)
  const listing = await check(await project(undefined, `${app}export const classes = ['cheap', 'srtong']\n`), '--json')
  expect(JSON.parse(listing.stdout).problems).toEqual([
    { path: 'app', message: expect.stringMatching(/^`classes` lists the task class 'srtong'/) },
  ])
  const unset = await check(
    await project(undefined, "export const mcpServers = { shop: { command: 'true', needApproval: true } }\n"),
  )
  expect([unset.code, unset.stderr]).toEqual([
    2,
    expect.stringContaining("app: the MCP server 'shop' has 'needApproval'"),
  ])
  const right = await project(undefined, `${app}export const agents = [of('b', 'cheap', 'my_shop__find')]\n`)
  expect(await check(right)).toMatchObject({ code: 0, stdout: expect.stringContaining('class cheap') })
})
