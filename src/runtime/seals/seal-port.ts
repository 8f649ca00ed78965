/**
 * Tells activities whether a run is sealed, and makes digests with its key.
 *
 * @module
 */
import { Context } from '@temporalio/activity'
import type { SealPort } from '../../core/ports.ts'
import type { KnownSeals } from './known-seals.ts'

/** For runs of the namespace in which the activity runs. */
export function sealPort(seals: KnownSeals): SealPort {
  const of = (workflowId: string) => seals.of({ workflowId, namespace: Context.current().info.namespace })
  return {
    isSealed: async runId => (await of(runId))?.content ?? false,
    async digest(runId, text) {
      const seal = await of(runId)
      if (!seal?.content)
        throw new Error(`the run ${runId} knows that it is sealed, and the store has no key of it. This is a bug`)
      return seal.sealer.digest(text)
    },
  }
}
