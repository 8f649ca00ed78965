/**
 * What no call can be made with.
 *
 * @module
 */
import { written } from './kind-of.ts'
import type { CallSettings, Sampling } from './protocol.ts'

const DEGREES: Readonly<Record<NonNullable<CallSettings['reasoning']>, true>> = {
  none: true,
  minimal: true,
  low: true,
  medium: true,
  high: true,
}

/** Whether a value is one, and what it must be in words. */
type Rule = readonly [holds: (value: unknown) => boolean, words: string]

const within = (least: number, most: number, words: string): Rule => [
  value => Number.isFinite(value) && Number(value) >= least && Number(value) <= most,
  words,
]

const isWhole = (value: unknown) => Number.isSafeInteger(value)

const isText = (value: unknown) => typeof value === 'string' && value !== ''

const SAMPLING: { readonly [Name in keyof Required<Sampling>]: Rule } = {
  temperature: within(0, Number.MAX_VALUE, 'a number of at least 0'),
  topP: within(0, 1, 'a number from 0 to 1'),
  topK: [value => isWhole(value) && Number(value) > 0, 'a whole number above 0'],
  presencePenalty: within(-2, 2, 'a number from -2 to 2'),
  frequencyPenalty: within(-2, 2, 'a number from -2 to 2'),
  seed: [isWhole, 'a whole number'],
  stopSequences: [value => Array.isArray(value) && value.every(isText), 'a list of texts, none of them empty'],
}

const SAMPLING_NAMES = Object.keys(SAMPLING) as readonly (keyof Sampling)[]

/** The first problem in words, behind the name of whoever has the settings; `undefined`: there is none. Takes whatever was written. */
export function settingsProblem(settings: CallSettings): string | undefined {
  const { maxOutputTokens, reasoning } = settings
  if (maxOutputTokens !== undefined && !(Number.isSafeInteger(maxOutputTokens) && maxOutputTokens > 0))
    return `has maxOutputTokens ${written(maxOutputTokens)}; it must be a whole number above 0`
  for (const name of SAMPLING_NAMES) {
    const [holds, words] = SAMPLING[name]
    if (settings[name] !== undefined && !holds(settings[name]))
      return `has ${name} ${written(settings[name])}; it must be ${words}`
  }
  if (reasoning !== undefined && !Object.hasOwn(DEGREES, reasoning))
    return `has reasoning ${written(reasoning)}; it must be one of ${Object.keys(DEGREES).join(', ')}`
  return undefined
}
