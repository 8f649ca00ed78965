import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Configuration } from '../../../src/catalog/index.ts'
import type { ModelPort } from '../../../src/core/ports.ts'
import { type RunningVendors, startVendors } from '../../../src/providers/simulated/index.ts'
import { type Configured, createLiveConfiguration } from '../../../src/runtime/configuration/live-configuration.ts'
import { userMessage } from '../../support/calling.ts'
import { soundConfiguration } from '../../support/sound-configuration.ts'

let vendors: RunningVendors

beforeEach(async () => {
  const model = { contextWindow: 100_000, maxOutput: 4_000, price: { input: 1, output: 4 } }
  vendors = await startVendors({
    vendors: [{ name: 'one', protocol: 'openai', models: { quick: model, slow: { ...model, firstTokenMs: 60_000 } } }],
  })
})

afterEach(() => vendors.close())

function configuration(): Configuration {
  const models = 'acme/quick: { upstream: quick }, acme/slow: { upstream: slow }'
  const baseURL = vendors.vendors[0]!.baseUrl
  return soundConfiguration(`providers: { one: { protocol: openai, baseURL: "${baseURL}", apiKey: none, models: { ${models} } } }
classes: { plain: { models: [acme/quick] } }`)
}

function ask({ directory, models }: Configured, model: string): ReturnType<ModelPort['ask']> {
  return models.ask({
    endpoint: directory.endpoints.find(each => each.model === model)!,
    prompt: [userMessage('hello')],
    tools: [],
    settings: { maxOutputTokens: 20 },
    wireRequestId: model,
    zdr: false,
    signal: new AbortController().signal,
    gate: async () => {},
    onDelta: () => {},
  })
}

/** Each look collects the garbage of all that this process has loaded. */
const SELDOM = { interval: 500 }

it('a retired configuration goes when no open call uses it', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const live = createLiveConfiguration(configuration())
  let open: Configured | undefined = live.now()
  // The settings of a provider are held by the configuration and by its models.
  const settings = () => new WeakRef(live.now().configuration.providers[0]!)
  const versions = [settings()]
  for (let reload = 0; reload < 5; reload += 1) {
    live.use(configuration())
    expect((await ask(live.now(), 'acme/quick')).kind).toBe('answer')
    versions.push(settings())
  }
  const left = () => {
    collect()
    return versions.filter(each => each.deref()).length
  }
  // The one that is live, and the one that a call began with, which it may ask again.
  await expect.poll(() => left(), SELDOM).toBe(2)
  expect((await ask(open, 'acme/quick')).kind).toBe('answer')
  open = undefined
  await expect.poll(() => left(), SELDOM).toBe(1)
  await live.close()
})

it('ends what is in flight under a retired configuration when the worker closes', async () => {
  const live = createLiveConfiguration(configuration())
  const underWay = ask(live.now(), 'acme/slow')
  await expect.poll(() => vendors.meter()).toHaveLength(1)
  live.use(configuration())
  await live.close()
  expect(await underWay).toMatchObject({ kind: 'fault', fault: { kind: 'unreachable' } })
})
