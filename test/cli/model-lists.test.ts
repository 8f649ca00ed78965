import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readSnapshot } from '../../src/catalog/snapshot.ts'
import { EXIT } from '../../src/cli/exit-codes.ts'
import { differenceWords } from '../../src/cli/print/catalogue-difference.ts'
import { loadConfiguration } from '../../src/runtime/configuration/configuration.ts'
import { signalbox } from './captured.ts'
import { throwAwayFolders } from './throw-away-folders.ts'

const newFolder = throwAwayFolders('signalbox-lists-')

// biome-ignore lint/suspicious/noExplicitAny: somebody else's JSON, to be changed at will
type Loose = any

const CONFIGURATION = `
providers:
  openai: {}
  acme:
    protocol: openai-compatible
    baseURL: https://acme.example/v1
    dataPolicy: { retention: none, training: false, region: eu }
    models: { acme/large: { contextWindow: 100000, abilities: [tools], price: { input: 3, output: 15 } } }
classes:
  cheap: { models: [openai/gpt-5-mini, acme/large] }
  strong: { models: [openai/gpt-5] }
`

/** Of what is shipped these alone: a diff goes through every model of a list, some hundred times as many. */
const { openai, groq } = readSnapshot().providers

/** A configuration, and a list in which something is changed. */
function folder(change: (providers: Record<string, Loose>) => void = () => {}) {
  const path = newFolder()
  const config = join(path, 'signalbox.yaml')
  writeFileSync(config, CONFIGURATION)
  const providers: Record<string, Loose> = structuredClone({ openai, groq })
  change(providers)
  const file = join(path, 'api.json')
  writeFileSync(file, JSON.stringify(providers))
  return { path, config, file, imported: join(path, 'signalbox.catalogue.json.gz') }
}

const dearer = ({ openai }: Record<string, Loose>) => {
  openai.models['gpt-5-mini'].cost = { input: 0.5, output: 4, cache_read: 0.05 }
  delete openai.models['gpt-5']
}

it.each([
  [['models'], 'gone.yaml'],
  [['models', '--configured'], 'gone.yaml'],
  [['models', 'diff'], 'gone.yaml'],
  [['models', 'diff'], '.'],
  [['models', 'import', 'api.json'], 'gone.yaml'],
])('%j ends with 2 for a configuration that is named and is no file: %s', async (words, named) => {
  const { path, file, imported } = folder()
  const [config, ...rest] = [join(path, named), ...words.map(word => (word === 'api.json' ? file : word))]
  const { exitCode, out, err } = await signalbox([...rest, '--config', config])
  expect(err).toContain(`there is no file ${config}`)
  expect([exitCode, out]).toEqual([EXIT.badInput, ''])
  expect(existsSync(imported)).toBe(false)
})

