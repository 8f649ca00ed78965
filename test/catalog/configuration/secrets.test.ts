import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { loadCatalogue } from '../../../src/catalog/catalogue.ts'
import {
  describeConfiguration,
  summariseConfiguration,
} from '../../../src/catalog/configuration/describe-configuration.ts'
import { readConfiguration } from '../../../src/catalog/configuration/read-configuration.ts'
import { places, planted, sample } from './planted.ts'

const whole = loadCatalogue({ pricesAt: new Date('2026-09-20T12:00:00Z') })
/** Some of them, and those that the sample names: a thousand readings would look at all of two providers again. */
const some = (id: string) =>
  whole.endpointsOf(id).filter(({ model }, at) => at < 5 || JSON.stringify(sample).includes(model))
const lists = new Map(['openai', 'deepseek'].map(id => [id, some(id)]))
const catalogue = { ...whole, endpointsOf: (id: string) => lists.get(id) ?? whole.endpointsOf(id) }
const KEY = 'sk-planted-4f9a8b7c6d5e'
const MARK = '$' + '{PLANTED_KEY}'
/** Nothing but where it comes from says that it is a secret. */
const UNMARKED = 'open-sesame'

/** Everything that people, logs and history may see of a configuration, good or bad. */
function shown(text: string): string {
  const env = { PLANTED_KEY: KEY, OPENAI_API_KEY: KEY, DEEPSEEK_API_KEY: KEY }
  const result = readConfiguration(text, { env, catalogue, secretFiles: () => ({ kind: 'read', text: UNMARKED }) })
  if (!result.ok) return JSON.stringify(result.problems)
  const { configuration } = result
  const { directory, disabled, notes } = configuration
  return (
    JSON.stringify([directory, disabled, notes, summariseConfiguration(configuration)]) +
    describeConfiguration(configuration)
  )
}

describe('a key', () => {
  it('is used, and shown only as set', () => {
    const text = stringify(sample)
    const result = readConfiguration(text, { env: { OPENAI_API_KEY: KEY }, catalogue })
    expect(result.ok && result.configuration.providers.find(({ name }) => name === 'openai')?.apiKey).toBe(KEY)
    expect(shown(text)).toMatch(/provider openai: openai-responses, key set, \d+ endpoints/)
    expect(shown(text)).not.toContain(KEY)
  })

  it('is never shown when a variable puts it in any place of the file', () => {
    const all = places(sample)
    expect(all.length).toBeGreaterThan(80)
    expect(all.filter(at => shown(planted(at, MARK)).includes(KEY))).toEqual([])
  })

  it('is never shown when a file puts it in any place, by turns alone and in a longer text', () => {
    const mark = '$' + '{file:/run/secrets/planted}'
    const texts = [mark, `x ${mark}/y`]
    const told = places(sample).filter((at, turn) => shown(planted(at, texts[turn % 2])).includes(UNMARKED))
    expect(told).toEqual([])
  })

  it('is never shown when it is part of a longer text in any place', () => {
    expect(places(sample).filter(at => shown(planted(at, `x ${MARK}/y`)).includes(KEY))).toEqual([])
  })

  it('is never repeated by a problem when it is written in the wrong place, as a value, and by turns in a list and as a name', () => {
    const told = (...values: readonly unknown[]) =>
      places(sample).filter((at, turn) => {
        const result = readConfiguration(planted(at, values[turn % values.length]), { env: {}, catalogue })
        return !result.ok && JSON.stringify(result.problems).includes(KEY)
      })
    expect(told(KEY)).toEqual([])
    expect(told([KEY], { [KEY]: KEY })).toEqual([])
  })

  it('is never repeated when it is a name', () => {
    const text = (provider: string, model: string, name: string) =>
      stringify({
        providers: {
          [provider]: { protocol: 'openai-compatible', baseURL: 'http://127.0.0.1:1', models: { [model]: {} } },
        },
        classes: { [name]: { models: [model], policy: { zdr: true } } },
      })
    const cases: readonly [string, string, string][] = [
      [KEY, 'acme/large', 'strong'],
      ['acme', `acme/${KEY}`, 'strong'],
      ['acme', `${KEY}/large`, 'strong'],
      ['acme', 'acme/large', KEY],
    ]
    for (const names of cases) {
      const result = readConfiguration(text(...names), { env: {}, catalogue })
      expect(result.ok).toBe(false)
      expect(JSON.stringify(result)).not.toContain(KEY)
    }
  })

  it.each([
    ['with a line break', `apiKey: "${KEY}\\n"`],
    ['with a space', `apiKey: "${KEY} ${KEY}"`],
    ['in a list', `apiKey: [${KEY}]`],
    ['under a misspelt name', `apikey: ${KEY}`],
    ['as a number', 'apiKey: 7777777777777'],
    ['in a header with a line break', `headers: { authorization: "Bearer ${KEY}\\n" }`],
    ['in a header that is a list', `headers: { authorization: [${KEY}] }`],
    ['in an address that is none', `baseURL: ${KEY}`],
    ['in broken YAML', `apiKey: "${KEY}`],
    ['twice', `apiKey: ${KEY}, apiKey: ${KEY}`],
    ['behind an alias', `apiKey: *${KEY}`],
  ])('that is malformed is refused without being quoted: %s', (_, line) => {
    const text = `providers: { openai: { ${line} } }\nclasses: { any: {} }`
    const result = readConfiguration(text, { env: {}, catalogue })
    expect(result.ok).toBe(false)
    expect(JSON.stringify(result)).not.toMatch(new RegExp(`${KEY}|7777777777777`))
  })

  it('without any mark of a key is hidden where the same text is the key of a provider', () => {
    const text = stringify({ ...sample, policy: { denyProviders: ['open-sesame'] } }).replace('none}', 'none}-')
    const result = readConfiguration(text.replace(/apiKey: .*ACME.*/, 'apiKey: open-sesame'), { env: {}, catalogue })
    expect(result.ok).toBe(false)
    expect(JSON.stringify(result)).toContain('[hidden]')
    expect(JSON.stringify(result)).not.toContain('open-sesame')
  })

  it('named like a secret is refused outside of key, headers and address', () => {
    const result = readConfiguration(planted(['policy', 'regions', 0], MARK), { env: { PLANTED_KEY: KEY }, catalogue })
    expect(!result.ok && result.problems[0]).toEqual({
      path: 'policy.regions[0]',
      message: 'the variable PLANTED_KEY looks like a secret by its name, and this value is shown and recorded',
      allowed:
        'secrets in apiKey, headers and baseURL of a provider, and in webhook and secret of alerts, budgets and notices',
      line: expect.any(Number),
      column: expect.any(Number),
    })
  })

  it('in an address stays with the provider', () => {
    const text = planted(['providers', 'acme', 'baseURL'], `https://user:${KEY}@vendor.example/v1?key=${KEY}`)
    expect(shown(text)).toContain('providers.acme.baseURL')
    expect(shown(text)).not.toContain(KEY)
  })
})

describe('a value of any kind in any place', () => {
  /** Each place has one of each three in its turn. */
  it.each([[[null, -1, '']], [['text', true, []]], [[{}, [[]], { a: { b: 1 } }]]])(
    'is read or refused with a place, and never crashes: %j',
    values => {
      for (const [turn, at] of places(sample).entries()) {
        const result = readConfiguration(planted(at, values[turn % 3]), { env: {}, catalogue })
        if (!result.ok) expect(result.problems.filter(({ path, message }) => path === '' || message === '')).toEqual([])
      }
    },
  )
})
