/**
 * OpenRouter's prices, decimal texts of USD per token, as costs per million.
 *
 * @module
 */
import { z } from 'zod'
import type { SnapshotCost, SnapshotTokenCost } from '../snapshot.ts'

/** -1 stands for a price that depends on what is chosen; an empty text for none. */
const usdWithin = (most: number, error: string) =>
  z
    .union([z.string(), z.number()], { error })
    .refine(price => Number.isFinite(Number(price)) && Number(price) <= most, { error })
    .nullish()

const usdPerToken = usdWithin(0.01, 'a decimal text of USD per token, at most 0.01')

const kinds = {
  prompt: usdPerToken,
  completion: usdPerToken,
  internal_reasoning: usdPerToken,
  input_cache_read: usdPerToken,
  input_cache_write: usdPerToken,
  input_cache_write_1h: usdPerToken,
}

/** Whether an override has them is all that counts here. */
const anything = z.unknown().optional()
const hours = { utc_start: anything, utc_end: anything, utc_days: anything }

export const pricing = z.object(
  {
    ...kinds,
    /** It may well be above a cent. */
    request: usdWithin(Infinity, 'a decimal text of USD'),
    overrides: z
      .array(z.object({ ...kinds, min_prompt_tokens: z.number().nonnegative().nullish(), ...hours }), {
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

type Tier = NonNullable<SnapshotCost['tiers']>[number]

type Writable = { -readonly [Kind in keyof SnapshotTokenCost]: SnapshotTokenCost[Kind] }

/**
 * The dearest of several price lists, kind by kind. An override for larger prompts becomes a tier, with the dearest of all lists above
 * its size: also those have a price there that do not name it. One that holds at some hours alone counts at all hours. `discount` is
 * not taken off: whether the prices have it in them is not said anywhere.
 */
export function snapshotCostOf(lists: readonly Pricing[]): SnapshotCost | undefined {
  if (lists.length === 0) return undefined
  const base = dearestAbove(lists, 0)
  const request = lists.map(list => Number(list.request ?? 0)).find(usd => usd > 0)
  const sizes = new Set(lists.flatMap(({ overrides }) => overrides ?? []).map(sizeOf))
  const tiers: Tier[] = []
  let below = base
  for (const size of [...sizes].filter(size => size > 0).sort((a, b) => a - b)) {
    const above = dearestAbove(lists, size)
    const changed = Object.entries(above).filter(([kind, price]) => price !== below[kind as keyof Writable])
    if (changed.length > 0) tiers.push({ ...Object.fromEntries(changed), tier: { size } })
    below = above
  }
  return { ...base, ...(request !== undefined && { request }), ...(tiers.length > 0 && { tiers }) }
}

function dearestAbove(lists: readonly Pricing[], size: number): Writable {
  return lists.map(list => costAbove(list, size)).reduce(dearer)
}

type Override = NonNullable<Pricing['overrides']>[number]

function sizeOf({ min_prompt_tokens: size }: Override): number {
  return size ?? 0
}

/** What one list asks for a prompt above a size. Of several overrides that hold the later one wins, says OpenRouter. */
function costAbove(list: Pricing, size: number): Writable {
  let cost = kindsOf(list)
  for (const override of list.overrides ?? []) {
    if (sizeOf(override) > size) continue
    const own = kindsOf(override)
    cost = isAlways(override) ? { ...cost, ...own } : dearer(cost, own)
  }
  return cost
}

/** At all hours of all days. */
function isAlways({ min_prompt_tokens: size, utc_start, utc_end, utc_days }: Override): boolean {
  return Boolean(size) && [utc_start, utc_end, utc_days].every(limit => limit === undefined || limit === null)
}

function dearer(a: Writable, b: Writable): Writable {
  const most = { ...a }
  for (const [kind, price] of Object.entries(b) as [keyof Writable, number][])
    most[kind] = Math.max(most[kind] ?? 0, price)
  return most
}

function kindsOf(list: Pick<Pricing, keyof typeof kinds>): Writable {
  const cost: Writable = {}
  for (const kind of Object.keys(NAMES) as (keyof typeof NAMES)[]) {
    const price = perMillion(list[kind])
    if (price !== undefined) cost[NAMES[kind]] = price
  }
  return cost
}

/** Six decimals of USD per million are one pico-dollar a token. 0 and below are no price. */
function perMillion(usd: string | number | null | undefined): number | undefined {
  const price = Number(usd ?? 0)
  return price > 0 ? Math.round(price * 1e12) / 1e6 : undefined
}