describe('models diff', () => {
  it('is no wider than the screen, with prices below their endpoints', async () => {
    const { config } = folder()
    const { out } = await signalbox(['models', 'diff', '--config', config], { columns: 100 })
    const [, ...table] = out.split('\n')
    expect(out).toMatch(/^ +genai-prices [\d./]+.* · models\.dev/m)
    expect(Math.max(...table.map(line => line.length))).toBeLessThanOrEqual(100)
  })

  it('names what changes, those first that a class names, and writes nothing', async () => {
    const { config, file, imported } = folder(dearer)
    const { changes } = (await signalbox(['models', 'diff', file, '--config', config, '--json'])).json()
    expect(changes.slice(0, 2)).toEqual([
      { kind: 'retired', endpoint: 'openai:openai/gpt-5', classes: ['strong'] },
      {
        kind: 'price',
        endpoint: 'openai:openai/gpt-5-mini',
        before: { input: 0.25, cachedInput: 0.025, output: 2 },
        after: { input: 0.5, cachedInput: 0.05, output: 4 },
        classes: ['cheap'],
      },
    ])
    const { out, exitCode } = await signalbox(['models', 'diff', file, '--config', config])
    expect(out).toMatch(/retired +openai:openai\/gpt-5 +strong/)
    expect(out).toMatch(/0\.25\/2, cached 0\.025 +0\.5\/4, cached 0\.05 +cheap/)
    expect(exitCode).toBe(EXIT.done)
    expect(existsSync(imported)).toBe(false)
  })

  it('knows a second account of a vendor by what it is like', async () => {
    const { config, file } = folder(dearer)
    const account = 'providers: { openai-eu: { like: openai, apiKey: none } }'
    writeFileSync(config, `${account}\nclasses: { cheap: { models: [openai/gpt-5-mini] } }\n`)
    const { changes } = (await signalbox(['models', 'diff', file, '--config', config, '--json'])).json()
    expect(changes[0]).toMatchObject({ endpoint: 'openai:openai/gpt-5-mini', classes: ['cheap'] })
    const words = ['models', 'gpt-5-mini', '--configured', '--config', config, '--json']
    const { endpoints } = (await signalbox(words)).json()
    expect(endpoints).toContainEqual(
      expect.objectContaining({ id: 'openai-eu:openai/gpt-5-mini', title: 'GPT-5 Mini', releaseDate: '2025-08-07' }),
    )
  })

  it('shows what is different of a price, rounds what a list has multiplied, and says that one falls', async () => {
    const { config, file } = folder(({ openai }) => {
      openai.models['gpt-5-mini'].cost.cache_write = 0.049999999999999996
      openai.models['gpt-5-nano'].cost.output -= 0.1
    })
    const { changes } = (await signalbox(['models', 'diff', file, '--config', config, '--json'])).json()
    expect(changes.filter(({ classes }: { classes: string[] }) => classes.includes('cheap'))).toEqual([
      expect.objectContaining({ kind: 'price', after: expect.objectContaining({ cacheWrite: 0.05 }) }),
    ])
    const { out } = await signalbox(['models', 'diff', file, '--config', config])
    expect(out).toMatch(
      /0\.25\/2, cached 0\.025, cache write unknown +0\.25\/2, cached 0\.025, cache write 0\.05 +cheap/,
    )
    expect(out).toContain('\n1 price falls, and budgets count less there')
  })

  it.each([
    ['they get a lower price of their own', { output: 10 }, { output: 10, reasoning: 5 }],
    ['they lose a higher one', { output: 10, reasoning: 20 }, { output: 10 }],
  ])('says that a price falls where thoughts cost less: %s', (_what, before, after) => {
    const change = { kind: 'price', endpoint: 'acme:acme/large', classes: [], before, after } as const
    const difference = { from: 'old', to: 'new', changes: [change], keptAddresses: [], sources: [] }
    expect(differenceWords(difference, 1, undefined)).toContain('\n1 price falls')
  })

  it('says without a file where the two shipped lists differ', async () => {
    const { config } = folder()
    const { changes, sources } = (await signalbox(['models', 'diff', '--config', config, '--json'])).json()
    expect(changes).toEqual([])
    expect(sources.length).toBeGreaterThan(0)
  })
})

