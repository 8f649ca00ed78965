import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import type { z } from 'zod'
import { alertShape } from '../../src/catalog/configuration/alert-shape.ts'
import { budgetShape } from '../../src/catalog/configuration/budget-shape.ts'
import { policyShape } from '../../src/catalog/configuration/policy-shape.ts'
import { rulesShape } from '../../src/catalog/configuration/rule-shape.ts'
import {
  classShape,
  fileShape,
  modelShape,
  providerShape,
  workspaceShape,
} from '../../src/catalog/configuration/shape.ts'
import { soundConfiguration } from '../support/sound-configuration.ts'
import { ROOT } from '../support/source-files.ts'

const DOCUMENT = readFileSync(join(ROOT, 'docs/configuration.md'), 'utf8')

/** What each section is about. */
const SECTIONS = {
  'The file': fileShape,
  Providers: providerShape,
  Models: modelShape,
  Classes: classShape,
  Rules: rulesShape,
  Policies: policyShape,
  Workspaces: workspaceShape,
  Budgets: budgetShape,
  Alerts: alertShape,
}

/** Keys with a section of their own, wherever they occur. */
const ELSEWHERE: ReadonlySet<string> = new Set(['policy', 'models', 'rules', 'alerts'])

type Rows = Readonly<Record<string, string>>[]

function sectionOf(heading: string): string {
  const [, section] = DOCUMENT.split(`\n## ${heading}\n`)
  if (section === undefined) throw new Error(`docs/configuration.md has no heading '## ${heading}'`)
  return section.split('\n## ')[0]!
}

function rowsOf(heading: string): Rows {
  const [, , ...rows] = sectionOf(heading)
    .split('\n')
    .filter(line => line.startsWith('|'))
  return rows.map(row => {
    const [key, meaning, values, byDefault, ...more] = row
      .split('|')
      .slice(1, -1)
      .map(cell => cell.trim())
    if (!key || !meaning || !values || !byDefault || more.length > 0) throw new Error(`this row has gaps: ${row}`)
    return { key, meaning, values, byDefault }
  })
}

const quoted = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word!)

/** Every key that a shape has, with those of the mappings in it: `timeouts.connect`. */
function keysOf(schema: z.core.$ZodType): readonly string[] {
  const { def } = (schema as z.core.$ZodTypes)._zod
  switch (def.type) {
    case 'object':
      return Object.entries(def.shape).flatMap(([key, inner]) => {
        const below = ELSEWHERE.has(key) ? [] : keysOf(inner)
        return below.length === 0 ? [key] : below.map(deeper => `${key}.${deeper}`)
      })
    case 'optional':
      return keysOf(def.innerType)
    case 'pipe':
      return keysOf(def.in)
    case 'array':
      return keysOf(def.element)
    case 'union':
      return def.options.flatMap(keysOf)
    default:
      return []
  }
}

it.each(Object.entries(SECTIONS))(
  'docs/configuration.md has every key of "%s", each once, and no other',
  (heading, shape) => {
    const keys = keysOf(shape)
    expect(keys).not.toEqual([])
    expect(
      rowsOf(heading)
        .flatMap(({ key }) => quoted(key!))
        .toSorted(),
    ).toEqual(keys.toSorted())
  },
)

const blocks = [...DOCUMENT.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text]) => text!)
/** Those that it quotes take their values from here. */
const ENV = { ACME_URL: 'http://127.0.0.1:9001/v1', OPENAI_API_KEY: 'sk-none' }

it('begins with an example that is a whole file', () => {
  const { directory } = soundConfiguration(blocks[0]!, ENV)
  expect(Object.keys(directory.classes)).toEqual(['cheap', 'strong'])
})

it.each(Object.keys(SECTIONS).slice(1))('has an example of "%s" that is right, put into that file', heading => {
  const [, example] = /^```yaml\n(.*?)^```$/ms.exec(sectionOf(heading)) ?? []
  const [whole, part] = [parse(blocks[0]!), parse(example!)]
  const classes = { ...whole.classes, ...part.classes }
  const providers = { ...whole.providers, ...part.providers }
  const { disabled } = soundConfiguration(stringify({ ...whole, ...part, classes, providers }), ENV)
  expect(disabled).toEqual([])
})

/** What the table says holds by default, as one value. */
function defaultOf(heading: string, key: string): unknown {
  return parse(quoted(rowsOf(heading).find(row => quoted(row.key!).includes(key))!.byDefault!)[0]!)
}

it('says what holds where a deadline or a setting of a class is left out', () => {
  const file = (provider: object, taskClass: object) =>
    soundConfiguration(
      stringify({
        providers: { acme: { protocol: 'anthropic', models: { 'acme/large': {} }, ...provider } },
        classes: { strong: { models: ['acme/large'], ...taskClass } },
      }),
    )
  const timeouts = Object.fromEntries(
    Object.keys(providerShape.shape.timeouts.unwrap().shape).map(key => [
      key,
      defaultOf('Providers', `timeouts.${key}`),
    ]),
  )
  const settings = Object.fromEntries(
    ['patience', 'minOutputTokens', 'onRefusal'].map(key => [key, defaultOf('Classes', key)]),
  )
  const share = defaultOf('Classes', 'hedge.share')
  const left = file({}, { hedge: { after: 'p95' } })
  const said = file({ timeouts }, { ...settings, hedge: { after: 'p95', share } })
  expect(said.providers).toEqual(left.providers)
  expect(said.directory.classes).toEqual(left.directory.classes)
})
