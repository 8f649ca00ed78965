import { expect, it } from 'vitest'
import {
  describeConfiguration,
  summariseConfiguration,
} from '../../../src/catalog/configuration/describe-configuration.ts'
import { readConfiguration } from '../../../src/catalog/configuration/read-configuration.ts'
import { OUTCOME_KINDS } from '../../../src/core/protocol.ts'
import { catalogue, problemsOf, readText, soundOf } from './reading.ts'

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const env = { CRM_HOOK: 'https://crm.example/opensesame', CRM_SECRET: SECRET }

const fileWith = (notices: string) => `
providers: { acme: { protocol: openai-compatible, baseURL: "http://127.0.0.1:9001/v1", models: { acme/large: {} } } }
classes: { strong: { models: [acme/large] } }
workspaces: { press: {} }
notices: ${notices}
`
const SIGNED = `crm: { webhook: "\${CRM_HOOK}", secret: "\${CRM_SECRET}" }`
const SCOPED = 'ops: { webhook: "https://ops.example", on: [failed], scope: { workspace: press, workflow: review } }'

it('are of all ends of all runs, unless they say which', () => {
  const configuration = soundOf(readText(fileWith(`{ ${SIGNED}, ${SCOPED} }`), env))
  expect(configuration.notices).toEqual([
    { name: 'crm', on: OUTCOME_KINDS, scope: {}, webhook: { url: env.CRM_HOOK, secret: SECRET } },
    {
      ...{ name: 'ops', on: ['failed'], scope: { workspace: 'press', workflow: 'review' } },
      webhook: { url: 'https://ops.example' },
    },
  ])
  const lines = describeConfiguration(configuration).split('\n')
  expect(lines.filter(line => line.startsWith('notice'))).toEqual([
    'notice crm: a webhook for answered, stopped, out-of-budget, refused, failed, cancelled; posts are signed',
    'notice ops: a webhook for failed, of runs of workflow review, workspace press; posts are not signed',
  ])
  const { directory, notes } = configuration
  const shown = JSON.stringify([directory, notes, summariseConfiguration(configuration), lines])
  for (const hidden of [SECRET, 'sesame', 'ops.example']) expect(shown).not.toContain(hidden)
})

it.each([
  ['without a webhook', '{ crm: {} }', /notices\.crm\.webhook.*an address/],
  ['with a user', '{ crm: { webhook: "https://sesame@crm.example" } }', /notices\.crm\.webhook.*without a user/],
  ['with a short secret', '{ crm: { webhook: "https://crm.example", secret: sesame } }', /notices\.crm\.secret/],
  ['of an end that there is not', '{ crm: { webhook: "https://crm.example", on: [ended] } }', /notices\.crm\.on\[0\]/],
  ['of no end', '{ crm: { webhook: "https://crm.example", on: [] } }', /notices\.crm\.on/],
  [
    'of a workspace that there is not',
    '{ crm: { webhook: "https://crm.example", scope: { workspace: pres } } }',
    /notices\.crm\.scope\.workspace.*press/,
  ],
  ['under a name with spaces', '{ "the crm": { webhook: "https://crm.example" } }', /the name is not allowed/],
])('a notice %s is refused', (_, notices, words) => {
  const problems = problemsOf(readText(fileWith(notices)))
  expect(problems).toMatch(words)
  expect(problems).not.toContain('sesame')
})

it('need no address where nobody is asked', () => {
  const result = readConfiguration(fileWith(`{ ${SIGNED} }`), { env: {}, catalogue, asksNobody: true })
  expect(soundOf(result).notices).toMatchObject([{ name: 'crm' }])
})
