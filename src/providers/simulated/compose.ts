/**
 * From what was asked to an answer: the script's behaviours first, else a value for a schema, else prose.
 *
 * @module
 */
import { type Ask, type Json, textWithin, tokensIn } from './ask.ts'
import type { FaultRule } from './fault-rule.ts'
import { numberWithin, proseOf } from './prose.ts'
import type { CallPart, Finish, ReplyPart } from './reply.ts'
import { valueFor } from './schema-value.ts'
import { schemaInWords } from './schema-words.ts'
import type { ModelSettings, ScriptedTurn } from './script.ts'
import type { Signer } from './signatures.ts'
import { untilStop } from './stop.ts'

/** A tool call costs this besides its name and arguments. */
const TOKENS_PER_CALL = 4
/** Where a fault of length cuts when the rule does not say. */
const SHORT_TOKENS = 8

export interface Composing {
  readonly ask: Ask
  readonly model: ModelSettings
  /** What the script says. */
  readonly turn: ScriptedTurn | undefined
  readonly signer: Signer
  readonly digest: string
  /** What the ids of its tool calls begin with. */
  readonly callWord: string
  /** What the window leaves for the answer. */
  readonly roomTokens: number
  readonly fault: FaultRule | undefined
}

export interface Composed {
  readonly parts: readonly ReplyPart[]
  readonly finish: Finish
  readonly stopSequence?: string
}

/** The answer, within the request's limit. The same request gives the same answer. */
export function compose(composing: Composing): Composed {
  const { ask, model, fault } = composing
  if (fault?.kind === 'empty-answer') return { parts: [], finish: 'stop' }
  if (fault?.kind === 'content-filter') return { parts: [], finish: 'content-filter' }
  const wanted = [...thoughtsOf(composing), ...wantedParts(composing)]
  const { parts: whole, stopSequence } = untilStop(wanted, ask.stops ?? [])
  if (fault?.kind === 'broken-tool-json') return { parts: broken(whole, composing), finish: 'broken-call' }
  const shortened = fault?.kind === 'length' ? (fault.afterTokens ?? SHORT_TOKENS) : Number.POSITIVE_INFINITY
  const limit = Math.min(ask.maxOutput ?? model.maxOutput, composing.roomTokens, shortened)
  const parts = partsWithin(whole, limit, composing.signer)
  if (parts.length < whole.length || parts.at(-1)?.tokens !== whole.at(-1)?.tokens) return { parts, finish: 'length' }
  if (stopSequence !== undefined) return { parts, finish: 'stop', stopSequence }
  return { parts, finish: whole.some(part => part.kind === 'tool-call') ? 'tool-calls' : 'stop' }
}

function isThinking({ ask, model }: Composing): boolean {
  return ask.thinks && model.reasoningTokens > 0
}

function thoughtsOf(composing: Composing): ReplyPart[] {
  if (!isThinking(composing)) return []
  const { model, signer, digest } = composing
  const tokens = model.reasoningTokens
  const text = textWithin(proseOf(seedOf(digest) + 1, tokens), tokens)
  return [{ kind: 'reasoning', text, tokens, signature: signer.sign(text), sealed: signer.seal(digest) }]
}

function wantedParts(composing: Composing): ReplyPart[] {
  const { ask, turn } = composing
  const calls =
    ask.tools.length > 0 && ask.toolChoice !== 'none'
      ? (turn?.tools ?? forcedCall(composing) ?? callInWords(composing))
      : undefined
  if (!calls) return [textPart(answerText(composing), composing)]
  const remark = turn?.text === undefined ? [] : [textPart(turn.text, composing)]
  return [...remark, ...calls.map((call, callIndex) => callPart(call, callIndex, composing))]
}

/** A request that demands a tool call gets one: the tool it names, else the last, where clients put their answer's shape. */
function forcedCall({ ask, digest, turn }: Composing): ScriptedTurn['tools'] {
  const choice = ask.toolChoice
  if (choice === 'auto' || choice === 'none') return undefined
  const tool = choice === 'required' ? ask.tools.at(-1) : ask.tools.find(({ name }) => name === choice.name)
  if (!tool) return undefined
  const value = turn?.value ?? valueFor(tool.inputSchema, digest)
  return [{ name: tool.name, arguments: value as Record<string, never> }]
}

