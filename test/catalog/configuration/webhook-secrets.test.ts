import { expect, it } from 'vitest'
import {
  describeConfiguration,
  summariseConfiguration,
} from '../../../src/catalog/configuration/describe-configuration.ts'
import { readConfiguration } from '../../../src/catalog/configuration/read-configuration.ts'
import type { Environment } from '../../../src/catalog/configuration/variables/variables.ts'
import { catalogue, problemsOf, readText, soundOf } from './reading.ts'

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const OWN = 'plain-words-that-nobody-may-see'
const env = { OPS_HOOK: 'https://ops.example/services/T0/opensesame', HOOK_TOKEN: 'sesame-token', OPS_SECRET: SECRET }

const read = (alerts: string, budgets = '{}', variables: Environment = env) =>
  readText(
    `
providers: { acme: { protocol: openai-compatible, baseURL: "http://127.0.0.1:9001/v1", models: { acme/large: {} } } }
classes: { strong: { models: [acme/large] } }
alerts: ${alerts}
budgets: ${budgets}
`,
    variables,
  )

const configurationOf = (...files: Parameters<typeof read>) => soundOf(read(...files))

it('stands beside the webhook, from a variable, and is shown and recorded nowhere', () => {
  const configuration = configurationOf(
    `{ webhook: "\${OPS_HOOK}?token=\${HOOK_TOKEN}", secret: "\${OPS_SECRET}" }`,
    `{ open: { scope: { all: true }, per: day, usd: 1 }, own: { scope: { all: true }, per: day, usd: 1, webhook: "\${OPS_HOOK}", secret: ${OWN} } }`,
  )
  expect(configuration.alerts?.webhook).toEqual({ url: `${env.OPS_HOOK}?token=sesame-token`, secret: SECRET })
  expect(configuration.budgetWebhooks).toEqual({
    open: configuration.alerts?.webhook,
    own: { url: env.OPS_HOOK, secret: OWN },
  })
  const { directory, notes } = configuration
  const shown =
    JSON.stringify([directory, notes, summariseConfiguration(configuration)]) + describeConfiguration(configuration)
  for (const hidden of [SECRET, OWN, 'sesame', 'ops.example']) expect(shown).not.toContain(hidden)
})

it('is told of by a check, with what the webhook is for; its address is not', () => {
  const linesOf = (...files: Parameters<typeof read>) =>
    describeConfiguration(configurationOf(...files))
      .split('\n')
      .filter(line => line.startsWith('alerts'))
  const budgets = `{ own: { scope: { all: true }, per: day, usd: 1, webhook: "https://own.example/hook" }, open: { scope: { all: true }, per: day, usd: 2 } }`
  expect(
    linesOf(`{ webhook: "\${OPS_HOOK}", secret: "\${OPS_SECRET}", on: [quota-gone, budget-warning] }`, budgets),
  ).toEqual([
    'alerts: a webhook for quota-gone, budget-warning; posts are signed',
    'alerts of budget own: a webhook of its own; posts are not signed',
  ])
  expect(linesOf(`{ webhook: "\${OPS_HOOK}" }`)).toEqual([
    'alerts: a webhook for breaker-open, key-rejected, quota-gone, budget-warning; posts are not signed',
  ])
  expect(summariseConfiguration(configurationOf(`{ webhook: "\${OPS_HOOK}" }`, budgets))).toMatchObject({
    alerts: { on: expect.arrayContaining(['key-rejected']), signed: false },
    ownWebhooks: [{ budget: 'own', signed: false }],
  })
})

it('of the alerts signs nothing that goes to a webhook of a budget', () => {
  const budgets = `{ own: { scope: { all: true }, per: day, usd: 1, webhook: "https://own.example/hook" } }`
  const { budgetWebhooks } = configurationOf(`{ webhook: "\${OPS_HOOK}", secret: "\${OPS_SECRET}" }`, budgets)
  expect(budgetWebhooks).toEqual({ own: { url: 'https://own.example/hook' } })
})

it.each([
  ['is too short', 'opensesame'],
  ['is a number', '77777777777777777777'],
  ['has a space', 'open sesame open sesame open'],
  ['ends with a line break', '"opensesameopensesameopensesame\\n"'],
  ['is no base64 behind whsec_', 'whsec_opensesame!opensesame!opensesame!'],
  ['is cut off behind whsec_', 'whsec_b3BlbnNlc2FtZQ=='],
  ['is a list', '[opensesameopensesameopensesame]'],
  ['is a variable as a shell writes it', '$OPENSESAME_OPENSESAME_OPENSESAME'],
])('that %s is refused and not repeated', (_, written) => {
  const result = read(`{ webhook: "https://ops.example/hook", secret: ${written} }`)
  const words = problemsOf(result)
  expect(words).toMatch(/alerts\.secret/)
  expect(words).not.toMatch(/sesame|7777|b3Blbn/i)
})

it.each(['https://ops:sesame@ops.example/hook', 'https://sesame@ops.example'])(
  'in an address as its user is refused: nobody would be reached at %s',
  address => {
    const result = read(`{ webhook: "${address}" }`)
    const words = problemsOf(result)
    expect(words).toMatch(/alerts\.webhook.*without a user/)
    expect(words).not.toContain('sesame')
  },
)

it('whose variable is not set is a problem: nobody would know that posts are not signed', () => {
  for (const variables of [{}, { OPS_SECRET: '' }]) {
    const result = read(`{ webhook: "https://ops.example/hook", secret: "\${OPS_SECRET}" }`, '{}', variables)
    expect(problemsOf(result)).toMatch(/alerts\.secret.*OPS_SECRET is not set/)
  }
})

it('is not needed by who posts nothing, such as a look at the budgets', () => {
  const text = `
providers: { acme: { protocol: openai-compatible, baseURL: "http://127.0.0.1:9001/v1", models: { acme/large: {} } } }
classes: { strong: { models: [acme/large] } }
alerts: { webhook: "\${OPS_HOOK}", secret: "\${OPS_SECRET}" }
budgets: { b: { scope: { all: true }, per: day, usd: "\${LIMIT}", webhook: "https://\${OWN_HOST}/hook", secret: "\${OWN_SECRET}" } }
`
  const result = readConfiguration(text, { env: { LIMIT: '5' }, catalogue, asksNobody: true })
  expect(soundOf(result).directory.budgets).toMatchObject([{ usd: '5', webhook: true }])
  const lacking = readConfiguration(text, { env: {}, catalogue, asksNobody: true })
  expect(problemsOf(lacking)).toMatch(/: 1 problem\n.*LIMIT is not set/)
})

it('of a budget without a webhook of its own is refused', () => {
  const result = read(
    '{ webhook: "https://ops.example/hook" }',
    `{ b: { scope: { all: true }, per: day, usd: 1, secret: ${OWN} } }`,
  )
  expect(problemsOf(result)).toMatch(/budgets\.b\.secret/)
})
