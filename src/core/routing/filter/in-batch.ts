/**
 * Which endpoints a class may ask that asks in batches.
 *
 * @module
 */
import type { Endpoint } from '../../endpoints.ts'
import { asksForZdr, binds, type PolicyAt } from '../../policy/policy.ts'
import { batchKeptMs } from '../../vendor-batch.ts'
import type { Rejection } from './rejection.ts'

export interface BatchDemand {
  readonly policies: readonly PolicyAt[]
}

const NO_BATCHES: Rejection = { rule: 'batch' }
const KEPT: Rejection = { rule: 'batch', kept: true }

/** Why an endpoint may not be asked in a batch. Whatever else it keeps, its vendor keeps the batch for some time. */
export function batchRejection(endpoint: Endpoint, { policies }: BatchDemand): Rejection | undefined {
  if (!endpoint.batch) return NO_BATCHES
  if (asksForZdr(endpoint, policies)) return KEPT
  const isLess = policies.some(
    each => binds(each, endpoint) && (each.policy.maxRetentionMs ?? Infinity) < batchKeptMs(endpoint),
  )
  return isLess ? KEPT : undefined
}
