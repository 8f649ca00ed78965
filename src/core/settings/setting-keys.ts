/**
 * The names of all settings of a call.
 *
 * @module
 */
import type { KeysOf } from '../keys-of.ts'
import type { CallSettings } from '../protocol.ts'

export const SETTING_KEYS: KeysOf<CallSettings> = {
  maxOutputTokens: true,
  temperature: true,
  topP: true,
  topK: true,
  presencePenalty: true,
  frequencyPenalty: true,
  seed: true,
  stopSequences: true,
  reasoning: true,
  providerOptions: true,
}
