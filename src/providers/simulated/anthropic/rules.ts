/**
 * What Anthropic refuses beyond the tool loop: rules that a client learns of by its first 400. The sentences are the API's.
 *
 * @module
 */
import type { CacheMark } from '../ask.ts'
import { isGiven, isRecord, type Loose, listOf, numberOf, recordOf, textOf } from '../loose.ts'
import { pictureFlaw } from '../pictures.ts'
import { type Refusal, rule } from '../refusal.ts'
import { stopsOf } from '../stop.ts'
import type { AnthropicMessage } from './message.ts'

/** A block that carries a mark, by the name of its place. */
export interface Marked {
  readonly mark: CacheMark
  readonly position: string
}

/** The first rule that a request breaks. */
export function ruleRefusal(body: Loose, messages: readonly AnthropicMessage[]): Refusal | undefined {
  for (const [place, message] of messages.entries()) {
    const found = messageRule(message, { place, isLast: place === messages.length - 1 })
    if (found) return rule(found)
  }
  const found = thinkingRule(body) ?? toolsRule(body) ?? samplingRule(body)
  return found === undefined ? undefined : rule(found)
}

interface Place {
  readonly place: number
  readonly isLast: boolean
}

function messageRule({ role, blocks }: AnthropicMessage, { place, isLast }: Place): string | undefined {
  // Newer models take words of the system later on; the first ones have a field of their own.
  if (role !== 'user' && role !== 'assistant' && (role !== 'system' || place === 0)) return roleMessage(role, place)
  if (blocks.length === 0 && !(isLast && role === 'assistant'))
    return 'messages: all messages must have non-empty content except for the optional final assistant message'
  for (const [at, block] of blocks.entries()) {
    if (block.type === 'text' && textOf(block.text).trim() === '')
      return emptyMessage(block, `messages.${place}.content.${at}`)
    if (block.type === 'tool_use' && !isRecord(block.input))
      return `messages.${place}.content.${at}.tool_use.input: Input should be a valid dictionary`
    const found = pictureRule(block, `messages.${place}.content.${at}`)
    if (found !== undefined) return found
  }
  return role === 'user' ? resultsFirst(blocks, place) : trailingBlank(blocks, isLast)
}

const MOST_PICTURE_BYTES = 5 * 1024 * 1024

/** Of a picture, or of those that a tool gave. */
function pictureRule(block: Loose, position: string): string | undefined {
  if (block.type === 'tool_result')
    return listOf(block.content)
      .map((inner, at) => pictureRule(inner, `${position}.content.${at}`))
      .find(found => found !== undefined)
  const source = recordOf(block.source)
  if (block.type !== 'image' || source.type !== 'base64') return undefined
  const data = textOf(source.data)
  const at = `${position}.image.source.base64`
  if (data.length > MOST_PICTURE_BYTES)
    return `${at}: image exceeds 5 MB maximum: ${data.length} bytes > ${MOST_PICTURE_BYTES} bytes`
  const flaw = pictureFlaw(textOf(source.media_type), data)
  if (flaw === 'type') return `${at}.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'`
  return flaw && `${at}.data: Could not process image`
}

function roleMessage(role: string, place: number): string {
  if (role === 'system')
    return `messages: Unexpected role "system". The Messages API accepts a top-level \`system\` parameter, not "system" as an input message role.`
  return `messages.${place}.role: Input should be 'user' or 'assistant'`
}

function emptyMessage(block: Loose, position: string): string {
  if (block.cache_control) return `${position}.text: cache_control cannot be set for empty text blocks`
  if (textOf(block.text) === '') return 'messages: text content blocks must be non-empty'
  return 'messages: text content blocks must contain non-whitespace text'
}

/** Words before the results of a step: the calls then count as unanswered. */
function resultsFirst(blocks: readonly Loose[], place: number): string | undefined {
  const isResult = ({ type }: Loose) => type === 'tool_result'
  const first = blocks.findIndex(isResult)
  const late = blocks.findLastIndex(isResult)
  const between = blocks.findIndex((block, at) => !isResult(block) && at < late)
  if (first < 0 || between < 0) return undefined
  const id = textOf(blocks[late]!.tool_use_id)
  return `messages.${place - 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${id}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`
}

function trailingBlank(blocks: readonly Loose[], isLast: boolean): string | undefined {
  const last = blocks.at(-1)
  const isBlank = isLast && last?.type === 'text' && /\s$/.test(textOf(last.text))
  return isBlank ? 'messages: final assistant content cannot end with trailing whitespace' : undefined
}

const LEAST_BUDGET = 1024

/** Of the likeliest words, while it thinks. */
const LEAST_SHARE = 0.95

function thinkingRule(body: Loose): string | undefined {
  const { type, budget_tokens: budget } = recordOf(body.thinking)
  if (type !== 'enabled' && type !== 'adaptive') return undefined
  const choice = recordOf(body.tool_choice).type
  if (choice === 'any' || choice === 'tool') return 'Thinking may not be enabled when tool_choice forces tool use.'
  if (body.temperature !== undefined && body.temperature !== 1)
    return '`temperature` may only be set to 1 when thinking is enabled.'
  if (isGiven(body.top_k)) return '`top_k` must be unset when thinking is enabled.'
  if ((numberOf(body.top_p) ?? 1) < LEAST_SHARE)
    return '`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.'
  if (type === 'adaptive') return undefined
  const tokens = numberOf(budget)
  if (tokens === undefined) return 'thinking.enabled.budget_tokens: Field required'
  if (tokens < LEAST_BUDGET)
    return `thinking.enabled.budget_tokens: Input should be greater than or equal to ${LEAST_BUDGET}`
  return tokens < (numberOf(body.max_tokens) ?? 0)
    ? undefined
    : '`max_tokens` must be greater than `thinking.budget_tokens`.'
}

function toolsRule(body: Loose): string | undefined {
  const names = listOf(body.tools).map(({ name }) => textOf(name))
  if (new Set(names).size < names.length) return 'tools: Tool names must be unique.'
  const choice = recordOf(body.tool_choice)
  if (choice.type === undefined) return undefined
  if (names.length === 0) return 'tool_choice: `tool_choice` may only be specified while providing `tools`.'
  if (choice.type !== 'tool' || names.includes(textOf(choice.name))) return undefined
  return `tool_choice: Tool '${textOf(choice.name)}' not found in provided tools`
}

function samplingRule(body: Loose): string | undefined {
  const unknown = ['seed', 'stop', 'presence_penalty', 'frequency_penalty'].find(name => isGiven(body[name]))
  if (unknown !== undefined) return `${unknown}: Extra inputs are not permitted`
  if ((numberOf(body.temperature) ?? 0) > 1) return 'temperature: range: 0..1'
  if (isGiven(body.temperature) && isGiven(body.top_p))
    return '`temperature` and `top_p` cannot both be specified for this model. Please use only one.'
  const isBlank = stopsOf(body.stop_sequences).some(stop => stop.trim() === '')
  return isBlank ? 'stop_sequences: each stop sequence must contain non-whitespace' : undefined
}

/** What is kept longer stands before what is kept for a shorter time. */
export function brokenMarkOrder(marked: readonly Marked[]): Refusal | undefined {
  const short = marked.findIndex(({ mark }) => mark === '5m')
  const late = short < 0 ? undefined : marked.find(({ mark }, at) => mark === '1h' && at > short)
  return (
    late &&
    rule(
      `${late.position}.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. Note that blocks are processed in the following order: \`tools\`, \`system\`, \`messages\`.`,
    )
  )
}
