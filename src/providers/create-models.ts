/**
 * The providers behind one port: the AI SDK's packages over our own transport.
 *
 * @module
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { LanguageModelV4 } from '@ai-sdk/provider'
import type { Endpoint, ProviderSettings } from '../core/endpoints.ts'
import type { Fault } from '../core/faults/fault.ts'
import type { Ask, BatchPort, ModelPort, Pending, ReplyAnswer, ReplyFault } from '../core/ports.ts'
import { askEndpoint } from './ask-endpoint.ts'
import { type BatchAct, createBatchExchange } from './batch/batch-exchange.ts'
import type { Dialect, Fetch } from './dialect.ts'
import { dialectOf } from './dialects.ts'
import { faultOf } from './faults/fault-words.ts'
import { withMostOfCall } from './faults/most-output.ts'
import { withoutSaidBack } from './faults/said-back.ts'
import { MissingPackage } from './packages/load-package.ts'
import { createRejectedSettings } from './prepare/rejected-settings.ts'
import { createSchemaWays } from './prepare/schema-ways.ts'
import { createChoiceWays } from './prepare/tool-choice.ts'
import { REPLY_LIMITS, type ReplyLimits } from './transport/byte-meter.ts'
import { createExchange, type Exchange } from './transport/exchange.ts'
import type { ExchangeParts } from './transport/exchange-parts.ts'
import { createPools, type Pools } from './transport/pools.ts'
import { type Proxies, proxyOf } from './transport/proxies.ts'

export interface ModelsOptions {
  /** Caps on what is read of a reply. @defaultValue 64 MiB of a reply, 8 MiB of a line */
  readonly limits?: Partial<ReplyLimits>
  /** @defaultValue vendors are reached directly */
  readonly proxies?: Proxies
}

export interface Models extends ModelPort, BatchPort {
  /** Closes each connection once the requests in flight on it have ended. Used when few calls will come from now on. */
  rest(): void
  /** Closes every connection; asks in flight end with a fault. */
  close(): Promise<void>
}

/**
 * Creates the port for a configuration's providers. Packages load, models are made and connections open when an
 * endpoint is first asked; models are kept per endpoint id for as long as the port lives.
 *
 * @throws Error when two providers have one name, or when one that needs a base URL has none.
 */
export function createModels(providers: readonly ProviderSettings[], options: ModelsOptions = {}): Models {
  const settingsByName = byName(providers)
  const { limits, proxies = {} } = options
  const pools = createPools(proxies)
  const partsOf = partsOver(pools, proxies, { ...REPLY_LIMITS, ...limits })
  const learned = createLearned()
  const models = keepModels()
  const over = async <Made extends Exchange>(
    wanted: Ask,
    settings: ProviderSettings,
    create: (parts: ExchangeParts) => Made,
  ): Promise<{ readonly exchange?: Made; readonly reply: ReplyAnswer | ReplyFault }> => {
    const ask = learned.leaveOut(wanted)
    const dialect = dialectOf(ask.endpoint.protocol)
    const model = await models.of(ask.endpoint, settings, dialect).catch(missing)
    if (model instanceof MissingPackage) return { reply: missingFault(ask, model) }
    const exchange = create(partsOf(ask, settings, dialect))
    const { heed, ...ways } = learned.waysFor(ask, settings, dialect)
    const parts = { ask, settings, dialect, model, exchange, ...ways }
    try {
      const reply = await models.over(exchange, () => askEndpoint(parts))
      if (reply.kind === 'answer') return { exchange, reply: withoutSaidBack(reply, ask, settings) }
      const fault = withMostOfCall(reply.fault, ask.settings.maxOutputTokens, exchange.progress.maxOutputTokens)
      return { exchange, reply: withoutSaidBack({ ...reply, fault: heed(fault) }, ask, settings) }
    } finally {
      exchange.close()
    }
  }
  const inBatch = async (ask: Ask, act: BatchAct) => {
    const settings = wholeReplies(settingsOf(settingsByName, ask.endpoint))
    const { exchange, reply } = await over(ask, settings, parts => createBatchExchange(parts, act))
    if (act.do === 'look' && !exchange?.hasLooked()) return PENDING
    return exchange?.parked() ?? reply
  }
  return {
    async ask(ask) {
      return (await over(ask, settingsOf(settingsByName, ask.endpoint), createExchange)).reply
    },
    submit: ask => inBatch(ask, { do: 'submit' }) as ReturnType<BatchPort['submit']>,
    look: (ask, batch) => inBatch(ask, { do: 'look', batch }) as ReturnType<BatchPort['look']>,
    async find(endpoint, { signal, ...sought }) {
      const came = await inBatch(anyAsk(endpoint, signal), { do: 'find', sought })
      return came.kind === 'submitted' || came.kind === 'unsure' ? came : undefined
    },
    withdraw: async (endpoint, batch) => void (await inBatch(anyAsk(endpoint), { do: 'withdraw', batch })),
    rest: () => pools.rest(),
    close: () => pools.close(),
  }
}

