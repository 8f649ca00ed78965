/**
 * The input and the result of planning a call.
 *
 * @module
 */
import type { Ability, Endpoint } from '../endpoints.ts'
import type { Fault } from '../faults/fault.ts'
import type { PolicyAt, PolicyBreach } from '../policy/policy.ts'
import type { KnownPrompt } from '../protocol.ts'
import type { TaskClass } from '../task-class.ts'
import type { Measured } from './health/measured.ts'

/** What a call needs of an endpoint. */
export interface CallNeeds {
  readonly promptTokens: number
  /** The output that the call asks for, in tokens. */
  readonly outputTokens: number
  readonly abilities: readonly Ability[]
  /** Set if there is a money limit, so that endpoints without a known price are rejected. */
  readonly knownPrice?: boolean
  /** The same for these providers only, because a budget limits what is spent there. */
  readonly knownPriceAt?: readonly string[]
}

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

/**
 * Not to be asked before a time. `fault`: everybody who asks before would get it; somebody has to act, or the vendor's reset must come.
 * `sinceMs`: since when nobody has got through, where the vendor names no end.
 */
export type Closed =
  | { readonly rule: 'breaker-open'; readonly untilMs: number; readonly fault?: Fault }
  | { readonly rule: 'cooling'; readonly untilMs: number; readonly sinceMs?: number }

/** Whether a rejection passes by itself: the endpoint is fit, but cannot be asked now. */
export function isPassing(rejection: Rejection): rejection is Closed {
  return rejection.rule === 'breaker-open' || rejection.rule === 'cooling'
}

/** The plan of a call: candidates, best first. Every other endpoint of the configuration is among the rejections, once. */
export interface Route {
  readonly candidates: readonly Endpoint[]
  /** The endpoint that has the prompt's prefix in its cache, as far as we know. */
  readonly warm?: string
  readonly rejections: readonly { readonly endpoint: Endpoint; readonly rejection: Rejection }[]
}

/** The route of a call that asks nobody. */
export const NO_ROUTE: Route = { candidates: [], rejections: [] }

/** The health of an endpoint, as far as plans need it. */
export interface EndpointHealth {
  /** Why it is not to be asked now, and until when. Absent: it may be asked. */
  readonly closed?: Closed
  /** Whether no recent failure counts against it. Unsteady endpoints rank behind the steady ones of the same model. */
  readonly steady: boolean
  /** Set if it fails far more often than its model's other endpoints, so that it is asked only when none of them is left. */
  readonly ejected?: true
  /** The rate that it allows, learned from its 429s. */
  readonly requestsPerMinute?: number
  /** The same in tokens. */
  readonly tokensPerMinute?: number
  /** How many requests it takes at once, learned from its 429s. */
  readonly concurrency?: number
  /** How long its answers take from end to end, once there are five. */
  readonly answerMs?: number
  /** Moving average of the time to first token, once there are five samples. */
  readonly firstTokenMs?: number
  /** Absent if nobody has asked it or its peers. */
  readonly measured?: Measured
}

/** Everything that a plan depends on. */
export interface PlanInput {
  readonly endpoints: readonly Endpoint[]
  readonly taskClass: TaskClass
  readonly needs: CallNeeds
  /** From the outermost level inwards, the class's own included. */
  readonly policies: readonly PolicyAt[]
  readonly health: (endpointId: string) => EndpointHealth
  /** In [0, 1), drawn once per run. */
  readonly draw: number
  /** Milliseconds since the epoch; without it nothing counts as warm. */
  readonly nowMs?: number
  /** The run's memory of the call's transcript. */
  readonly known?: KnownPrompt
}
