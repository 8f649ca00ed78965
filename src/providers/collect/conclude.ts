/**
 * Whether what came is an answer. Anything that is not whole is a fault, never a shorter answer.
 *
 * @module
 */
import { JSONParseError, type LanguageModelV4FinishReason, TypeValidationError } from '@ai-sdk/provider'
import type { AttemptFaultKind, Fault } from '../../core/faults/fault.ts'
import type { Ask, ReplyAnswer } from '../../core/ports.ts'
import type { Dialect } from '../dialect.ts'
import { faultOf } from '../faults/fault-words.ts'
import { replyFault } from '../faults/reply-fault.ts'
import { originOf } from '../prepare/origin.ts'
import { contentOf, type ToolCallDraft, toolInput } from './answer-parts.ts'
import type { Collected, ReplyError } from './collector.ts'
import { reasonOf, saysMalformedCall } from './finish-reason.ts'

/** What a reply comes to. */
export type Conclusion =
  | { readonly kind: 'answer'; readonly answer: Pick<ReplyAnswer, 'message' | 'text' | 'finish'> }
  /** `whole`: the reply came to its end, and all of it was counted. */
  | { readonly kind: 'fault'; readonly fault: Fault; readonly whole?: true }

type Faulty = (kind: AttemptFaultKind, detail: string, code?: string) => Failure

/** Our code for a reply in which only a tool call is wrong: the model can be told so, and asked again. */
const TOOL_CALL = 'tool-call'

export function conclude(
  ask: Ask,
  dialect: Dialect,
  collected: Collected,
  headers: Readonly<Record<string, string>>,
): Conclusion {
  const { endpoint } = ask
  const fault: Faulty = (kind, detail, code) => ({
    kind: 'fault',
    fault: faultOf(endpoint.id, kind, code === undefined ? {} : { code }, detail),
  })
  const whole: Faulty = (...words) => ({ ...fault(...words), whole: true })
  const { finish, endWord, error, drafts, refused } = collected
  if (error?.body !== undefined)
    return { kind: 'fault', fault: replyFault(endpoint.id, dialect, { headers, body: error.body }, error.afterTokens) }
  if (error && isUnreadable(error)) return fault('malformed-reply', 'a chunk of its stream could not be read')
  if (finish && saysMalformedCall(finish)) return whole('malformed-reply', 'it made an impossible tool call', TOOL_CALL)
  const reason = finish && reasonOf(finish, endWord)
  if (error || !reason || reason === 'error' || reason === 'interrupted')
    return fault('cut-off', 'its reply ended without a finish')
  if (refused) return whole('refused', 'the model refused')
  if (reason === 'content-filter') return whole('refused', 'its content filter ended the answer')
  // The package has seen no reason for the end. Packages start with `other` and keep it if none comes; OpenRouter's makes up
  // `tool-calls`.
  const noReason = isMadeUp(reason) && finish?.raw === undefined && endWord === undefined
  const ending = { finish: reason, mayBeEmpty: beganWithItsEnd(ask, finish) }
  const answer = answerOf(endpoint, drafts, ending, noReason ? fault : whole)
  return answer.kind === 'answer' && noReason ? fault('cut-off', 'its reply ended without naming a reason') : answer
}

/**
 * Whether a package may have made up this reason by itself. `stop` is not one: with some packages it is only told by the end
 * event, without the vendor's word.
 */
function isMadeUp(reason: string): boolean {
  return reason === 'other' || reason === 'tool-calls'
}

/**
 * Whether the answer is empty because it began with a stop sequence. Anthropic, Amazon and Cohere have a word for that end; other
 * vendors do not tell it apart.
 */
function beganWithItsEnd({ settings }: Ask, { raw = '' }: LanguageModelV4FinishReason): boolean {
  return settings.stopSequences !== undefined && settings.stopSequences.length > 0 && /^stop_sequence$/i.test(raw)
}

interface Finished {
  readonly finish: 'stop' | 'length' | 'tool-calls' | 'other'
  readonly mayBeEmpty: boolean
}

type Failure = Extract<Conclusion, { kind: 'fault' }>

/**
 * Whether the package could not read a chunk: it was no JSON, or not of the package's shape. Any other error means that the
 * stream broke off.
 */
function isUnreadable({ error }: ReplyError): boolean {
  return JSONParseError.isInstance(error) || TypeValidationError.isInstance(error)
}

/** Names of tools have 64 characters at most, and all of them stand in a run's history. */
const MOST_NAME_CHARACTERS = 1_000

/** Gateways such as LiteLLM put what Gemini wants back of its thoughts into the id. It stands in the transcript alone, once. */
const MOST_ID_BYTES = 100_000

function isOverlong({ toolName, toolCallId, vendorId = toolCallId }: ToolCallDraft): boolean {
  return toolName.length > MOST_NAME_CHARACTERS || Buffer.byteLength(vendorId) > MOST_ID_BYTES
}

function answerOf(
  endpoint: Ask['endpoint'],
  drafts: Collected['drafts'],
  { finish, mayBeEmpty }: Finished,
  fault: Faulty,
): Conclusion {
  const calls = drafts.filter(draft => draft.type === 'tool-call')
  const truncated = finish === 'length'
  if (!truncated && calls.some(({ toolName }) => toolName === ''))
    return fault('malformed-reply', 'a tool call names no tool')
  if (!truncated && calls.some(isOverlong))
    return fault('malformed-reply', 'the name or the id of a tool call is far too long', TOOL_CALL)
  if (!truncated && calls.some(draft => toolInput(draft) === undefined))
    return fault('malformed-reply', 'the arguments of a tool call are not a JSON object, or nested too deep', TOOL_CALL)
  const text = drafts.map(draft => (draft.type === 'text' ? draft.text : '')).join('')
  if (!truncated && !mayBeEmpty && text === '' && calls.length === 0)
    return fault('malformed-reply', 'the answer is empty')
  const content = contentOf(drafts, originOf(endpoint), truncated)
  // Some servers say `stop` although they call tools. The calls decide.
  const ended = truncated ? 'length' : calls.length > 0 ? 'tool-calls' : finish === 'tool-calls' ? 'stop' : finish
  return { kind: 'answer', answer: { message: { role: 'assistant', content }, text, finish: ended } }
}
