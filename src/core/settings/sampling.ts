/**
 * The settings that a vendor is told as they stand.
 *
 * @module
 */
import { definedOnly } from '../defined-only.ts'
import type { Sampling } from '../protocol.ts'

/** The settings that say how words are drawn and where an answer ends, as far as they are given. */
export function samplingOf(settings: Sampling): Sampling {
  const { temperature, topP, topK, presencePenalty, frequencyPenalty, seed, stopSequences } = settings
  return definedOnly({ temperature, topP, topK, presencePenalty, frequencyPenalty, seed, stopSequences })
}
