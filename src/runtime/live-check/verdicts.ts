/**
 * What the replies to the tiny questions say of an endpoint.
 *
 * @module
 */
import type { Endpoint, Quirks } from '../../core/endpoints.ts'
import type { Fault } from '../../core/faults/fault.ts'
import type { ReplyAnswer, ReplyFault } from '../../core/ports.ts'
import type { QuestionKind } from './questions.ts'

/** `unasked`: nothing is said either way, because it is not claimed or another check failed before. */
type Verdict = 'yes' | 'no' | 'unasked'

export const CHECKS = ['reached', 'key', 'streaming', 'usage', 'tools', 'json'] as const

type Check = (typeof CHECKS)[number]

export type Verdicts = Readonly<Record<Check, Verdict>>

/** A reply, and whether its text came in pieces before its end. */
export interface Heard {
  readonly reply: ReplyAnswer | ReplyFault
  readonly streamed: boolean
}

export type Replies = ReadonlyMap<QuestionKind, Heard>

/** Faults of a vendor that was not there; any other shows that it was. */
const OUT_OF_REACH: ReadonlySet<Fault['kind']> = new Set(['unreachable', 'timed-out', 'cancelled'])

export function verdictsOf(replies: Replies, { stream }: Quirks): Verdicts {
  const text = replies.get('text')
  const fault = text?.reply.kind === 'fault' ? text.reply.fault : undefined
  const answered = text?.reply.kind === 'answer' ? text : undefined
  return {
    reached: text === undefined ? 'unasked' : fault && isOutOfReach(fault) ? 'no' : 'yes',
    key: keyVerdict(text, fault),
    streaming: stream === false || !answered ? 'unasked' : verdict(answered.streamed),
    usage: answered ? verdict(isCounted(answered.reply as ReplyAnswer)) : 'unasked',
    tools: abilityVerdict(replies.get('tools'), callsTool),
    json: abilityVerdict(replies.get('json'), isHealthJson),
  }
}

function keyVerdict(text: Heard | undefined, fault: Fault | undefined): Verdict {
  if (text === undefined || (fault && isOutOfReach(fault)) || fault?.evidence.code === 'package-missing')
    return 'unasked'
  return verdict(fault?.kind !== 'unauthenticated')
}

/** A status or a vendor's own words about time come from somebody who is there. What is no HTTP may come from anything, such as a proxy. */
function isOutOfReach({ kind, evidence }: Fault): boolean {
  const isNoHttp = kind === 'malformed-reply' && evidence.transport !== undefined
  return ((OUT_OF_REACH.has(kind) || isNoHttp) && evidence.status === undefined) || evidence.code === 'package-missing'
}

function isCounted({ usage }: ReplyAnswer): boolean {
  return usage.inputTokens !== undefined && usage.outputTokens !== undefined
}

function abilityVerdict(heard: Heard | undefined, holds: (answer: ReplyAnswer) => boolean): Verdict {
  if (heard === undefined) return 'unasked'
  return verdict(heard.reply.kind === 'answer' && holds(heard.reply))
}

function callsTool({ message }: ReplyAnswer): boolean {
  return message.content.some(part => part.type === 'tool-call')
}

function isHealthJson({ text }: ReplyAnswer): boolean {
  try {
    return typeof (JSON.parse(text) as { readonly well?: unknown } | null)?.well === 'boolean'
  } catch {
    return false
  }
}

function verdict(holds: boolean): Verdict {
  return holds ? 'yes' : 'no'
}

/** Why it failed, in words: the first fault, or what an answer lacked. `undefined` when nothing did. */
export function whyFailed(endpoint: Endpoint, replies: Replies, verdicts: Verdicts): string | undefined {
  for (const { reply } of replies.values()) if (reply.kind === 'fault') return reply.fault.message
  if (verdicts.tools === 'no') return `${endpoint.id} is configured with the ability tools, but answered without a call`
  if (verdicts.json === 'no') return `${endpoint.id} is configured to answer in JSON, but did not`
  if (verdicts.usage === 'no') return `${endpoint.id} did not report its tokens; the costs of its calls are unknown`
  if (verdicts.streaming === 'no')
    return `${endpoint.id} answered in one piece; set quirks: { stream: false } if it cannot stream`
  return undefined
}
