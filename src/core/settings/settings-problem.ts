/**
 * Checks the values of a call's settings.
 *
 * @module
 */
import type { CallSettings } from '../protocol.ts'
import { kindOf, written } from '../words/kind-of.ts'

/** The degrees of reasoning, from the least to the most. */
export const REASONING_DEGREES = ['none', 'minimal', 'low', 'medium', 'high'] as const satisfies readonly NonNullable<
  CallSettings['reasoning']
>[]

/** The least and the greatest value of a setting, both allowed. */
export const SETTING_BOUNDS = { topP: [0, 1], presencePenalty: [-2, 2], frequencyPenalty: [-2, 2] } as const

/** Whether a value is allowed, and what is allowed, in words. */
type Rule = readonly [holds: (value: unknown) => boolean, words: string]

const isWhole = (value: unknown) => Number.isSafeInteger(value)
const isText = (value: unknown) => typeof value === 'string' && value !== ''

const COUNT: Rule = [value => isWhole(value) && Number(value) > 0, 'a whole number above 0']

const within = ([least, most]: readonly [number, number]): Rule => [
  value => Number.isFinite(value) && Number(value) >= least && Number(value) <= most,
  `a number from ${least} to ${most}`,
]

const RULES: { readonly [Name in keyof Required<Omit<CallSettings, 'providerOptions'>>]: Rule } = {
  maxOutputTokens: COUNT,
  temperature: [value => Number.isFinite(value) && Number(value) >= 0, 'a number of at least 0'],
  topP: within(SETTING_BOUNDS.topP),
  topK: COUNT,
  presencePenalty: within(SETTING_BOUNDS.presencePenalty),
  frequencyPenalty: within(SETTING_BOUNDS.frequencyPenalty),
  seed: [isWhole, 'a whole number'],
  stopSequences: [value => Array.isArray(value) && value.every(isText), 'a list of texts, none of them empty'],
  reasoning: [value => REASONING_DEGREES.some(degree => degree === value), `one of ${REASONING_DEGREES.join(', ')}`],
}

/** The value in words. Stop sequences are not quoted, because they may be words of a prompt. */
function foundWords(name: string, value: unknown): string {
  if (name !== 'stopSequences') return written(value)
  if (!Array.isArray(value)) return `that is ${kindOf(value)}`
  const at = value.findIndex(text => !isText(text))
  return `of which number ${at + 1} is ${value[at] === '' ? 'empty' : kindOf(value[at])}`
}

/** The first problem in words, to follow the name of whoever has the settings; `undefined` if there is none. Accepts any JSON. */
export function settingsProblem(settings: CallSettings): string | undefined {
  for (const [name, [holds, words]] of Object.entries(RULES)) {
    const value = settings[name as keyof typeof RULES]
    if (value !== undefined && !holds(value)) return `has ${name} ${foundWords(name, value)}; it must be ${words}`
  }
  return undefined
}
