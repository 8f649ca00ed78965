import { describe, expect, it } from 'vitest'
import { problemsOf, readText, soundOf } from './reading.ts'

function read(policy: string, provider = '', more = '') {
  const acme = `{ protocol: openai-compatible, baseURL: "http://127.0.0.1:9001/v1", dataPolicy: { retention: 24h }, models: { acme/large: {} }${provider} }`
  return readText(
    `providers: { acme: ${acme} }\nclasses: { strong: { models: [acme/large] } }\npolicy: ${policy}${more}`,
  )
}

const problems = (policy: string, provider = '', more = '') => problemsOf(read(policy, provider, more))

describe('names in policies', () => {
  it.each([
    ['denyProviders', 'acne', 'provider', 'acme'],
    ['allowProviders', 'acne', 'provider', 'acme'],
    ['denyModels', 'acme/lagre', 'model', 'acme/large'],
    ['allowModels', 'acme/lagre', 'model', 'acme/large'],
    ['denyAuthors', 'antropic', 'author', 'anthropic'],
    ['allowAuthors', 'antropic', 'author', 'anthropic'],
    ['zdr', 'opnai', 'author', 'openai'],
  ])('must be known in %s', (list, name, what, meant) => {
    expect(problems(`{ ${list}: [${name}] }`)).toMatch(
      new RegExp(`policy\\.${list}\\[0\\] \\(line 3.*there is no such ${what}.*Did you mean "${meant}"\\?`),
    )
  })

  it('are known to the file or to the catalogue', () => {
    const known = '{ denyModels: [anthropic/claude-sonnet-4-5], allowModels: [acme/large, "acme:acme/large"] }'
    expect(problems(known)).toBe('')
    expect(problems('{ zdr: [anthropic, openai], denyAuthors: [google] }')).toBe('')
  })

  it("are looked at in the policies of providers' keys and of workspaces too", () => {
    expect(problems('{}', ', policy: { denyModels: [acme/lagre] }')).toContain('providers.acme.policy.denyModels[0]')
    expect(problems('{}', '', '\nworkspaces: { press: { policy: { allowAuthors: [opnai] } } }')).toContain(
      'workspaces.press.policy.allowAuthors[0]',
    )
  })
})

describe('what endpoints may keep', () => {
  it('is bounded by a time, and a class without an endpoint within it is told', () => {
    const result = read('{ maxRetention: 2d }')
    expect(soundOf(result).directory.policy).toMatchObject({ maxRetentionMs: 172_800_000 })
    expect(problems('{ maxRetention: 23h }')).toContain('retention of the global policy (24h; allowed: at most 23h)')
    expect(problems('{ maxRetention: none }')).toContain('allowed: at most none')
    expect(problems('{ maxRetention: soon }')).toContain('Allowed: none, or a time such as 24h or 30d')
  })

  it('is bounded for the authors that are listed alone', () => {
    expect(problems('{ zdr: [acme] }')).toContain('zdr of the global policy (24h; allowed: none, of models by acme)')
  })
})

describe('content rules', () => {
  it('have a pattern that is one, one thing to do, and a time', () => {
    const rule = (text: string) => problems(`{ content: [{ name: card, ${text} }] }`)
    expect(rule('pattern: "\\\\d{16}", replace: "[card]", timeLimit: 20ms')).toBe('')
    expect(rule('pattern: "(", block: true')).toMatch(/policy\.content\[0\]\.pattern.*a regular expression/)
    expect(rule('pattern: "x*", block: true')).toContain('a pattern that does not match an empty text')
    expect(rule('pattern: x')).toContain('block: true, or replace: a text')
    expect(rule('pattern: x, block: true, replace: y')).toContain('block: true, or replace: a text')
    expect(rule('pattern: x, block: true, timeLimit: 2s')).toContain('at most 1s')
  })

  it('of a class that extends another are added to its', () => {
    const yaml = `providers: { acme: { protocol: openai-compatible, baseURL: "http://127.0.0.1:9001/v1", models: { acme/large: {} } } }
classes:
  a: { models: [acme/large], policy: { content: [{ name: one, pattern: x, block: true }] } }
  b: { extends: a, policy: { content: [{ name: two, pattern: y, replace: z }] } }`
    const result = readText(yaml)
    expect(soundOf(result).directory.classes.b?.policy.content).toEqual([
      { name: 'one', pattern: 'x' },
      { name: 'two', pattern: 'y', replace: 'z' },
    ])
  })
})

it('a class that extends another may allow one endpoint of a model that the other allows', () => {
  const yaml = `providers: { acme: { protocol: openai-compatible, baseURL: "http://127.0.0.1:9001/v1", models: { acme/large: {} } } }
classes:
  a: { models: [acme/large], policy: { allowModels: [acme/large] } }
  b: { extends: a, policy: { allowModels: ["acme:acme/large"] } }`
  expect(soundOf(readText(yaml)).directory.classes.b?.policy.allowModels).toEqual(['acme:acme/large'])
})
