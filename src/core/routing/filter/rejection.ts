/**
 * Why an endpoint is not a candidate for a call.
 *
 * @module
 */
import type { Ability } from '../../endpoints.ts'
import type { PolicyBreach } from '../../policy/policy.ts'
import type { Closed } from '../health/endpoint-health.ts'

/** Why an endpoint is not a candidate, as data. `describeRejection` makes words of it when somebody asks. */
export type Rejection =
  | { readonly rule: 'not-in-class' }
  | { readonly rule: 'policy'; readonly breach: PolicyBreach }
  | { readonly rule: 'ability'; readonly missing: Ability }
  | { readonly rule: 'context-window'; readonly needed: number; readonly has: number | undefined }
  | { readonly rule: 'max-output'; readonly needed: number; readonly has: number | undefined }
  | { readonly rule: 'unknown-price' }
  /** The class asks in batches. `kept`: its vendor has them, and keeps what it is sent for longer than a policy allows. */
  | { readonly rule: 'batch'; readonly kept?: true }
  | Closed

/** Whether a rejection passes by itself: the endpoint is fit, but cannot be asked now. */
export function isPassing(rejection: Rejection): rejection is Closed {
  return rejection.rule === 'breaker-open' || rejection.rule === 'cooling'
}
