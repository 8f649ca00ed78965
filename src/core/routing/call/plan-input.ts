/**
 * Everything that a plan depends on.
 *
 * @module
 */
import type { Endpoint } from '../../endpoints.ts'
import type { PolicyAt } from '../../policy/policy.ts'
import type { KnownPrompt } from '../../protocol.ts'
import type { TaskClass } from '../../task-class.ts'
import type { EndpointHealth } from '../health/endpoint-health.ts'
import type { CallNeeds } from './call-needs.ts'

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