describe('models import', () => {
  it('says in words where it can put nothing', async () => {
    const { config, file } = folder(dearer)
    const { exitCode, out, err } = await signalbox(['models', 'import', file, '--home', '--json'], {
      env: { SIGNALBOX_HOME: config },
    })
    expect({ exitCode, out }).toEqual({ exitCode: EXIT.badInput, out: '' })
    expect(err).toMatch(/^error: .*signalbox\.yaml\/.* cannot be written \(E\w+\); .*\n$/)
  })

  it('puts the list beside the configuration, where workers, plans and searches find it', async () => {
    const { config, file, imported } = folder(dearer)
    const env = { OPENAI_API_KEY: 'sk-x' }
    const before = await loadConfiguration(config, env)
    const { json, exitCode } = await signalbox(['models', 'import', file, '--config', config, '--json'], { env })
    expect(exitCode).toBe(EXIT.done)
    expect(json()).toMatchObject({ ok: true, path: imported })
    const check = await signalbox(['config', 'check', config], { env })
    expect(check.exitCode).toBe(EXIT.badInput)
    expect(check.err).toContain('openai/gpt-5')
    writeFileSync(config, CONFIGURATION.replace('[openai/gpt-5]', '[openai/gpt-5.2]'))
    const { directory } = await loadConfiguration(config, env)
    expect(directory.endpoints.find(({ upstream }) => upstream === 'gpt-5-mini')?.price?.input).toBe(0.5)
    expect(directory.catalogVersion).not.toBe(before.directory.catalogVersion)
    const search = (
      await signalbox(['models', 'gpt-5-mini', '--config', config, '--provider', 'openai', '--json'])
    ).json()
    expect(search.endpoints[0].price.input).toBe(0.5)
    const difference = (await signalbox(['models', 'diff', '--config', config, '--json'])).json()
    expect(difference.changes[0]).toMatchObject({ kind: 'price', classes: ['cheap'] })
  })

  it('changes nothing when the list is bad, and says all that is wrong with it', async () => {
    const { path, config, file, imported } = folder(dearer)
    await signalbox(['models', 'import', file, '--config', config])
    const held = readFileSync(imported)
    const bad = folder(({ openai, groq }) => {
      openai.models['gpt-5-mini'].cost.input = 'cheap'
      delete groq.npm
    })
    const words = ['models', 'import', bad.file, '--config', config]
    const { exitCode, out, err } = await signalbox(words)
    expect(exitCode).toBe(EXIT.badInput)
    expect(out).toBe('')
    expect(err).toContain('2 problems')
    expect(err).toContain('Nothing was changed')
    expect((await signalbox([...words, '--json'])).json().problems).toHaveLength(2)
    expect(readFileSync(imported).equals(held)).toBe(true)
    expect(readdirSync(path).toSorted()).toEqual(['api.json', 'signalbox.catalogue.json.gz', 'signalbox.yaml'])
  })

  it('serves every configuration of a user that has none of its own', async () => {
    const { path, config, file } = folder(dearer)
    const env = { OPENAI_API_KEY: 'sk-x', SIGNALBOX_HOME: join(path, 'home') }
    await signalbox(['models', 'import', file, '--home', '--config', config], { env })
    const priceNow = async () =>
      (await signalbox(['models', 'gpt-5-mini', '--config', config, '--provider', 'openai', '--json'], { env })).json()
        .endpoints[0].price.input
    expect(await priceNow()).toBe(0.5)
    writeFileSync(
      join(path, 'dearer.json'),
      readFileSync(file, 'utf8').replace('0.5,"output":4,"cache_read":0.05', '0.75,"output":4'),
    )
    await signalbox(['models', 'import', join(path, 'dearer.json'), '--config', config], { env })
    expect(await priceNow()).toBe(0.75)
  })

  it('leaves the addresses that keys go to as they are, and says so', async () => {
    const { config, file } = folder(({ openai }) => {
      openai.api = 'https://elsewhere.example/v1'
    })
    const words = ['models', 'diff', file, '--config', config]
    expect((await signalbox(words)).out).toContain('another address or package for openai: theirs stay')
    const { changes, keptAddresses } = (await signalbox([...words, '--addresses', '--json'])).json()
    expect(keptAddresses).toEqual([])
    expect(changes[0]).toMatchObject({ kind: 'address', endpoint: 'openai', classes: ['cheap', 'strong'] })
  })

  it('does not pass over an imported file that is damaged', async () => {
    const { config, imported } = folder(dearer)
    writeFileSync(imported, 'half a file')
    for (const words of [
      ['config', 'check', config],
      ['models', 'gpt', '--config', config],
    ]) {
      const { exitCode, err } = await signalbox(words)
      expect(exitCode).toBe(EXIT.badInput)
      expect(err).toContain('import it again')
    }
  })
})

