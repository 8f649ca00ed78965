/**
 * A script that stands in for the providers of somebody's configuration.
 *
 * @module
 */
import type { ModelPrice, VendorProtocol, VendorScript } from './script.ts'

/** Prices in USD per million tokens. */
type RehearsedPrice = Partial<ModelPrice> & { readonly free?: boolean }

/** A provider of a configuration, as far as a stand-in needs to know it. */
export interface RehearsedProvider {
  readonly name: string
  /** A protocol without a stand-in of its own is played as `openai-compatible`. */
  readonly protocol: string
  readonly models: readonly {
    readonly upstream: string
    /** USD per million tokens. Absent: the endpoint has no known price, and the stand-in bills nothing. */
    readonly price?: RehearsedPrice
    readonly contextWindow?: number
    readonly maxOutput?: number
    /** It reasons before it answers, and proves it where its protocol has proofs. */
    readonly thinks?: boolean
  }[]
}

/** What stands in where a configuration does not know. */
const UNKNOWN = { contextWindow: 128_000, maxOutput: 16_384 } as const
/** What a model that reasons thinks before an answer: short, for classes with a small limit on their output. */
const THOUGHT_TOKENS = 48
/** A brisk but ordinary vendor, so that a rehearsal feels like the real thing. */
const PACE = { firstTokenMs: 250, tokensPerSecond: 120 } as const

const PROTOCOLS: readonly VendorProtocol[] = ['openai', 'openai-compatible', 'openai-responses', 'anthropic', 'google']

/** One vendor for each provider, with its names, prices and limits, thought where its models reason, a warm-up cache and no faults. */
export function vendorScriptFor(providers: readonly RehearsedProvider[]): VendorScript {
  return {
    vendors: providers.map(({ name, protocol, models }) => ({
      name,
      protocol: PROTOCOLS.find(known => known === protocol) ?? 'openai-compatible',
      models: Object.fromEntries(models.map(model => [model.upstream, modelOf(model)])),
      ...PACE,
      cache: true,
      billsAborted: 'until-disconnect',
    })),
  }
}

function modelOf(model: RehearsedProvider['models'][number]) {
  const { contextWindow = UNKNOWN.contextWindow, maxOutput = UNKNOWN.maxOutput } = model
  const thought = model.thinks && { reasoningTokens: THOUGHT_TOKENS }
  return { contextWindow, maxOutput, price: priceOf(model.price), ...thought }
}

const PRICE_LINES = ['cachedInput', 'cacheWrite', 'cacheWriteHour', 'reasoning', 'tiers'] as const

function priceOf(price: RehearsedPrice = {}): ModelPrice {
  if (price.free) return { input: 0, output: 0 }
  const others = PRICE_LINES.flatMap(line => (price[line] === undefined ? [] : [[line, price[line]]]))
  return { input: price.input ?? 0, output: price.output ?? 0, ...Object.fromEntries(others) }
}