/** What no script answers and is told in words to call a tool does so once, as `config check --live` asks for it. */
function callInWords({ ask, digest, turn }: Composing): ScriptedTurn['tools'] {
  if (turn || ask.turns.some(isRound)) return undefined
  const [, named] = /\bcall the tool ([\w-]+)/i.exec(ask.firstUserText) ?? []
  const tool = ask.tools.find(({ name }) => name === named)
  return tool && [{ name: tool.name, arguments: valueFor(tool.inputSchema, digest) as Record<string, never> }]
}

const isRound = ({ role, calls }: Ask['turns'][number]) => role === 'assistant' && calls.length > 0

function answerText({ ask, model, digest, fault, turn }: Composing): string {
  // Whoever is asked for JSON in words alone may give it too.
  if (turn?.value !== undefined && (ask.schema !== undefined || turn.text === undefined))
    return valueText(turn.value, fault)
  const shape = typeof ask.schema === 'object' ? ask.schema : (schemaInWords(ask.system) ?? ask.schema)
  if (shape !== undefined && (ask.schema !== undefined || turn?.text === undefined))
    return valueText(valueFor(shape, digest), fault)
  const text = turn?.text ?? proseOf(seedOf(digest), numberWithin(seedOf(digest), model.answerTokens))
  return `${text} [${digest}]`
}

function valueText(value: Json, fault: FaultRule | undefined): string {
  const text = JSON.stringify(value)
  if (fault?.kind === 'broken-value') return text.slice(0, -1)
  return fault?.kind === 'wrong-value' ? JSON.stringify(Object.fromEntries(Object.entries(value ?? {}).slice(1))) : text
}

function textPart(text: string, composing: Composing): ReplyPart {
  const part = { kind: 'text', text, tokens: tokensIn(text.length) } as const
  return isThinking(composing) ? { ...part, signature: composing.signer.seal(composing.digest) } : part
}

function callPart(call: NonNullable<ScriptedTurn['tools']>[number], callIndex: number, composing: Composing): CallPart {
  const { signer } = composing
  const text = JSON.stringify(call.arguments)
  const id = `${composing.callWord}${callIndex}`
  return {
    kind: 'tool-call',
    text,
    tokens: tokensIn(text.length) + tokensIn(call.name.length) + TOKENS_PER_CALL,
    id,
    name: call.name,
    value: call.arguments,
    callIndex,
    ...(isThinking(composing) && callIndex === 0 && { signature: signer.seal(id) }),
  }
}

/** Keeps what fits; the part at the limit is cut in its text, which leaves a tool call's arguments as broken JSON. */
function partsWithin(parts: readonly ReplyPart[], limit: number, signer: Signer): ReplyPart[] {
  const kept: ReplyPart[] = []
  let left = limit
  for (const part of parts) {
    if (part.tokens <= left) kept.push(part)
    else {
      const overhead = part.tokens - tokensIn(part.text.length)
      const text = textWithin(part.text, left - overhead)
      if (left > overhead) kept.push(cutPart({ ...part, text, tokens: left }, signer))
      return kept
    }
    left -= part.tokens
  }
  return kept
}

/** A thought that was cut is signed as it stands, and a call that was cut has no value. */
function cutPart(part: ReplyPart, signer: Signer): ReplyPart {
  if (part.kind === 'reasoning') return { ...part, signature: signer.sign(part.text) }
  return part.kind === 'tool-call' ? { ...part, value: undefined } : part
}

function broken(parts: readonly ReplyPart[], composing: Composing): ReplyPart[] {
  const thoughts = parts.filter(part => part.kind === 'reasoning')
  const called = parts.find(part => part.kind === 'tool-call')
  const call = called ?? callPart({ name: composing.ask.tools[0]!.name, arguments: {} }, 0, composing)
  const text = `${call.text.slice(0, -1)}, "path": "rep`
  const tokens = call.tokens - tokensIn(call.text.length) + tokensIn(text.length)
  return [...thoughts, { ...call, value: undefined, text, tokens }]
}

function seedOf(digest: string): number {
  return Number.parseInt(digest, 16)
}
