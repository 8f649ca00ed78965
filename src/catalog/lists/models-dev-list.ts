/**
 * A newer list of models.dev: its `api.json`, or a snapshot in the shape of the one that is shipped.
 *
 * @module
 */
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { isRecord } from '../../core/json/is-record.ts'
import type { Shaped } from '../configuration/shape/check-shape.ts'
import { flag, text } from '../configuration/shape/shape-parts.ts'
import type { Problem } from '../configuration/text/problem.ts'
import { snapshotPrice } from '../prices/snapshot-price.ts'
import type { Snapshot, SnapshotModel, SnapshotProvider } from '../snapshot.ts'
import { count, holdTo, ID, usdPerMillion } from './list-problems.ts'

const words = z.array(z.string(), { error: 'a list of texts' })
const usd = usdPerMillion.nullish()

const tokenCost = {
  input: usd,
  output: usd,
  cache_read: usd,
  cache_write: usd,
  reasoning: usd,
  request: usd,
  citation: usd,
}

/** Fields that are not read here are left out, so that a list with more of them is taken. */
const model = z.object(
  {
    name: text('the name of the model'),
    family: z.string().nullish(),
    release_date: text('a date such as 2026-07-02'),
    last_updated: z.string().nullish(),
    status: z.enum(['alpha', 'beta', 'deprecated'], { error: 'alpha, beta or deprecated' }).nullish(),
    reasoning: flag,
    tool_call: flag,
    structured_output: flag.nullish(),
    attachment: flag.default(false),
    modalities: z.object({ input: words, output: words }, { error: 'lists of what goes in and comes out' }),
    limit: z.object(
      { context: count, input: count.nullish(), output: count },
      { error: 'context and output in tokens' },
    ),
    cost: z
      .object({
        ...tokenCost,
        tiers: z
          .array(z.object({ ...tokenCost, tier: z.object({ size: count }, { error: 'a size in tokens' }) }))
          .nullish(),
        context_over_200k: z.object(tokenCost).nullish(),
      })
      .nullish(),
    base: z
      .string()
      .regex(/^[^/\s]+\/\S+$/, { error: 'author/name' })
      .nullish(),
  },
  { error: 'a model' },
)

const ADDRESS = 'an address that begins with https://, or http:// on this machine'

/**
 * Keys go there: in the clear at most on this machine. Some addresses are the user's own, in a variable. What stands before an @ or
 * goes on behind such a variable would lead elsewhere than it looks.
 */
function isSafeAddress(address: string): boolean {
  if (/^\$\{\w+\}(\/[^@]*)?$/.test(address)) return true
  const parsed = URL.parse(address.replaceAll(/\$\{\w+\}/g, '1'))
  if (!parsed || parsed.username || parsed.password) return false
  return parsed.protocol === 'https:' || (parsed.protocol === 'http:' && LOCAL.has(parsed.hostname))
}

const LOCAL = new Set(['127.0.0.1', 'localhost', '[::1]'])

const provider = z.object(
  {
    name: text('the name of the provider'),
    npm: z.string({ error: 'the name of an npm package' }).regex(/^(@[\w.-]+\/)?[\w./-]+$/, {
      error: 'the name of an npm package',
    }),
    env: words,
    api: z.string({ error: ADDRESS }).refine(isSafeAddress, { error: ADDRESS }).nullish(),
    doc: z.string().default(''),
    models: z.record(z.string().regex(ID), model, { error: 'a mapping of ids to models' }),
  },
  { error: 'a provider with name, npm, env and models' },
)

const list = z.record(z.string().regex(/^[A-Za-z0-9][\w.-]*$/), provider, { error: 'a mapping of ids to providers' })

export interface ListFor {
  /** Knows which author's model an entry serves; `api.json` does not say. */
  readonly shipped: Snapshot
  readonly before: Snapshot
  /** Today, e.g. `2026-11-26`: a list that says nothing of its age is as old. */
  readonly onDate: string
  /** Takes other addresses of known providers too. @defaultValue false */
  readonly addresses?: boolean
}

/** The shape alone tells it from other lists: providers under their ids, each with models. */
export function isModelsDevList(value: unknown): boolean {
  return Object.values(Object(providersIn(value))).some(
    entry => typeof entry === 'object' && entry !== null && 'models' in entry && 'npm' in entry,
  )
}

