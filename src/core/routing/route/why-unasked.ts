/**
 * Why a call asked nobody, in few words for lists; `explain` has each endpoint with its reason.
 *
 * @module
 */
import { groupBy } from '../../group-by.ts'
import type { Rejection } from '../filter/rejection.ts'
import type { RejectionGroup, RouteRecord } from './route-record.ts'

/**
 * @param route - The plan that it began with.
 * @param rejections - Those that are stored apart from it.
 * @returns `undefined` where the plan says nothing of it: the call was cancelled first, or its worker lost.
 */
export function whyUnasked(
  { blocked, candidates, closed = [] }: Pick<RouteRecord, 'blocked' | 'candidates' | 'closed'>,
  rejections: readonly RejectionGroup[],
): string | undefined {
  if (blocked !== undefined) return blocked
  if (candidates.length > 0) {
    const heldBack = new Set(candidates.flatMap(candidate => candidate.heldBack?.by ?? []))
    return heldBack.size === 0 ? undefined : [...heldBack].join('; ')
  }
  const rejected = [
    ...closed.map(({ rejection }) => rejection),
    ...rejections.flatMap(({ rejection, endpoints }) => endpoints.map(() => rejection)),
  ].filter(({ rule }) => rule !== 'not-in-class')
  if (rejected.length === 0) return 'no endpoint in its class'
  return `no endpoint: ${[...groupBy(rejected, words)].map(([why, { length }]) => `${why} (${length})`).join(', ')}`
}

function words(rejection: Rejection): string {
  switch (rejection.rule) {
    case 'policy':
      return `${rejection.breach.rule} of the ${rejection.breach.level} policy`
    case 'ability':
      return `lacks ${rejection.missing}`
    case 'context-window':
      return 'context window too small'
    case 'max-output':
      return 'output limit too low'
    case 'unknown-price':
      return 'unknown price'
    case 'batch':
      return rejection.kept ? 'keeps batches for too long' : 'no batch interface'
    case 'breaker-open':
      return 'out of service'
    case 'cooling':
      return 'cooling down'
    case 'not-in-class':
      return 'not in its class'
  }
}
