/**
 * OpenRouter's prices, decimal texts of USD per token, as costs per million.
 *
 * @module
 */
import { z } from 'zod'
import type { SnapshotCost, SnapshotTokenCost } from '../snapshot.ts'

const PRICE = 'a decimal text of USD per token, at most 0.01'

/** -1 stands for a price that depends on what is chosen; an empty text for none. */
const usdPerToken = z
  .union([z.string(), z.number()], { error: PRICE })
  .refine(price => Number.isFinite(Number(price)) && Number(price) <= 0.01, { error: PRICE })
  .nullish()

const kinds = {
  prompt: usdPerToken,
  completion: usdPerToken,
  internal_reasoning: usdPerToken,
  input_cache_read: usdPerToken,
  input_cache_write: usdPerToken,
  input_cache_write_1h: usdPerToken,
}

/** A price per request may well be above a cent. */
export const pricing = z.object(
  {
    ...kinds,
    request: z.union([z.string(), z.number()]).nullish(),
    overrides: z
      .array(z.object({ ...kinds, min_prompt_tokens: z.number().nonnegative().nullish() }), {
        error: 'a list of prices',
      })
      .nullish(),
  },
  { error: 'prices' },
)

export type Pricing = z.output<typeof pricing>

const NAMES = {
  prompt: 'input',
  completion: 'output',
  internal_reasoning: 'reasoning',
  input_cache_read: 'cache_read',
  input_cache_write: 'cache_write',
  input_cache_write_1h: 'cache_write_1h',
} as const satisfies Record<keyof typeof kinds, keyof SnapshotTokenCost>

type Writable = { -readonly [Kind in keyof SnapshotTokenCost]: SnapshotTokenCost[Kind] }

/**
 * The dearest of several price lists, kind by kind. An override for larger prompts becomes a tier; one that holds at some
 * hours alone counts at all hours. `discount` is not taken off: whether the prices have it in them is not said anywhere.
 */
export function snapshotCostOf(lists: readonly Pricing[]): SnapshotCost | undefined {
  if (lists.length === 0) return undefined
  const base: Writable = {}
  const tiers = new Map<number, Writable>()
  for (const list of lists) {
    add(base, list)
    if (Number(list.request ?? 0) > 0) base.request = Number(list.request)
    for (const override of list.overrides ?? []) add(placeOf(override, base, tiers), override)
  }
  const sizes = [...tiers].sort(([a], [b]) => a - b)
  return { ...base, ...(sizes.length > 0 && { tiers: sizes.map(([size, cost]) => ({ ...cost, tier: { size } })) }) }
}

function placeOf(
  { min_prompt_tokens: size }: NonNullable<Pricing['overrides']>[number],
  base: Writable,
  tiers: Map<number, Writable>,
): Writable {
  if (!size) return base
  const tier = tiers.get(size) ?? {}
  tiers.set(size, tier)
  return tier
}

function add(cost: Writable, list: Pick<Pricing, keyof typeof kinds>): void {
  for (const kind of Object.keys(NAMES) as (keyof typeof NAMES)[]) {
    const price = perMillion(list[kind])
    if (price !== undefined) cost[NAMES[kind]] = Math.max(cost[NAMES[kind]] ?? 0, price)
  }
}

/** Six decimals of USD per million are one pico-dollar a token. 0 and below are no price. */
function perMillion(usd: string | number | null | undefined): number | undefined {
  const price = Number(usd ?? 0)
  return price > 0 ? Math.round(price * 1e12) / 1e6 : undefined
}
