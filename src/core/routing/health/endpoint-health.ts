/**
 * The health of an endpoint as plans see it.
 *
 * @module
 */
import type { Fault } from '../../faults/fault.ts'
import type { Measured } from './measured.ts'

/**
 * Not to be asked before a time. `fault`: everybody who asks before would get it; somebody has to act, or the vendor's reset must come.
 * `sinceMs`: since when nobody has got through, where the vendor names no end.
 */
export type Closed =
  | { readonly rule: 'breaker-open'; readonly untilMs: number; readonly fault?: Fault }
  | { readonly rule: 'cooling'; readonly untilMs: number; readonly sinceMs?: number }

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