describe('models', () => {
  it('filters by author and abilities, and sorts', async () => {
    const words = ['models', '--author', 'anthropic', '--ability', 'images', '--ability', 'tools', '--sort', 'window']
    const { endpoints } = (await signalbox([...words, '--limit', '5', '--json'])).json()
    expect(endpoints).toHaveLength(5)
    for (const { model, abilities } of endpoints) {
      expect(model).toMatch(/^anthropic\//)
      expect(abilities).toEqual(expect.arrayContaining(['images', 'tools']))
    }
    const windows = endpoints.map(({ contextWindow }: { contextWindow: number }) => contextWindow)
    expect(windows).toEqual(windows.toSorted((a: number, b: number) => b - a))
  })

  it('knows authors by their names, and says whom else one may have meant', async () => {
    const { config } = folder()
    for (const words of [[], ['--configured', '--config', config]]) {
      const { exitCode, err } = await signalbox(['models', '--author', 'opnai', ...words], {
        env: { OPENAI_API_KEY: 'sk-x' },
      })
      expect(exitCode).toBe(EXIT.badInput)
      expect(err).toMatch(/has no author 'opnai'; did you mean 'openai'\?/)
    }
  })

  it('calls a deployment by the model that it is said to be', async () => {
    const { config } = folder()
    const models =
      '{ openai/gpt-5-mini: { upstream: gpt-4o }, azure/ours: { like: openai/gpt-5-nano, upstream: gpt-4o-2 } }'
    const azure = `providers: { azure: { apiKey: none, models: ${models} } }`
    writeFileSync(config, `${azure}\nclasses: { any: { models: [openai/gpt-5-mini] } }\n`)
    const words = ['models', '--configured', '--limit', '1000', '--config', config, '--json']
    const { endpoints } = (await signalbox(words, { env: { AZURE_RESOURCE_NAME: 'press' } })).json()
    const titles = new Map(endpoints.map(({ id, title }: { id: string; title: string }) => [id, title]))
    expect(titles.get('azure:openai/gpt-5-mini')).toBe('GPT-5 Mini')
    expect(titles.get('azure:azure/ours')).toBe('GPT-5 Nano')
    expect(titles.get('azure:openai/gpt-4.1')).toBe('GPT-4.1')
  })

  it('counts what is free as the cheapest', async () => {
    const { config } = folder()
    const yaml = `
providers:
  own:
    protocol: openai-compatible
    baseURL: http://127.0.0.1:1/v1
    apiKey: none
    models:
      acme/cheap: { price: { input: 0.1, output: 0.2 } }
      acme/unknown: {}
      acme/free: { free: true }
classes: { any: {} }
`
    writeFileSync(config, yaml)
    const ids = async (...words: string[]) => {
      const { endpoints } = (await signalbox(['models', '--configured', ...words, '--config', config, '--json'])).json()
      // No list says when they came out.
      for (const endpoint of endpoints) expect(endpoint).not.toHaveProperty('releaseDate')
      return endpoints.map(({ id }: { id: string }) => id)
    }
    expect(await ids()).toEqual(['own:acme/free', 'own:acme/cheap', 'own:acme/unknown'])
    expect(await ids('--max-price', '0.15')).toEqual(['own:acme/free'])
  })

  it('filters by the data policies that the configuration states, where the unknown does not pass', async () => {
    const { config } = folder()
    const env = { OPENAI_API_KEY: 'sk-x' }
    const ids = async (...words: string[]) => {
      const { endpoints } = (await signalbox(['models', ...words, '--config', config, '--json'], { env })).json()
      return endpoints.map(({ id }: { id: string }) => id)
    }
    expect(await ids('--zdr')).toEqual(['acme:acme/large'])
    expect(await ids('--no-training', '--region', 'eu')).toEqual(['acme:acme/large'])
    expect(await ids('--region', 'us')).toEqual([])
    expect((await ids('--configured', '--provider', 'openai')).length).toBeGreaterThan(10)
    const { out } = await signalbox(['models', '--zdr', '--config', config], { env })
    expect(out).toContain('keeps nothing, no training, eu')
  })
})
