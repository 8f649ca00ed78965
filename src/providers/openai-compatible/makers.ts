/**
 * What DeepSeek and Moonshot want at their own addresses beyond OpenAI's format. Both think unless told not to.
 *
 * @module
 */
import { isRecord } from '../../core/json/is-record.ts'
import { type JsonRecord, listOf, recordOf, textOf } from '../json.ts'

/** Those of their models that think, by the address of each. */
const THINKERS: readonly (readonly [address: RegExp, models: RegExp])[] = [
  // https://api-docs.deepseek.com/guides/thinking_mode
  [/^https:\/\/api\.deepseek\.com(?:\/|$)/, /^deepseek-(?:v[4-9]|reasoner)/],
  // https://platform.kimi.ai/docs/guide/use-kimi-k2-thinking-model
  [/^https:\/\/api\.moonshot\.(?:ai|cn)\//, /^kimi-k(?:2\.[5-9]|2-thinking|[3-9])/],
]

/** How a body is to be changed so that they take it; `undefined` where it is as it stands. */
export function asMakersWant(baseUrl: string, upstream: string): ((body: JsonRecord) => JsonRecord) | undefined {
  const isThinker = THINKERS.some(([address, models]) => address.test(baseUrl) && models.test(upstream))
  if (!isThinker) return undefined
  return body => ({
    ...asItDraws(upstream, toldHowToThink(upstream, body)),
    messages: listOf(body.messages).map(withThoughts),
  })
}

/**
 * "invalid temperature: only 1 is allowed for this model", and 0.6 where it does not think: Moonshot advises to send none. Nor does it
 * take another share than 0.95, or a penalty other than 0: https://github.com/cecli-dev/cecli/issues/484
 */
function asItDraws(upstream: string, body: JsonRecord): JsonRecord {
  if (!HAS_SWITCH.test(upstream)) return body
  const { temperature: _, top_p: _share, presence_penalty: _said, frequency_penalty: _often, ...others } = body
  return others
}

const HAS_SWITCH = /^kimi-k(?:2\.[5-9]|[3-9])/

/**
 * "The `reasoning_content` in the thinking mode must be passed back to the API.": what another model has said has none, and an empty one
 * counts as missing. The stand-in says what was done, for DeepSeek repeats one that is always the same as its next answer:
 * https://github.com/Lingtai-AI/lingtai-kernel/issues/9
 */
function withThoughts(message: unknown): unknown {
  if (!isRecord(message) || message.role !== 'assistant' || message.reasoning_content) return message
  const calls = listOf(message.tool_calls).map(recordOf)
  const called = calls.map(call => `${String(recordOf(call.function).name)} (${String(call.id)})`).join(', ')
  return { ...message, reasoning_content: called || textOf(message.content)?.slice(0, LONGEST_STAND_IN) || ' ' }
}

const LONGEST_STAND_IN = 80

/** `none` is not a degree to them: thinking is switched off by another field. */
function toldHowToThink(upstream: string, { reasoning_effort: degree, ...body }: JsonRecord): JsonRecord {
  const alwaysThinks = upstream.startsWith('kimi-') && !HAS_SWITCH.test(upstream)
  if (degree === 'none') return alwaysThinks ? body : { thinking: { type: 'disabled' }, ...body }
  return degree === undefined ? body : { ...body, reasoning_effort: degree === 'minimal' ? 'low' : degree }
}