/**
 * The whole list, which takes the place of the one before. Only prices that have changed since the shipped list are news: where they have
 * not, the price package rules over them as it did before, and knows for instance what a region costs more.
 *
 * Known providers keep their address and package unless `addresses` says otherwise: keys go there, and whoever wrote the list
 * would get them.
 */
export function readModelsDevList(value: unknown, source: ListFor): Shaped<Snapshot> {
  const read = holdTo(list, providersIn(value))
  if (!read.ok) return read
  const date = dateIn(value) ?? newestUpdate(read.value, source.onDate) ?? source.onDate
  const problems = sanity(read.value, date, source.shipped)
  if (problems.length > 0) return { ok: false, problems }
  const providers = Object.entries(read.value).map(
    ([id, entry]) => [id, providerFrom(id, entry, source, date)] as const,
  )
  return { ok: true, value: { date, providers: Object.fromEntries(providers) } }
}

function providerFrom(
  id: string,
  { name, doc, models, ...place }: z.output<typeof provider>,
  { shipped, before, addresses }: ListFor,
  date: string,
): SnapshotProvider {
  const known = Object.hasOwn(before.providers, id) ? before.providers[id] : undefined
  const origins = Object.hasOwn(shipped.providers, id) ? shipped.providers[id]!.models : {}
  const entries = Object.entries(models).map(([upstream, { base, last_updated: _, cost, ...entry }]) => {
    const origin = Object.hasOwn(origins, upstream) ? origins[upstream] : undefined
    const more = { ...(cost && { cost: withTiers(cost) }), base: base ?? origin?.base }
    const model = withoutNull({ ...entry, ...more }) as SnapshotModel
    return [upstream, isRepriced(model, origin) ? { ...model, listedOn: date } : model] as const
  })
  const { npm, api, env } = (addresses ? undefined : known) ?? place
  return { name, npm, env, ...(api && { api }), doc, models: Object.fromEntries(entries) }
}

function isRepriced({ cost }: SnapshotModel, shipped: SnapshotModel | undefined): boolean {
  return shipped !== undefined && !isDeepStrictEqual(snapshotPrice(cost), snapshotPrice(shipped.cost))
}

/** Entries that are older than tiers say only what a prompt of more than 200,000 tokens costs. */
const OLDER_TIER = 200_000

function withTiers({ context_over_200k: above, ...cost }: NonNullable<z.output<typeof model>['cost']>) {
  if (!above || cost.tiers?.length) return cost
  return { ...cost, tiers: [{ ...above, tier: { size: OLDER_TIER } }] }
}

/** A list is about as old as its newest entry. */
function newestUpdate(providers: z.output<typeof list>, today: string): string | undefined {
  return Object.values(providers)
    .flatMap(({ models }) => Object.values(models).map(({ last_updated }) => last_updated ?? ''))
    .filter(date => /^\d{4}-\d\d-\d\d$/.test(date) && date <= today)
    .sort()
    .at(-1)
}

function sanity(providers: z.output<typeof list>, date: string, shipped: Snapshot): readonly Problem[] {
  const older = { path: 'date', message: 'the list is older than the one that ships with Signalbox', found: date }
  const empty = { path: '', message: 'no provider in the list has a model', allowed: 'a whole list' }
  return [
    ...(date < shipped.date ? [{ ...older, allowed: shipped.date }] : []),
    ...(Object.values(providers).every(({ models }) => Object.keys(models).length === 0) ? [empty] : []),
  ]
}

function providersIn(value: unknown): unknown {
  const { providers } = Object(value) as { readonly providers?: unknown }
  return isRecord(providers) && !('models' in providers) ? providers : value
}

function dateIn(value: unknown): string | undefined {
  const { providers, date } = Object(value) as { readonly providers?: unknown; readonly date?: unknown }
  return providers !== undefined && typeof date === 'string' && /^\d{4}-\d\d-\d\d$/.test(date) ? date : undefined
}

function withoutNull<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(withoutNull) as Value
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, item]) => item !== null && item !== undefined)
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutNull(item)])) as Value
}
