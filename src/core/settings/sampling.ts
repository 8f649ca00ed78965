/**
 * The settings that are sent to vendors as they are.
 *
 * @module
 */
import { definedOnly } from '../defined-only.ts'
import type { Sampling } from '../protocol.ts'

/** The sampling settings among all settings of a call, without those that are absent. */
export function samplingOf(settings: Sampling): Sampling {
  const { temperature, topP, topK, presencePenalty, frequencyPenalty, seed, stopSequences } = settings
  return definedOnly({ temperature, topP, topK, presencePenalty, frequencyPenalty, seed, stopSequences })
}
