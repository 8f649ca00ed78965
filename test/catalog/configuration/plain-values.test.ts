import { describe, expect, it } from 'vitest'
import { describeConfiguration } from '../../../src/catalog/configuration/describe-configuration.ts'
import { problemsOf, readText, soundOf } from './reading.ts'

const problems = (text: string) => problemsOf(readText(text))

const AT = 'baseURL: "http://127.0.0.1:9001/v1", apiKey: none'
const BOLT = `{ protocol: openai, ${AT}, models: { bolt/large: {} } }`
const text = ({ bolt = BOLT, strong = '{ models: [bolt/large] }', more = '' }) =>
  `providers: { bolt: ${bolt} }\nclasses: { strong: ${strong}, plain: {} }\n${more}`

const classWith = (field: string) => text({ strong: `{ models: [bolt/large], ${field} }` })

describe('a value where no secret belongs is shown, with what was meant', () => {
  it.each([
    ['a protocol', text({ bolt: BOLT.replace('openai', 'antropic') }), '"antropic"', 'anthropic'],
    ['a day', classWith('rules: [{ when: { days: mon-fry }, use: plain }, { use: plain }]'), '"mon-fry"', 'mon-fri'],
    ['a sort', classWith('sort: prize'), '"prize"', 'price'],
    ['a duration with a long unit', classWith('patience: 20 seconds'), '"20 seconds"', '20s'],
    ['a duration in days', classWith('patience: 2d'), '"2d"', '48h'],
    ['a duration of more than a century', classWith('patience: 876001h'), '"876001h"', '876000h'],
    ['when to hedge', classWith('hedge: { after: nevr }'), '"nevr"', 'never'],
    ['how long is kept', text({ more: 'policy: { maxRetention: nune }' }), '"nune"', 'none'],
  ])('%s', (_, written, found, meant) => {
    expect(problems(written)).toContain(`Found: ${found}.`)
    expect(problems(written)).toContain(`Did you mean "${meant}"?`)
  })

  it.each([
    ['a duration', classWith('patience: soon'), '"soon"'],
    ['a period', text({ more: 'budgets: { all: { scope: { all: true }, per: fortnight, usd: 1 } }' }), '"fortnight"'],
  ])('alone where nothing is near: %s', (_, written, found) => {
    expect(problems(written)).toContain(`Found: ${found}.`)
    expect(problems(written)).not.toContain('Did you mean')
  })
})

it('is still hidden there when it looks like a key, or is longer than what belongs there', () => {
  for (const key of ['9f86d081884c7d659a2feaa0c55ad015', 'correct horse battery staple and then some more'])
    for (const field of ['patience', 'sort', 'reasoning'])
      expect(problems(classWith(`${field}: ${key}`))).toContain(`Found: a text of ${key.length} characters.`)
})

it('is never shown in a key, a header, an address or a pattern', () => {
  const written = [
    text({
      bolt: `{ protocol: openai, baseURL: opensesame, apiKey: [opensesame], headers: { x: [opensesame] }, models: { bolt/large: {} } }`,
    }),
    text({ more: 'policy: { content: [{ name: a, pattern: "opensesame(", block: true }] }' }),
    text({ more: 'alerts: { webhook: opensesame }' }),
  ]
  for (const each of written) {
    expect(problems(each)).not.toBe('')
    expect(problems(each)).not.toContain('opensesame')
  }
})

describe('a model of a class that nobody serves is told the nearest', () => {
  it('of a provider that has a problem of its own', () => {
    const written = text({ bolt: BOLT.replace('openai', 'antropic'), strong: '{ models: [bolt/larg] }' })
    expect(problems(written)).toContain('Found: "bolt/larg".')
    expect(problems(written)).toContain('Did you mean "bolt/large"?')
  })

  it('of the catalogue, where its provider is not in the file yet', () => {
    expect(problems(text({ strong: '{ models: [openai/gtp-5-mini] }' }))).toContain('Did you mean "openai/gpt-5-mini"?')
  })
})

it('lists the endpoints of a class as a call would ask them', () => {
  const clay = `{ protocol: openai, ${AT}, models: { clay/small: { contextWindow: 8000 }, clay/tiny: { contextWindow: 500 } } }`
  const result = readText(
    `providers: { bolt: ${BOLT.replace('{}', '{ contextWindow: 8000 }')}, clay: ${clay} }
classes: { cheap: { models: [clay/tiny, clay/small, bolt/large], maxOutputTokens: 400 } }`,
  )
  expect(describeConfiguration(soundOf(result))).toContain(
    'class cheap: 3 endpoints: clay:clay/small, bolt:bolt/large, clay:clay/tiny',
  )
})

it('that came out of a variable is told by the name of the variable, never by its value or its mark', () => {
  const env = { BOLT_URL: 'opensesame', HOST: 'open sesame', PORT: 'x', SOON: 'opensesame' }
  const at = (address: string) => text({ bolt: BOLT.replace('http://127.0.0.1:9001/v1', address) })
  for (const [written, found] of [
    [at(`\${BOLT_URL}`), 'a text with the variable BOLT_URL'],
    [at(`http://\${HOST}:\${PORT}/v1`), 'a text with the variables HOST, PORT'],
    [at(`\${UNSET_URL:-opensesame}`), 'a text with the variable UNSET_URL'],
    [classWith(`patience: "\${SOON}"`), 'a text with the variable SOON'],
  ] as const) {
    const told = problemsOf(readText(written, env))
    expect(told).toContain(`the value is not allowed. Found: ${found}. Allowed:`)
    expect(told).not.toMatch(/open ?sesame/)
  }
})
