import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { importsOf, ROOT, sourceFiles, statementsOf } from '../support/source-files.ts'

/** What a layer may import: layers and packages, and those of which it may have the types alone. */
interface Layer {
  readonly may: readonly string[]
  readonly types?: readonly string[]
}

const PARTS = ['src/catalog', 'src/providers', 'src/store', 'src/tools']

/** The README's table of imports. A file belongs to the layer with the longest name that its path begins with. */
const LAYERS: Readonly<Record<string, Layer>> = {
  'src/core': { may: [], types: ['@ai-sdk/provider'] },
  'src/catalog': { may: ['src/core', '@pydantic/genai-prices', 'yaml', 'zod', 'node:'] },
  'src/providers': { may: ['src/core', '@ai-sdk/', 'undici', 'tokenx', 'zod', 'node:'] },
  // The vendors' meter is to disagree with a mistake of ours, so they share nothing with us.
  'src/providers/simulated': { may: ['yaml', 'zod', 'node:'] },
  'src/store': { may: ['src/core', 'kysely', 'pg', 'node:'] },
  'src/tools': { may: ['src/core', '@modelcontextprotocol/', 'zod'] },
  activities: { may: ['src/core', '@temporalio/activity', '@temporalio/common', 'node:'] },
  workflows: { may: ['src/core', '@temporalio/workflow', '@temporalio/common'], types: ['activities/contract.ts'] },
  demo: { may: ['src/tools', 'zod', 'node:'], types: ['src/core', 'workflows'] },
  'src/runtime': {
    may: ['src/core', ...PARTS, 'src/providers/simulated', 'activities', 'demo', '@temporalio/', 'pino', 'node:'],
    types: ['workflows'],
  },
  'src/cli': { may: ['src/core', 'src/runtime', 'commander', 'node:'] },
  'src/index.ts': { may: ['src/tools'], types: ['src/core'] },
  'src/client.ts': { may: ['src/runtime', 'src/store'], types: ['src/core', 'src/catalog'] },
  'src/testing.ts': { may: ['src/runtime'], types: ['src/providers/simulated'] },
  'src/worker.ts': { may: ['src/runtime', 'src/store'], types: ['src/core', 'src/catalog'] },
}

/** Folders of which each folder and file in them imports downwards only. */
const SORTED = [
  'src/catalog/configuration',
  'src/cli',
  'src/core/routing',
  'src/runtime',
  'activities/call-model',
  'workflows/run',
]

const files = sourceFiles('src', 'activities', 'workflows', 'demo')

it.each(Object.keys(LAYERS))('%s imports what it may', layer => {
  const { may, types = [] } = LAYERS[layer]!
  const allowed = new Set([layer, ...may])
  const own = files.filter(file => layerOf(file) === layer)
  expect(own).not.toEqual([])
  const mayNot = own.flatMap(file =>
    importsOf(file).flatMap(({ from, typeOnly }) => {
      const names = [...allowed, ...(typeOnly ? types : [])]
      return names.includes(layerOf(from) ?? '') || names.some(name => isPackage(from, name)) ? [] : [`${file} ${from}`]
    }),
  )
  expect(mayNot).toEqual([])
})

it('has no file outside of the layers', () => {
  expect(files.filter(file => layerOf(file) === undefined)).toEqual([])
})

it('has no circle of files, imports of types counted', () => {
  const known = new Set(files)
  const done = new Set<string>()
  const follow = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) throw new Error([...path, file].join(' imports '))
    if (done.has(file)) return
    for (const { from } of importsOf(file)) if (known.has(from)) follow(from, [...path, file])
    done.add(file)
  }
  for (const file of files) follow(file, [])
})

it.each(SORTED)('has no circle of folders in %s', folder => {
  const depth = folder.split('/').length + 1
  const unitOf = (file: string) => file.split('/').slice(0, depth).join('/')
  const inside = files.filter(file => file.startsWith(`${folder}/`))
  const importedBy = (unit: string) =>
    inside
      .filter(file => unitOf(file) === unit)
      .flatMap(file => importsOf(file).map(({ from }) => from))
      .filter(from => inside.includes(from))
      .map(unitOf)
  const done = new Set<string>()
  const follow = (unit: string, path: readonly string[]): void => {
    if (path.includes(unit)) throw new Error([...path, unit].join(' imports '))
    if (done.has(unit)) return
    for (const next of new Set(importedBy(unit))) if (next !== unit) follow(next, [...path, unit])
    done.add(unit)
  }
  for (const unit of inside.map(unitOf)) follow(unit, [])
})

it('depends on the packages that it imports, and on no others', () => {
  const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> }
  const imported = files.flatMap(importsOf).filter(({ from }) => !existsSync(join(ROOT, from)) && !isNode(from))
  const packages = imported.map(({ from }) => /^(@[^/]+\/)?[^/]+/.exec(from)![0])
  // Temporal's packages would each nest a copy of their own, and then refuse each other's messages.
  expect(Object.keys(dependencies).sort()).toEqual([...new Set([...packages, 'protobufjs'])].sort())
})

it('has five doors, and walks through none of them itself', () => {
  const exported = (JSON.parse(read('package.json')) as { exports: Record<string, { default: string }> }).exports
  const doors = Object.values(exported).map(door => door.default.replace('./dist/', '').replace(/\.js$/, '.ts'))
  expect(doors).toEqual(['src/index.ts', 'src/client.ts', 'src/worker.ts', 'src/testing.ts', 'workflows/public.ts'])
  expect(files.flatMap(importsOf).filter(({ from }) => doors.includes(from))).toEqual([])
})

it('writes the shipped example on the public surface of workflows alone', () => {
  const exported = namesIn('workflows/public.ts', 'ExportNamedDeclaration')
  expect(exported).toEqual(expect.arrayContaining(namesIn('workflows/writing-desk.ts', 'ImportDeclaration')))
})

/** The longest first. */
const NAMES = Object.keys(LAYERS).toSorted((a, b) => b.length - a.length)

function layerOf(path: string): string | undefined {
  return NAMES.find(name => path === name || path.startsWith(`${name}/`))
}

/** A name that ends in `/` or `:` stands for all packages of that scope; `activities/contract.ts` for the file. */
function isPackage(from: string, name: string): boolean {
  return from === name || (/[/:]$/.test(name) && from.startsWith(name))
}

function isNode(from: string): boolean {
  return from.startsWith('node:')
}

function namesIn(file: string, type: 'ImportDeclaration' | 'ExportNamedDeclaration'): string[] {
  return statementsOf(file).flatMap(statement => {
    if (statement.type !== type) return []
    return statement.specifiers.map(one => ('imported' in one ? one.imported : one.local)).map(nameOf)
  })
}

function nameOf(node: object): string {
  return 'name' in node ? String(node.name) : String((node as { value: unknown }).value)
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}
