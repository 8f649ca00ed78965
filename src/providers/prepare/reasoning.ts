/**
 * How hard a model can be asked to think, where it refuses what others take.
 *
 * @module
 */
import type { Endpoint } from '../../core/endpoints.ts'
import type { Ask } from '../../core/ports.ts'

type Reasoning = NonNullable<Ask['settings']['reasoning']>

const DEGREES: readonly Reasoning[] = ['none', 'minimal', 'low', 'medium', 'high']

const LOW_ON: readonly Reasoning[] = ['low', 'medium', 'high']

/**
 * By a model's name, whoever serves it; the first that matches. Answered to others: "Unsupported value: 'reasoning.effort' does not
 * support 'none' with this model." and "Model grok-4 does not support parameter reasoningEffort."
 */
const TAKEN: readonly (readonly [names: RegExp, degrees: readonly Reasoning[]])[] = [
  // https://developers.openai.com/api/docs/models, of each
  [/^o\d/, LOW_ON],
  [/^gpt-5-chat/, []],
  [/^gpt-5\.\d+-chat/, ['medium']],
  [/^gpt-5-pro/, ['high']],
  [/^gpt-5\.\d+-pro/, ['medium', 'high']],
  [/^gpt-5(?:\.\d+)?-codex/, LOW_ON],
  [/^gpt-5(?:-mini|-nano)?(?:-\d|$)/, ['minimal', ...LOW_ON]],
  [/^gpt-5\.\d/, ['none', ...LOW_ON]],
  [/gpt-oss-\d/, LOW_ON],
  // https://docs.x.ai/developers/model-capabilities/text/reasoning; those that are left out think without a degree.
  [/^grok-4\.3/, ['none', ...LOW_ON]],
  [/^grok-(?:4\.[4-9]|4\.20-multi-agent|[5-9])/, LOW_ON],
  [/^grok-3-mini/, ['low', 'high']],
  [/^grok-/, []],
]

/** OpenRouter's names of those of xAI's that it turns on and off, though xAI has two names for it. */
const TURNED_ON_AND_OFF = /^x-ai\/grok-4(?:[.\d]*-fast|\.20(?!-multi))/

/** The degree itself where it is taken, else the next above it, else the highest; `undefined` where none may be named. */
export function takenReasoning({ upstream, model }: Endpoint, wanted: Reasoning): Reasoning | undefined {
  if (TURNED_ON_AND_OFF.test(upstream)) return wanted
  const names = [upstream, model].map(name => name.slice(name.lastIndexOf('/') + 1))
  const [, degrees] = TAKEN.find(([pattern]) => names.some(name => pattern.test(name))) ?? []
  if (!degrees) return wanted
  return degrees.find(degree => DEGREES.indexOf(degree) >= DEGREES.indexOf(wanted)) ?? degrees.at(-1)
}

/** Unless told not to, most of those who can think do so unasked. The least that GPT-5 takes is next to nothing. */
export function mayThink({ settings: { reasoning }, endpoint }: Ask): boolean {
  if (!endpoint.abilities.includes('reasoning')) return false
  const degree = reasoning && takenReasoning(endpoint, reasoning)
  return degree !== 'none' && !(reasoning === 'none' && degree === 'minimal')
}
