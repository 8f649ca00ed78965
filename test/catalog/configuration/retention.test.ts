import { expect, it } from 'vitest'
import { readConfiguration } from '../../../src/catalog/index.ts'

const DAY = 86_400_000

const read = (rest: string) =>
  readConfiguration(
    `providers: { openai: { apiKey: sk-1 } }\nclasses: { cheap: { models: [openai/gpt-5-mini] } }\n${rest}`,
    {
      env: {},
    },
  )

it.each([
  ['0', 0],
  ['"0"', 0],
  ['24h', DAY],
  ['30d', 30 * DAY],
])('takes a retention of %s, for all and for a workspace', (text, retentionMs) => {
  const result = read(
    `policy: { retention: ${text} }\nworkspaces: { acme: { policy: { zdr: true, retention: ${text} } } }`,
  )
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  const { policy, workspaces } = result.configuration.directory
  expect(policy).toEqual({ retentionMs })
  expect(workspaces.acme?.policy).toEqual({ zdr: true, retentionMs })
})

it.each(['policy: { retention: 30 }', 'policy: { retention: 1w }', 'policy: { retention: -1d }'])(
  'refuses %s',
  text => {
    expect(read(text)).toMatchObject({
      ok: false,
      problems: [{ path: 'policy.retention', allowed: '0, or a time such as 24h or 30d' }],
    })
  },
)

it('refuses the retention of a class, which binds endpoints alone', () => {
  const result = readConfiguration(
    'providers: { openai: { apiKey: sk-1 } }\nclasses: { cheap: { models: [openai/gpt-5-mini], policy: { retention: 1d } } }',
    { env: {} },
  )
  expect(result).toMatchObject({ ok: false, problems: [{ path: 'classes.cheap.policy.retention' }] })
})

it('encrypts the payloads of a workspace that asks for it', () => {
  const result = read('workspaces: { acme: { encryptPayloads: true }, other: {} }')
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  expect(result.configuration.directory.workspaces).toEqual({
    acme: { policy: {}, encryptPayloads: true },
    other: { policy: {} },
  })
})
