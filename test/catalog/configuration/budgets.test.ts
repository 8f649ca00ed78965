import { expect, it } from 'vitest'
import {
  describeConfiguration,
  summariseConfiguration,
} from '../../../src/catalog/configuration/describe-configuration.ts'
import { problemsOf, readText, soundOf } from './reading.ts'

const REST = `
providers: { acme: { protocol: openai-compatible, baseURL: "http://127.0.0.1:9001/v1", models: { acme/large: {} } } }
classes: { strong: { models: [acme/large] } }
workspaces: { acme: {} }
`

const read = (budgets: string) => readText(`budgets: ${budgets}\n${REST}`)

const configurationOf = (budgets: string) => soundOf(read(budgets))
const problems = (budgets: string) => problemsOf(read(budgets))

it('gives the budgets as plain data, amounts as they were meant', () => {
  const result = read(`
  acme-month: { scope: { workspace: acme }, per: month, usd: '100.00', warnAt: [0.8, 0.5, 0.8], webhook: 'https://ops.example/hook' }
  titles: { scope: { class: strong, label: { feature: titles } }, per: day, usd: 2.5, tokens: 1000 }
  all-hours: { scope: { all: true }, per: hour, usd: 0 }
  customers: { scope: { each: customer }, per: day, usd: 5 }`)
  expect(soundOf(result).directory.budgets).toEqual([
    {
      name: 'acme-month',
      scope: { workspace: 'acme' },
      per: 'month',
      usd: '100.00',
      warnAt: [0.5, 0.8],
      webhook: true,
    },
    {
      name: 'titles',
      scope: { class: 'strong', label: { feature: 'titles' } },
      per: 'day',
      usd: '2.5',
      tokens: 1000,
      warnAt: [],
    },
    { name: 'all-hours', scope: { all: true }, per: 'hour', usd: '0', warnAt: [] },
    { name: 'customers', scope: { each: 'customer' }, per: 'day', usd: '5', warnAt: [] },
  ])
})

it('tells what they amount to, without the address of a webhook', () => {
  const configuration = configurationOf(
    `{ customers: { scope: { class: strong, each: customer }, per: day, usd: 5 }, b: { scope: { workspace: acme, class: strong }, per: day, usd: '5', tokens: 9, webhook: 'https://ops.example/hook' } }`,
  )
  const words = describeConfiguration(configuration)
  expect(words).toContain('budget customers: $5 per day for class strong, each customer')
  expect(words).toContain('budget b: $5 and 9 tokens per day for workspace acme, class strong')
  expect(words + JSON.stringify(summariseConfiguration(configuration))).not.toContain('ops.example')
})

it('has none where the file names none', () => {
  const result = readText(REST)
  expect(soundOf(result).directory.budgets).toEqual([])
})

