/**
 * The transcript that a conversation must have left, message by message.
 *
 * @module
 */
import type { Message } from '../../../../src/core/messages.ts'
import { argumentsOf, type Conversation, closingOf, helperTag, type ToolAsk } from '../plan/conversations.ts'
import type { RunPlan } from '../plan/plan.ts'
import { AT_MOST_ONCE, PRICE_USD, resultOf, tooDear } from '../tool-results.ts'

/** One place of the transcript: what is wrong with the message that lies there, in words. */
export type Expected = (message: Message) => string | undefined

/** The run's plan, as far as its tools are concerned. */
type Terms = Pick<RunPlan, 'verdicts' | 'ends' | 'slice'>

export function expectedOf(conversation: Conversation, run: Terms): readonly Expected[] {
  const { system, user, turns, said, tag } = conversation
  return [
    ...(system === undefined ? [] : [isSystem(system)]),
    isUser(user),
    ...turns.flatMap((asks, index) => [
      isAsking(tag, asks),
      isResults(tag, asks, run),
      ...(said[index + 1] === undefined ? [] : [isUser(said[index + 1]!)]),
    ]),
    isClosing(conversation),
  ]
}

function isSystem(text: string): Expected {
  return message => (message.role === 'system' && message.content === text ? undefined : 'is not the instructions')
}

function isUser(text: string): Expected {
  return message =>
    message.role === 'user' && textOf(message) === text ? undefined : `is not what was said: '${text}'`
}

function isAsking(tag: string, asks: readonly ToolAsk[]): Expected {
  const expected = asks.map(ask => [ask.tool, argumentsOf(tag, ask)])
  return message => {
    if (message.role !== 'assistant') return 'is not an answer with tool calls'
    const calls = message.content.flatMap(part => (part.type === 'tool-call' ? [[part.toolName, part.input]] : []))
    return same(calls, expected) ? undefined : `asks for other tools than ${JSON.stringify(expected)}`
  }
}

function isResults(tag: string, asks: readonly ToolAsk[], run: Terms): Expected {
  return message => {
    if (message.role !== 'tool') return 'is not the results of the tools'
    const results = message.content.flatMap(part => (part.type === 'tool-result' ? [part] : []))
    if (results.length !== asks.length) return `has ${results.length} results for ${asks.length} calls`
    for (const [place, ask] of asks.entries()) {
      const { toolName, output } = results[place]!
      const value = 'value' in output ? output.value : undefined
      if (toolName !== ask.tool || !isResult(tag, ask, run, output.type, value))
        return `has a wrong result of ${ask.tool} at ${ask.at}: ${String(value).slice(0, 200)}`
    }
    return undefined
  }
}

function isResult(tag: string, { tool, at }: ToolAsk, run: Terms, type: string, value: unknown) {
  const verdict = run.verdicts[at]
  const once = AT_MOST_ONCE.has(tool)
  if (tool === 'helper') return type === 'text' && isSigned(String(value), closingOf(helperTag(tag)))
  if (verdict?.decision === 'deny') {
    const words = verdict.byDeadline ? 'denied: nobody approved it in time' : 'denied by the campaign'
    return type === 'error-text' && value === words
  }
  if (mayBeTooDear(tool, run) && type === 'error-text' && String(value).startsWith(tooDear(tool))) return true
  if (once && type === 'error-text') return String(value).startsWith(`${tool} was begun before and may or may not`)
  return type === (tool === 'break' ? 'error-text' : 'text') && value === resultOf(tool, tag, at)
}

function mayBeTooDear(tool: string, { ends, slice }: Terms): boolean {
  return PRICE_USD[tool] !== undefined && (slice !== undefined || ends.includes('out-of-budget'))
}

function isClosing({ text }: Conversation): Expected {
  return message => {
    if (message.role !== 'assistant') return 'is not an answer'
    if (message.content.some(part => part.type === 'tool-call')) return 'asks for tools and should not'
    const said = textOf(message)
    if (text === undefined) return isJson(said) ? undefined : `is no JSON: '${said}'`
    return isSigned(said, text) ? undefined : `is not the whole answer '${text}': '${said}'`
  }
}

/** The vendor's answer and its digest of all that it was sent. */
export function isSigned(said: string, text: string): boolean {
  return said.startsWith(`${text} [`) && /^ \[[0-9a-f]{6}\]$/.test(said.slice(text.length))
}

export function textOf({ content }: Message): string {
  if (typeof content === 'string') return content
  return content.map(part => (part.type === 'text' ? part.text : '')).join('')
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text.replace(/ \[[0-9a-f]{6}\]$/, '')) === 'object'
  } catch {
    return false
  }
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))
}

/** A vendor's wire may give the fields of an object in another order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}
