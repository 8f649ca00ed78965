import { expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { loadCatalogue } from '../../src/catalog/catalogue.ts'
import { alertShape } from '../../src/catalog/configuration/shape/alert-shape.ts'
import { budgetShape } from '../../src/catalog/configuration/shape/budget-shape.ts'
import { noticeShape } from '../../src/catalog/configuration/shape/notice-shape.ts'
import { policyShape } from '../../src/catalog/configuration/shape/policy-shape.ts'
import { rulesShape } from '../../src/catalog/configuration/shape/rule-shape.ts'
import {
  classShape,
  fileShape,
  modelShape,
  providerShape,
  workspaceShape,
} from '../../src/catalog/configuration/shape/shape.ts'
import type { ProviderSettings } from '../../src/core/endpoints.ts'
import { keysOf, quoted, readDocument, sectionOf, tablesIn, yamlIn } from '../support/document.ts'
import { soundConfiguration } from '../support/sound-configuration.ts'

const DOCUMENT = readDocument('configuration.md')

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
  Notices: noticeShape,
}

/** Keys with a section of their own, wherever they occur. */
const ELSEWHERE: ReadonlySet<string> = new Set(['policy', 'models', 'rules', 'alerts'])

/** Key, meaning, values and default. */
const rowsOf = (heading: string) => tablesIn(sectionOf(DOCUMENT, heading))[0]!

it.each(Object.entries(SECTIONS))(
  'docs/configuration.md has every key of "%s", each once, and no other',
  (heading, shape) => {
    const keys = keysOf(shape, ELSEWHERE)
    expect(keys).not.toEqual([])
    expect(
      rowsOf(heading)
        .flatMap(([key]) => quoted(key!))
        .toSorted(),
    ).toEqual(keys.toSorted())
  },
)

const [whole] = yamlIn(DOCUMENT)
/** Those that it quotes take their values from here. */
const ENV = {
  ACME_URL: 'http://127.0.0.1:9001/v1',
  OPENAI_API_KEY: 'sk-none',
  OPENAI_EU_KEY: 'sk-none',
  OPS_HOOK_SECRET: 'twenty-four-letters-or-more',
}

it('begins with an example that is a whole file', () => {
  const { directory } = soundConfiguration(whole!, ENV)
  expect(Object.keys(directory.classes)).toEqual(['cheap', 'strong'])
})

it.each(Object.keys(SECTIONS).slice(1))('has an example of "%s" that is right, put into that file', heading => {
  const [example] = yamlIn(sectionOf(DOCUMENT, heading))
  const [file, part] = [parse(whole!), parse(example!)]
  const classes = { ...file.classes, ...part.classes }
  const providers = { ...file.providers, ...part.providers }
  const { disabled } = soundConfiguration(stringify({ ...file, ...part, classes, providers }), ENV)
  expect(disabled).toEqual([])
})

it('converts a configuration of LiteLLM to one that is right', () => {
  const [theirs, ours] = yamlIn(sectionOf(readDocument('coming-from.md'), 'From LiteLLM'))
  const keys = { OPENAI_API_KEY: 'none', AZURE_EU_KEY: 'none', ANTHROPIC_API_KEY: 'none' }
  const { directory, disabled } = soundConfiguration(ours!, keys)
  expect(disabled).toEqual([])
  const names = parse(theirs!).model_list.map(({ model_name }: { model_name: string }) => model_name)
  expect(Object.keys(directory.classes)).toEqual([...new Set([...names, 'gpt-4'])])
  const asked = directory.endpoints.filter(({ model, price }) => model === 'openai/gpt-5-mini' && price)
  expect(asked.map(({ provider }) => provider)).toEqual(['openai', 'azure-eu'])
  const { price, contextWindow } = loadCatalogue()
    .endpointsOf('azure')
    .find(({ model }) => model === 'openai/gpt-5-mini')!
  expect(asked[1]).toMatchObject({ upstream: 'mini-eu', price, contextWindow })
})

/** What the table says holds by default, as one value. */
function defaultOf(heading: string, key: string): unknown {
  return parse(
    quoted(
      rowsOf(heading)
        .find(row => quoted(row[0]!).includes(key))!
        .at(-1)!,
    )[0]!,
  )
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
    ['patience', 'outlast', 'minOutputTokens', 'onRefusal'].map(key => [key, defaultOf('Classes', key)]),
  )
  const share = defaultOf('Classes', 'hedge.share')
  const left = file({}, { hedge: { after: 'p95' } })
  const said = file({ timeouts }, { ...settings, hedge: { after: 'p95', share } })
  // Whoever names a time means it for what is done unseen too.
  const [{ deadlines, ...provider }] = said.providers as [ProviderSettings]
  const silent = { firstTokenMs: 300_000, stallMs: 300_000 }
  expect(left.providers).toEqual([{ ...provider, deadlines: { ...deadlines, silent } }])
  // The same of an outage: for as long keys are outlasted that people have to mend.
  const outlastKeysMs = 300_000
  expect(said.directory.classes).toEqual({ strong: { ...left.directory.classes.strong, outlastKeysMs } })
})
