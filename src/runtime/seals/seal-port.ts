/**
 * What activities are told of a run's seal: whether it has one, and digests by its key.
 *
 * @module
 */
import type { SealPort } from '../../core/ports.ts'
import type { KnownSeals } from './known-seals.ts'

export function sealPort(seals: KnownSeals): SealPort {
  return {
    isSealed: async runId => (await seals.of(runId))?.content ?? false,
    async digest(runId, text) {
      const seal = await seals.of(runId)
      if (!seal?.content)
        throw new Error(`the run ${runId} knows that it is sealed, and the store has no key of it. This is a bug`)
      return seal.sealer.digest(text)
    },
  }
}
