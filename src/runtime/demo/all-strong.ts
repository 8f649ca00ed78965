/**
 * What the same work would have cost on the strong class alone.
 *
 * @module
 */
import type { Endpoint } from '../../core/endpoints.ts'
import { pricedUsage } from '../../core/money/price-of.ts'
import type { Directory } from '../../core/task-class.ts'
import type { CallReport } from '../../store/index.ts'

/**
 * The endpoint that `strong` stands for: the first configured one of its first model.
 *
 * @throws Error when the configuration has no such endpoint; the demo's own has.
 */
export function strongEndpoint({ classes, endpoints }: Directory): Endpoint {
  const [model] = classes.strong?.models ?? []
  const found = endpoints.find(endpoint => endpoint.model === model)
  if (!found) throw new Error("the demo's configuration has no endpoint for the first model of the class 'strong'")
  return found
}

/**
 * The usage of a call's answer at the price of another endpoint, in pico-dollars: the same token counts, cached ones at
 * the cached price. Failed attempts are left out, so the comparison favours the one endpoint. `undefined` when there is
 * no answer, or its usage cannot be priced there.
 */
export function costElsewhere({ attempts }: CallReport, endpoint: Endpoint): bigint | undefined {
  const answered = attempts.find(attempt => attempt.outcome === 'answered')
  if (!answered) return undefined
  const priced = pricedUsage(answered.usage, endpoint.price)
  return priced.kind === 'priced' ? priced.pico : undefined
}
