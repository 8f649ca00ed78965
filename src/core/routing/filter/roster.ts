/**
 * The endpoints of a configuration, laid out for planning: what most plans check is in columns of numbers, so that a plan over hundreds of
 * endpoints reads and allocates little.
 *
 * @module
 */
import { endpointBits } from '../../abilities.ts'
import type { Endpoint } from '../../endpoints.ts'
import { hashOf } from '../../uniform.ts'
import { cachesOnlyMarked } from '../cache/cache-marks.ts'
import { cacheTtlOf } from '../cache/cache-ttl.ts'
import type { PolicyColumn } from './policy-column.ts'

/** Made once per configuration. Each column has a number for each of `endpoints`, in that order; NaN if it is unknown. */
export interface Roster {
  readonly endpoints: readonly Endpoint[]
  readonly byId: ReadonlyMap<string, Endpoint>
  /** The place of an endpoint in the columns, by its id. */
  readonly places: ReadonlyMap<string, number>
  /** The numbers of the models, as `modelOf` uses them. */
  readonly models: ReadonlyMap<string, number>
  readonly modelOf: Uint16Array
  readonly contextWindow: Float64Array
  readonly maxInput: Float64Array
  readonly maxOutput: Float64Array
  /** One bit for each ability; see {@link abilityBits}. */
  readonly abilities: Uint8Array
  /** 1 if the endpoint may be asked under a money limit. */
  readonly priced: Uint8Array
  /** See {@link hashOf}. */
  readonly providerHash: Int32Array
  /** How many endpoints have the same model. */
  readonly peers: Uint16Array
  /** 0 if it caches no prefix. */
  readonly cacheTtlMs: Float64Array
  /** 1 if it caches only what is marked. */
  readonly onlyMarked: Uint8Array
  /** Filled by {@link policyColumn}. */
  readonly policyColumns: Map<string, PolicyColumn>
}

export function rosterOf(endpoints: readonly Endpoint[]): Roster {
  const models = new Map<string, number>()
  const counts = new Map<string, number>()
  for (const { model } of endpoints) {
    if (!models.has(model)) models.set(model, models.size)
    counts.set(model, (counts.get(model) ?? 0) + 1)
  }
  const column = (read: (endpoint: Endpoint) => number | undefined) =>
    Float64Array.from(endpoints, endpoint => read(endpoint) ?? Number.NaN)
  return {
    endpoints,
    byId: new Map(endpoints.map(endpoint => [endpoint.id, endpoint])),
    places: new Map(endpoints.map(({ id }, at) => [id, at])),
    models,
    modelOf: Uint16Array.from(endpoints, ({ model }) => models.get(model)!),
    contextWindow: column(({ contextWindow }) => contextWindow),
    maxInput: column(({ maxInput }) => maxInput),
    maxOutput: column(({ maxOutput }) => maxOutput),
    abilities: Uint8Array.from(endpoints, ({ abilities }) => endpointBits(abilities)),
    providerHash: Int32Array.from(endpoints, ({ provider }) => hashOf(provider)),
    peers: Uint16Array.from(endpoints, ({ model }) => counts.get(model)!),
    cacheTtlMs: Float64Array.from(endpoints, cacheTtlOf),
    onlyMarked: Uint8Array.from(endpoints, endpoint => (cachesOnlyMarked(endpoint) ? 1 : 0)),
    policyColumns: new Map(),
    priced: Uint8Array.from(endpoints, endpoint => (worksUnderMoneyLimit(endpoint) ? 1 : 0)),
  }
}

/** Whether the cost of calls there can be known, or the configuration allows it under money limits all the same. */
export function worksUnderMoneyLimit({ price, unpriced }: Endpoint): boolean {
  if (unpriced === 'allow') return true
  return price !== undefined && (price.free === true || (price.input !== undefined && price.output !== undefined))
}
