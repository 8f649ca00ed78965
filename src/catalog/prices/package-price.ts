/**
 * Prices as `@pydantic/genai-prices` has them, in our shape.
 *
 * @module
 */
import { calcPrice, type ModelPrice, type PriceCalculation, type TieredPrices } from '@pydantic/genai-prices'
import type { Price, PriceTier, TokenPrice } from '../../core/endpoints.ts'
import { priceAt } from '../../core/money/price-of.ts'
import { wholePico } from './snapshot-price.ts'

/**
 * The package's names for the providers of the snapshot. Named one by one, because the package finds providers by
 * likeness: a subscription plan or a branch that bills in another currency would get the prices of its namesake. Zhipu AI is left out: the
 * package holds the cheapest tier of its list, converted from another currency.
 */
const PROVIDER_IDS: Readonly<Record<string, string>> = {
  'amazon-bedrock': 'aws',
  anthropic: 'anthropic',
  azure: 'azure',
  baseten: 'baseten',
  cerebras: 'cerebras',
  'cloudflare-workers-ai': 'cloudflare',
  cohere: 'cohere',
  deepseek: 'deepseek',
  'fireworks-ai': 'fireworks',
  google: 'google',
  'google-vertex': 'google',
  'google-vertex-anthropic': 'google',
  groq: 'groq',
  minimax: 'minimax',
  mistral: 'mistral',
  moonshotai: 'moonshotai',
  'novita-ai': 'novita',
  openai: 'openai',
  openrouter: 'openrouter',
  ovhcloud: 'ovhcloud',
  perplexity: 'perplexity',
  togetherai: 'together',
  xai: 'x-ai',
  zai: 'zai',
}

const KINDS = {
  input: 'input_mtok',
  cachedInput: 'cache_read_mtok',
  cacheWrite: 'cache_write_mtok',
  cacheWriteHour: 'cache_write_1h_mtok',
  output: 'output_mtok',
  reasoning: 'output_reasoning_mtok',
} as const satisfies Record<keyof TokenPrice, string>

const KIND_NAMES = Object.keys(KINDS) as readonly (keyof TokenPrice)[]

/** Charges that text calls incur and that no count of tokens covers: with one of them the tokens' price is too low. */
const UNCOUNTED = ['requests_kcount', 'output_citation_mtok']

export interface PackagePrice {
  /** `undefined`: the package knows the model, and that its cost does not follow from its tokens. */
  readonly price: Price | undefined
  /** The price depends on the hour of the day; `price` holds the dearest of each kind. */
  readonly hourly: boolean
}

/**
 * What the package says of a model, or `undefined` where it says nothing of use: the model is unknown to it, or has no
 * price for tokens (transcription by the hour, free variants), for which the package itself would answer 0.
 *
 * @param at - Prices change on announced dates; those of this moment are taken.
 */
export function packagePrice(providerId: string, upstream: string, at: Date): PackagePrice | undefined {
  const packageId = Object.hasOwn(PROVIDER_IDS, providerId) ? PROVIDER_IDS[providerId] : undefined
  if (packageId === undefined) return undefined
  const found = calcPrice({}, upstream, { providerId: packageId, timestamp: at })
  if (!found || isRegionalGuess(upstream, found)) return undefined
  const lists = pricesOfDay(found)
  if (lists.some(list => UNCOUNTED.some(kind => list[kind] !== undefined))) return { price: undefined, hourly: false }
  const price = lists.map(priceOf).reduce(dearest)
  if (price.input === undefined && price.output === undefined) return undefined
  return { price, hourly: lists.length > 1 }
}

/** A Bedrock id without a geography (`anthropic.claude…`) is matched to the dearer regional profile (`eu.anthropic.…`). */
function isRegionalGuess(upstream: string, found: PriceCalculation): boolean {
  return found.model.id.startsWith('regional.') && /^(anthropic|openai)\./.test(upstream)
}

/** The price lists that apply in the course of the day: one, or several where the vendor has peak hours. */
function pricesOfDay({ model, model_price }: PriceCalculation): readonly ModelPrice[] {
  if (!Array.isArray(model.prices)) return [model_price]
  const peaks = model.prices.filter(({ constraint }) => constraint?.type === 'time_of_date')
  return peaks.length === 0 ? [model_price] : [model_price, ...peaks.map(({ prices }) => prices)]
}

function priceOf(list: ModelPrice): Price {
  const price: { -readonly [Kind in keyof TokenPrice]: TokenPrice[Kind] } = {}
  const tiers = new Map<number, { -readonly [Kind in keyof PriceTier]: PriceTier[Kind] }>()
  for (const kind of KIND_NAMES) {
    const listed = list[KINDS[kind]]
    if (listed === undefined) continue
    const { base, steps } = spread(listed)
    if (base > 0) price[kind] = wholePico(base)
    for (const { start, price: dearer } of steps) {
      tiers.set(start, { ...(tiers.get(start) ?? { above: start }), [kind]: wholePico(dearer) })
    }
  }
  if (tiers.size === 0) return price
  return { ...price, tiers: [...tiers.values()].sort((a, b) => a.above - b.above) }
}

function spread(listed: number | TieredPrices): { base: number; steps: TieredPrices['tiers'] } {
  return typeof listed === 'number' ? { base: listed, steps: [] } : { base: listed.base, steps: listed.tiers }
}

/** The dearer of two prices, kind by kind; above the thresholds of either, of what each asks there. */
export function dearest(a: Price, b: Price): Price {
  const thresholds = new Set([...(a.tiers ?? []), ...(b.tiers ?? [])].map(({ above }) => above))
  if (thresholds.size === 0) return dearestKinds(a, b)
  const tiers = [...thresholds]
    .sort((one, other) => one - other)
    .map((above): PriceTier => ({ above, ...dearestKinds(priceAt(a, above + 1), priceAt(b, above + 1)) }))
  return { ...dearestKinds(a, b), tiers }
}

function dearestKinds(a: TokenPrice, b: TokenPrice): TokenPrice {
  const most: { -readonly [Kind in keyof TokenPrice]: TokenPrice[Kind] } = {}
  for (const kind of KIND_NAMES) {
    const [one, other] = [a[kind], b[kind]]
    if (one !== undefined || other !== undefined) most[kind] = Math.max(one ?? 0, other ?? 0)
  }
  return most
}