/** A package that is missing, or does not make its request now, says nothing of the batch. */
const PENDING: Pending = { kind: 'pending' }

/** A batch has no streams: its answers come whole. */
function wholeReplies(settings: ProviderSettings): ProviderSettings {
  return { ...settings, quirks: { ...settings.quirks, stream: false } }
}

/** An ask by which the package makes the headers of a request. Nothing else of it leaves. */
function anyAsk(endpoint: Endpoint, signal = new AbortController().signal): Ask {
  return {
    endpoint,
    prompt: [{ role: 'user', content: [{ type: 'text', text: '-' }] }],
    tools: [],
    settings: {},
    wireRequestId: 'batch',
    zdr: false,
    signal,
    gate: async () => {},
    onDelta() {},
  }
}

/** Keeps one model per endpoint. A model outlives its attempts, so its `fetch` looks up the attempt that is running. */
function keepModels() {
  const exchanges = new AsyncLocalStorage<Exchange>()
  const models = new Map<string, Promise<LanguageModelV4>>()
  const fetch: Fetch = (url, init) => exchanges.getStore()!.fetch(url, init)
  return {
    of(endpoint: Endpoint, settings: ProviderSettings, dialect: Dialect): Promise<LanguageModelV4> {
      const found = models.get(endpoint.id)
      if (found) return found
      const made = dialect.createModel({ settings, endpoint, fetch })
      models.set(endpoint.id, made)
      return made
    },
    over: <T>(exchange: Exchange, attempt: () => Promise<T>): Promise<T> => exchanges.run(exchange, attempt),
  }
}

function partsOver(pools: Pools, proxies: Proxies, limits: ReplyLimits) {
  return (ask: Ask, settings: ProviderSettings, dialect: Dialect): ExchangeParts => ({
    ask,
    connection: { settings, endpoint: ask.endpoint },
    dialect,
    poolFor: pools.for,
    proxyOf: origin => proxyOf(origin, proxies),
    limits,
    streams: settings.quirks.stream !== false,
  })
}

/** Remembers which settings each endpoint takes, and how it takes schemas and choices of tools: it learns from what was rejected. */
function createLearned() {
  const schemaWays = createSchemaWays()
  const choiceWays = createChoiceWays()
  const rejected = createRejectedSettings()
  return {
    leaveOut: rejected.leaveOut,
    waysFor(ask: Ask, settings: ProviderSettings, dialect: Dialect) {
      const schemaWay = schemaWays.wayFor(ask, settings)
      const choiceWay = choiceWays.wayFor(ask, dialect)
      const heed = (fault: Fault) =>
        rejected.heed(ask, choiceWays.heed(ask, choiceWay, schemaWays.heed(ask, schemaWay, fault)))
      return { schemaWay, choiceWay, heed }
    },
  }
}

function byName(providers: readonly ProviderSettings[]): ReadonlyMap<string, ProviderSettings> {
  const all = new Map<string, ProviderSettings>()
  for (const settings of providers) {
    if (all.has(settings.name)) throw new Error(`Two providers are named ${settings.name}: rename one of them.`)
    if (settings.protocol === 'openai-compatible' && !settings.baseUrl)
      throw new Error(`Provider ${settings.name} speaks openai-compatible and has no base URL: set its baseURL.`)
    all.set(settings.name, settings)
  }
  return all
}

function settingsOf(all: ReadonlyMap<string, ProviderSettings>, endpoint: Endpoint): ProviderSettings {
  const settings = all.get(endpoint.provider)
  if (settings) return settings
  throw new Error(`Endpoint ${endpoint.id} names the provider ${endpoint.provider}, which this port was not given.`)
}

function missing(error: unknown): MissingPackage {
  if (error instanceof MissingPackage) return error
  throw error
}

function missingFault(ask: Ask, { message }: MissingPackage): ReplyFault {
  const fault = faultOf(ask.endpoint.id, 'unsupported', { code: 'package-missing' }, message)
  return { kind: 'fault', fault, billable: 'no', timings: { totalMs: 0 } }
}
