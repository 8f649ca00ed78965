import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { importsOf, ROOT, sourceFiles, statementsOf } from '../support/source-files.ts'

const LAYERS = ['src/core', 'src/catalog', 'src/providers', 'src/store', 'src/tools', 'activities']

/** Imports all modules that are named, in a process that may read files, keep what is compiled, and nothing else; tells what they started. */
const IMPORT_ALL = `
const { argv } = process
const names = () => [...process.eventNames(), ...Object.getOwnPropertyNames(globalThis)].map(String)
const before = names()
for (const path of argv.slice(1)) await import(path)
const started = process.getActiveResourcesInfo().filter(name => !/^(TTY|Pipe|FSReqPromise|CloseReq)/.test(name))
console.log(JSON.stringify({ started, added: names().filter(name => !before.includes(name)) }))
`

it('starts, opens, writes and prints nothing when a module is imported', async () => {
  const modules = sourceFiles(...LAYERS).map(file => join(ROOT, file))
  const { NODE_COMPILE_CACHE: compiled } = process.env
  const kept = compiled === undefined ? [] : [`--allow-fs-write=${compiled}`]
  const sandbox = ['--permission', '--allow-fs-read=*', ...kept, '--allow-addons', '--disable-warning=SecurityWarning']
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [...sandbox, '--input-type=module', '--eval', IMPORT_ALL, ...modules],
    { cwd: ROOT, env: { ...process.env, NODE_OPTIONS: '' } },
  )
  expect(stderr).toBe('')
  // zod shares its settings between its copies by these names.
  expect(JSON.parse(stdout)).toEqual({ started: [], added: ['__zod_globalConfig', '__zod_globalRegistry'] })
})

it.each([
  ['the command', 'src/cli/run-cli.ts', ['src/store/', 'src/catalog/', '@temporalio/', '@modelcontextprotocol/']],
  ['what a command reads records with', 'src/runtime/store/records.ts', ['src/catalog/', '@temporalio/']],
  ['an app', 'src/index.ts', ['@modelcontextprotocol/']],
  ['a worker', 'src/worker.ts', ['@modelcontextprotocol/']],
])('loads for %s nothing that it may not need', (_, file, spared) => {
  const loaded = new Set([file])
  for (const each of loaded)
    for (const { from, typeOnly, later } of each.endsWith('.ts') ? importsOf(each) : [])
      if (!typeOnly && !later) loaded.add(from)
  expect([...loaded].filter(each => spared.some(start => each.startsWith(start)))).toEqual([])
})

it.each([...LAYERS, 'workflows'])('declares, at the top of the modules of %s, only what stays as it is', layer => {
  const unruly = sourceFiles(layer).flatMap(file =>
    statementsOf(file)
      .map(statement => (statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement))
      .filter(statement => statement !== null && !isQuiet(statement))
      .map(statement => `${file}: ${statement!.type}`),
  )
  expect(unruly).toEqual([])
})

/** No statement that does something, no variable that changes, no collection that waits to be filled. */
function isQuiet(statement: ReturnType<typeof statementsOf>[number] | object): boolean {
  if (!('type' in statement)) return false
  if (statement.type !== 'VariableDeclaration')
    return /^((Import|Export|Function|Class|TS)\w*Declaration|TSDeclareFunction)$/.test(String(statement.type))
  const { kind, declarations } = statement as { kind: string; declarations: { init: object | null }[] }
  return kind === 'const' && declarations.every(({ init }) => init !== null && !isEmptyCollection(init))
}

function isEmptyCollection(node: object): boolean {
  const { type, callee, arguments: given } = node as { type: string; callee?: { name?: string }; arguments?: unknown[] }
  return type === 'NewExpression' && /^(Weak)?(Map|Set|Ref)$/.test(callee?.name ?? '') && given?.length === 0
}
