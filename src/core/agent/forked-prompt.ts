/**
 * What a fork knows of its prompt when it begins. The original run counted it step by step; here it is counted from the messages.
 *
 * @module
 */
import type { Message } from '../messages.ts'
import { tokensOfFile } from '../parts.ts'
import { type KnownPrompt, PREVIEW_BYTES, type PromptState, type PromptView, type WholeStep } from '../protocol.ts'
import { filesShown } from '../tools/tool-content.ts'
import { tokensOfBytes, tokensOfMessage } from './prompt-state.ts'
import { jsonBytes } from './words.ts'

/** What a fork begins with: the original run before the step that the fork repeats. */
export interface Forked {
  /** The whole transcript before that step, including what its view leaves out of the prompt. */
  readonly messages: readonly Message[]
  /** How many messages come before the first answer. */
  readonly head: number
  /** What of them was in that step's prompt. */
  readonly view?: PromptView
  /** What the vendor counted, including the step's answer. */
  readonly known?: KnownPrompt
  readonly answer?: Message
}

/** The tokens of the note that replaces a cleared result. */
const NOTE_TOKENS = 40

/** The state of a fork's prompt. It begins with the view of the repeated step. */
export function forkedPrompt({ messages, head, view, known, answer }: Forked): PromptState {
  const from = Math.max(view?.compacted?.until ?? 0, head)
  const headTokens = sumOf(messages.slice(0, head), tokensOfMessage)
  const rest = messages.slice(from)
  const clearedBefore = view?.clearedBefore ?? 0
  const estimate = headTokens + sumOf(rest, (message, at) => tokensIn(message, from + at < clearedBefore))
  const counted = known && known.promptTokens - (answer ? tokensOfMessage(answer) : 0)
  return {
    head,
    headTokens,
    tokens: Math.max(headTokens, counted ?? estimate),
    whole: wholeSteps(messages, Math.max(from, clearedBefore)),
    clearings: 0,
    compactions: 0,
    ...(view && { view: { ...view, since: 0 } }),
  }
}

/** The steps from a position on that have long results in the prompt, each with the tokens that it added up to and including the next answer. */
function wholeSteps(messages: readonly Message[], from: number): readonly WholeStep[] {
  const answers = messages.flatMap(({ role }, at) => (role === 'assistant' ? [at] : []))
  const steps = answers.map((answer, index): WholeStep => {
    const added = messages.slice(answer + 1, (answers[index + 1] ?? messages.length) + 1)
    const results = sumOf(added, longTokens)
    return { answer, results, others: Math.max(0, sumOf(added, tokensOfMessage) - results) }
  })
  const long = steps.filter(({ answer, results }) => results > 0 && answer + 1 >= from)
  return long.map((step, index) => {
    const until = long[index + 1]?.answer ?? messages.length
    const behind = sumOf(steps, ({ answer, others }) => (answer > step.answer && answer < until ? others : 0))
    return behind > 0 ? { ...step, behind } : step
  })
}

function tokensIn(message: Message, isCleared: boolean): number {
  if (!isCleared) return tokensOfMessage(message)
  const long = longTokens(message)
  return long === 0 ? tokensOfMessage(message) : Math.max(0, tokensOfMessage(message) - long) + NOTE_TOKENS
}

/** The tokens of results that can be cleared. */
function longTokens(message: Message): number {
  if (message.role !== 'tool') return 0
  const outputs = message.content.flatMap(part => (part.type === 'tool-result' ? [part.output] : []))
  const shown = sumOf(outputs.flatMap(filesShown), tokensOfFile)
  const sizes = outputs.map(output => {
    const bytes = 'value' in output ? jsonBytes(output.value) : 0
    return bytes > PREVIEW_BYTES && filesShown(output).length === 0 ? bytes : 0
  })
  return shown + tokensOfBytes(sumOf(sizes, bytes => bytes))
}

function sumOf<One>(all: readonly One[], of: (one: One, at: number) => number): number {
  return all.reduce((sum, one, at) => sum + of(one, at), 0)
}
