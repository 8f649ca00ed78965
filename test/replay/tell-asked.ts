/**
 * An interceptor for replays: tells a sink of each marker that a workflow asks for, and how it is answered. What `patched()` itself
 * calls is Temporal's own, and nothing else hears of a marker that a history does not have.
 *
 * @module
 */
import { proxySinks, type Sinks, type WorkflowInterceptors } from '@temporalio/workflow'
import { getActivator } from '@temporalio/workflow/lib/global-attributes.js'

export interface PatchSinks extends Sinks {
  readonly patches: { asked(id: string, isPatched: boolean): void }
}

export const interceptors = (): WorkflowInterceptors => {
  const { patches } = proxySinks<PatchSinks>()
  const activator = getActivator()
  const ask = activator.patchInternal.bind(activator)
  activator.patchInternal = (id, deprecated) => {
    const isPatched = ask(id, deprecated)
    patches.asked(id, isPatched)
    return isPatched
  }
  return {}
}