it.each([
  ['a negative amount', `{ b: { scope: { all: true }, per: day, usd: '-1' } }`, /budgets\.b\.usd.*USD, 0 or more/],
  ['a negative number', '{ b: { scope: { all: true }, per: day, usd: -1 } }', /budgets\.b\.usd.*USD, 0 or more/],
  ['an amount that is none', '{ b: { scope: { all: true }, per: day, usd: .inf } }', /budgets\.b\.usd/],
  ['another currency', `{ b: { scope: { all: true }, per: day, usd: '5 EUR' } }`, /budgets\.b\.usd.*Found: "5 EUR"/],
  ['tokens below one', '{ b: { scope: { all: true }, per: day, tokens: 0 } }', /budgets\.b\.tokens.*above 0/],
  ['no limit at all', '{ b: { scope: { all: true }, per: day } }', /budgets\.b .*Allowed: usd, tokens, or both/],
  ['an unknown period', '{ b: { scope: { all: true }, per: mont, usd: 1 } }', /budgets\.b\.per.*Did you mean "month"/],
  ['an unknown key', '{ b: { scope: { all: true }, per: day, usd: 1, warn: [1] } }', /b\.warn.*unknown key.*warnAt/],
  ['an empty scope', '{ b: { scope: {}, per: day, usd: 1 } }', /budgets\.b\.scope.*workspace, class, label.*all: true/],
  ['a scope of all and some', '{ b: { scope: { all: true, class: strong }, per: day, usd: 1 } }', /budgets\.b\.scope/],
  ['a scope of all and each', '{ b: { scope: { all: true, each: customer }, per: day, usd: 1 } }', /budgets\.b\.scope/],
  ['a list of labels', '{ b: { scope: { each: [customer] }, per: day, usd: 1 } }', /scope\.each.*the name of a label/],
  [
    'each beside the scope',
    '{ b: { scope: { all: true }, each: customer, per: day, usd: 1 } }',
    /b\.each.*unknown key/,
  ],
  ['an unknown workspace', '{ b: { scope: { workspace: acmee }, per: day, usd: 1 } }', /no such workspace.*"acme"\?/],
  ['an unknown class', '{ b: { scope: { class: weak }, per: day, usd: 1 } }', /no such class.*Allowed: strong/],
  [
    'a share beyond the limit',
    '{ b: { scope: { all: true }, per: day, usd: 1, warnAt: [1.5] } }',
    /warnAt\[0\].*at most 1/,
  ],
  ['a webhook that is no address', '{ b: { scope: { all: true }, per: day, usd: 1, webhook: ops } }', /b\.webhook/],
])('refuses %s, and says where', (_, budgets, words) => {
  expect(problems(budgets)).toMatch(words)
})

it('may be of a provider, whose name it must have', () => {
  expect(read(`{ key: { scope: { provider: acme }, per: day, usd: 5 } }`).ok).toBe(true)
  expect(problems(`{ key: { scope: { provider: acne }, per: day, usd: 5 } }`)).toMatch(
    /budgets\.key\.scope\.provider.*there is no such provider.*Did you mean "acme"\?/,
  )
})

it('tells the webhook for alerts of 80 % where a budget says nothing of its own and has one limit for all', () => {
  const budgets = `{ own: { scope: { all: true }, per: day, usd: 1, warnAt: [0.5], webhook: 'https://own.example/hook' }, open: { scope: { all: true }, per: day, usd: 1 }, never: { scope: { all: true }, per: day, usd: 1, warnAt: [] }, customers: { scope: { each: customer }, per: day, usd: 1 }, told: { scope: { each: customer }, per: day, usd: 1, warnAt: [1] } }`
  const withAlerts = (alerts: string) => readText(`alerts: ${alerts}\nbudgets: ${budgets}\n${REST}`)
  const told = soundOf(withAlerts(`{ webhook: 'https://ops.example/hook' }`))
  expect(told.directory.budgets).toMatchObject([
    { name: 'own', warnAt: [0.5], webhook: true },
    { name: 'open', warnAt: [0.8], webhook: true },
    { name: 'never', warnAt: [] },
    { name: 'customers', warnAt: [] },
    { name: 'told', warnAt: [1], webhook: true },
  ])
  expect(told.budgetWebhooks).toMatchObject({
    own: { url: 'https://own.example/hook' },
    open: { url: 'https://ops.example/hook' },
    told: { url: 'https://ops.example/hook' },
  })
  expect(told.alerts?.on).toContain('key-rejected')
  expect(JSON.stringify(summariseConfiguration(told))).not.toContain('ops.example')
  const silent = withAlerts(`{ webhook: 'https://ops.example/hook', on: [breaker-open] }`)
  expect(soundOf(silent).directory.budgets[1]).toMatchObject({ warnAt: [] })
  const wrong = withAlerts(`{ webhook: nowhere, on: [everything] }`)
  expect(wrong.ok ? [] : wrong.problems.map(({ path }) => path)).toEqual(['alerts.webhook', 'alerts.on[0]'])
})
