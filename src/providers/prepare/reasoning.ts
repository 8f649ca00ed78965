/**
 * How hard a model can be asked to think, where it refuses what others take.
 *
 * @module
 */
import { bareNames } from '../../core/endpoint-id.ts'
import type { Endpoint } from '../../core/endpoints.ts'
import type { Ask } from '../../core/ports.ts'
import { REASONING_DEGREES } from '../../core/settings/settings-problem.ts'

type Reasoning = NonNullable<Ask['settings']['reasoning']>

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
  [/^claude-fable/, LOW_ON],
  // "Reasoning is mandatory for this endpoint and cannot be disabled.": of the routers' own names.
  [
    /^(?:google\/gemini-(?:2\.5-pro|[3-9])|minimax\/minimax-m[2-9]|stepfun\/step-|deepseek\/deepseek-r1|(?:moonshotai|qwen)\/.*-thinking)/,
    ['minimal', ...LOW_ON],
  ],
  // The level `minimal` is for the smaller ones.
  [/^gemini-[3-9](?:\.\d+)?-pro/, LOW_ON],
]

/** OpenRouter's names of those of xAI's that it turns on and off, though xAI has two names for it. */
const TURNED_ON_AND_OFF = /^x-ai\/grok-4(?:[.\d]*-fast|\.20(?!-multi))/

/** The degree itself where it is taken, else the next above it, else the highest; `undefined` where none may be named. */
function takenReasoning(endpoint: Endpoint, wanted: Reasoning): Reasoning | undefined {
  if (TURNED_ON_AND_OFF.test(endpoint.upstream)) return wanted
  const names = [endpoint.upstream, ...bareNames(endpoint)]
  const [, degrees] = TAKEN.find(([pattern]) => names.some(name => pattern.test(name))) ?? []
  if (!degrees) return wanted
  return degrees.find(degree => rankOf(degree) >= rankOf(wanted)) ?? degrees.at(-1)
}

function rankOf(degree: Reasoning): number {
  return REASONING_DEGREES.indexOf(degree)
}

/** The degree that is sent; an endpoint without the ability is not asked for any: many answer 400 to the option. */
export function sentReasoning(endpoint: Endpoint, wanted: Reasoning | undefined): Reasoning | undefined {
  return wanted && endpoint.abilities.includes('reasoning') ? takenReasoning(endpoint, wanted) : undefined
}

/** They could think, and do not of their own accord: Claude before 5, GPT from 5.1 to 5.4, and the least of Gemini 2.5. */
const THINK_WHEN_ASKED =
  /claude-(?:opus-|sonnet-|haiku-)?[34](?!\d)(?!.*think)|^gpt-5\.[1-4](?!.*-(?:chat|codex|pro))|^gemini-2\.5-flash-lite/

/** Most of those who can think do so unless they are told not to. The least that GPT-5 takes is next to nothing. */
export function mayThink({ settings: { reasoning, providerOptions }, endpoint }: Ask): boolean {
  if (!endpoint.abilities.includes('reasoning')) return false
  // Options of one's own may ask for it too.
  if (reasoning === undefined && providerOptions === undefined)
    return !bareNames(endpoint).some(name => THINK_WHEN_ASKED.test(name))
  const degree = reasoning && takenReasoning(endpoint, reasoning)
  return degree !== 'none' && !(reasoning === 'none' && degree === 'minimal')
}

/** Whether the model is asked to think little, and does. */
export function thinksLittle({ settings: { reasoning, providerOptions }, endpoint }: Ask): boolean {
  const degree = reasoning && providerOptions === undefined ? takenReasoning(endpoint, reasoning) : undefined
  return degree === 'minimal' || degree === 'low'
}
