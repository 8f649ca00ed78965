/**
 * What planning a call takes and gives.
 *
 * @module
 */
import type { Ability, Endpoint } from '../endpoints.ts'
import type { Fault } from '../faults/fault.ts'
import type { PolicyAt, PolicyBreach } from '../policy/policy.ts'
import type { KnownPrompt } from '../protocol.ts'
import type { TaskClass } from '../task-class.ts'
import type { Measured } from './measured.ts'

/** What this call asks of an endpoint. */
export interface CallNeeds {
  readonly promptTokens: number
  /** The output that the call asks for, in tokens. */
  readonly outputTokens: number
  readonly abilities: readonly Ability[]
  /** A money limit is set: an endpoint without a known price cannot run. */
  readonly knownPrice?: boolean
  /** The same at these providers alone: a budget limits the money that is spent there. */
  readonly knownPriceAt?: readonly string[]
}

/** Why an endpoint is no candidate, as data; `describeRejection` makes words of it when someone asks. */
export type Rejection =
  | { readonly rule: 'not-in-class' }
  | { readonly rule: 'policy'; readonly breach: PolicyBreach }
  | { readonly rule: 'ability'; readonly missing: Ability }
  | { readonly rule: 'context-window'; readonly needed: number; readonly has: number | undefined }
  | { readonly rule: 'max-output'; readonly needed: number; readonly has: number | undefined }
  | { readonly rule: 'unknown-price' }
  | Closed

/** Not to be asked before a time. `fault`: everybody who asked would hear it; somebody has to act, or the vendor's reset to come. */
export type Closed =
  | { readonly rule: 'breaker-open'; readonly untilMs: number; readonly fault?: Fault }
  | { readonly rule: 'cooling'; readonly untilMs: number }

/** A rejection that passes by itself: the endpoint is fit, only not now. */
export function isPassing(rejection: Rejection): rejection is Closed {
  return rejection.rule === 'breaker-open' || rejection.rule === 'cooling'
}

/** Candidates best first; together with the rejections they are all endpoints of the configuration, each once. */
export interface Route {
  readonly candidates: readonly Endpoint[]
  /** The endpoint that holds the prompt's prefix in its cache, as far as we know. */
  readonly warm?: string
  readonly rejections: readonly { readonly endpoint: Endpoint; readonly rejection: Rejection }[]
}

/** Of a call that asks nobody. */
export const NO_ROUTE: Route = { candidates: [], rejections: [] }

/** How an endpoint is doing, as the plan needs it. */
export interface EndpointHealth {
  /** Present: not to be asked before this time. */
  readonly closedUntilMs?: Closed
  /** No failure is held against it. Unsteady endpoints rank behind the steady ones of the same model. */
  readonly steady: boolean
  /** It fails far more often than its model's other endpoints: asked when none of them is left. */
  readonly ejected?: true
  /** The rate that it lets through, learned from its 429s. */
  readonly requestsPerMinute?: number
  /** The same for tokens, where the vendor says how many. */
  readonly tokensPerMinute?: number
  /** Moving average of the time to first token, once there are five samples. */
  readonly firstTokenMs?: number
  /** Absent: nobody has asked it or its peers. */
  readonly measured?: Measured
}

/** Everything that a plan goes by. */
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
