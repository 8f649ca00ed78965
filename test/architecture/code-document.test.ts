import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { quoted, readDocument, sectionOf, tablesIn } from '../support/document.ts'
import { ROOT } from '../support/source-files.ts'

const DOCUMENT = readDocument('code.md')

/** The lists by which unknown options are refused, and where the document has their keys. */
const LISTS = [
  { file: 'src/tools/define-agent.ts', list: 'KEYS', section: 'Agents' },
  { file: 'src/tools/define-agent.ts', list: 'LIMIT_KEYS', section: 'Agents', below: 'limits' },
  { file: 'src/core/settings/setting-keys.ts', list: 'SETTING_KEYS', section: 'Agents', below: 'settings' },
  { file: 'src/tools/define-tool.ts', list: 'KEYS', section: 'Tools' },
  { file: 'src/tools/define-remote-tool.ts', list: 'KEYS', section: 'Tools' },
  { file: 'src/tools/define-remote-tool.ts', list: 'RETRY_KEYS', section: 'Tools', below: 'retry' },
  { file: 'src/tools/mcp/server-settings.ts', list: 'KEYS', section: 'Tools' },
  { file: 'src/runtime/connect-options.ts', list: 'KEYS', section: 'Starting runs' },
  { file: 'src/runtime/starting/start-options.ts', list: 'START_KEYS', section: 'Starting runs' },
  { file: 'src/runtime/starting/fork-run.ts', list: 'FORK_KEYS', section: 'Starting runs' },
  { file: 'src/runtime/lists/list-runs.ts', list: 'RUNS_KEYS', section: 'Reading the store' },
  { file: 'src/runtime/lists/spendings.ts', list: 'SPEND_KEYS', section: 'Reading the store' },
  { file: 'src/runtime/app/app.ts', list: 'APP_KEYS', section: 'Workers' },
  { file: 'src/runtime/plugin.ts', list: 'SHARED_KEYS', section: 'Workers' },
  { file: 'src/runtime/worker.ts', list: 'KEYS', section: 'Workers' },
  { file: 'src/runtime/app/app.ts', list: 'APP_KEYS', section: 'Tests' },
  { file: 'src/runtime/testing/start-test-stage.ts', list: 'KEYS', section: 'Tests' },
] as const

/** Set by clients and runs; never by people. */
const INTERNAL: ReadonlySet<string> = new Set(['forkedFrom', 'longInput', 'carried', 'within'])

/** Every key of a list, `limits` and its like without what stands below them. */
function keysIn(file: string, list: string): readonly string[] {
  const text = readFileSync(join(ROOT, file), 'utf8')
  const [, body] = new RegExp(`const ${list}: KeysOf<[^=]+> = \\{([^}]*)\\}`).exec(text) ?? []
  if (body === undefined) throw new Error(`${file} has no list ${list}`)
  return [...body.matchAll(/^ +(\w+): true,$/gm)].map(([, key]) => key!).filter(key => !INTERNAL.has(key))
}

const documented = (section: string) =>
  tablesIn(sectionOf(DOCUMENT, section)).flatMap(rows => rows.flatMap(([cell]) => quoted(cell!)))

it.each(LISTS)('docs/code.md has every option of $list in $file', ({ file, list, section, ...rest }) => {
  const keys = keysIn(file, list).map(key => ('below' in rest ? `${rest.below}.${key}` : key))
  expect(keys).not.toEqual([])
  const known = documented(section)
  const isThere = (key: string) => known.includes(key) || known.some(one => one.startsWith(`${key}.`))
  expect(keys.filter(key => !isThere(key))).toEqual([])
})

it('names what the entry points export', () => {
  const exported = ['index', 'client', 'worker', 'testing'].flatMap(name => exportsOf(join('src', `${name}.ts`)))
  const values = [...exported, ...exportsOf('workflows/public.ts')]
  expect(values.length).toBeGreaterThan(10)
  const [rows] = tablesIn(DOCUMENT.split('\n## ')[0]!)
  const named = rows!.flatMap(row => quoted(row[1]!))
  expect(values.filter(value => !named.includes(value))).toEqual([])
})

/** The names of what is more than a type. */
function exportsOf(file: string): readonly string[] {
  const text = readFileSync(join(ROOT, file), 'utf8')
  return [...text.matchAll(/^export \{([^}]+)\}/gm)]
    .flatMap(([, names]) => names!.split(','))
    .map(name => name.trim())
    .filter(name => name !== '' && !name.startsWith('type '))
}
