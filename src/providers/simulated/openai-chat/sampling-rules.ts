/**
 * What OpenAI refuses of how an answer is to be drawn and where it is to end. The sentences are the API's.
 *
 * @module
 */
import { isGiven, type Loose, numberOf } from '../loose.ts'
import { type Refusal, rule } from '../refusal.ts'
import { stopsOf } from '../stop.ts'

/** What each may be at the most and at the least. */
const RANGES: Readonly<Record<string, readonly [least: number, most: number]>> = {
  temperature: [0, 2],
  top_p: [0, 1],
  presence_penalty: [-2, 2],
  frequency_penalty: [-2, 2],
}

const MOST_STOPS = 4

/** Of chat completions. A model that reasons takes none of it but a seed; without reasoning it draws as it is told. */
export function chatSamplingRule(body: Loose, reasons: boolean): Refusal | undefined {
  if (isGiven(body.top_k)) return rule('Unrecognized request argument supplied: top_k')
  if (!reasons) return rangeRule(body) ?? stopRule(body)
  const draws = body.reasoning_effort === 'none' ? [] : ['temperature', 'top_p']
  return unsupported(body, [...draws, 'presence_penalty', 'frequency_penalty', 'stop'])
}

/** Of Responses, which know less of it. */
export function responsesSamplingRule(body: Loose, reasons: boolean): Refusal | undefined {
  const unknown = ['stop', 'seed', 'top_k', 'presence_penalty', 'frequency_penalty'].find(name => isGiven(body[name]))
  if (unknown !== undefined)
    return rule(`Unknown parameter: '${unknown}'.`, { parameter: unknown, code: 'unknown_parameter' })
  return reasons ? unsupported(body, ['temperature', 'top_p']) : rangeRule(body)
}

function unsupported(body: Loose, names: readonly string[]): Refusal | undefined {
  const parameter = names.find(name => isGiven(body[name]) && body[name] !== (name.endsWith('penalty') ? 0 : 1))
  if (parameter === undefined) return undefined
  return rule(`Unsupported parameter: '${parameter}' is not supported with this model.`, {
    parameter,
    code: 'unsupported_parameter',
  })
}

function rangeRule(body: Loose): Refusal | undefined {
  for (const [parameter, [least, most]] of Object.entries(RANGES)) {
    const found = numberOf(body[parameter])
    if (found === undefined || (found >= least && found <= most)) continue
    const [side, words, bound] = found > most ? ['above maximum', '<=', most] : ['below minimum', '>=', least]
    return rule(
      `Invalid '${parameter}': decimal ${side} value. Expected a value ${words} ${bound}, but got ${found} instead.`,
      { parameter, code: `decimal_${side.replace(' ', '_')}_value` },
    )
  }
  return undefined
}

function stopRule({ stop }: Loose): Refusal | undefined {
  const count = stopsOf(stop).length
  if (count <= MOST_STOPS) return undefined
  return rule(
    `Invalid 'stop': array too long. Expected an array with maximum length ${MOST_STOPS}, but got an array with length ${count} instead.`,
    { parameter: 'stop', code: 'array_above_max_length' },
  )
}
