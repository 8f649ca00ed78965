/**
 * What the agent loop knows of its prompt: enough to decide when to shorten it, and by how much.
 *
 * @module
 */
import type { Message, ToolMessage } from '../messages.ts'
import { type Part, tokensOfFile } from '../parts.ts'
import type { Addition, Answer, GivenMessage, PromptState, ToolResultRef, WholeStep } from '../protocol.ts'
import { filesShown, inWords } from '../tools/tool-content.ts'
import { isHandedOver } from './handed-over.ts'
import { jsonBytes } from './words.ts'

export const NEW_PROMPT: PromptState = { head: 0, headTokens: 0, tokens: 0, whole: [], clearings: 0, compactions: 0 }

/** Prose has about four bytes per token; JSON and code have fewer. */
const BYTES_PER_TOKEN = 3.5

export function tokensOfBytes(bytes: number): number {
  return Math.ceil(bytes / BYTES_PER_TOKEN)
}

/** The likely tokens of what a call adds. */
export function tokensOfAdditions(additions: readonly Addition[]): number {
  return additions.reduce((sum, addition) => sum + tokensOfAddition(addition), 0)
}

function tokensOfAddition(addition: Addition): number {
  if (addition.role === 'tool-results') return addition.results.reduce((sum, result) => sum + tokensOfResult(result), 0)
  if (addition.role === 'stored-text') return tokensOfBytes(addition.text.bytes)
  // Counted in the state already, which is handed over with it.
  if (isHandedOver(addition)) return 0
  return tokensOfMessage(addition)
}

export function tokensOfResult({ bytes, tokens }: ToolResultRef): number {
  return tokens ?? tokensOfBytes(bytes)
}

/** The likely tokens of a message. Files have rules of their own, because the bytes of a file or of a reference do not tell its tokens. */
export function tokensOfMessage(message: Message | GivenMessage): number {
  if (message.role === 'tool') return tokensOfResults(message)
  if (message.role !== 'user') return tokensOfBytes(jsonBytes(message))
  const parts: readonly Part[] = message.content
  const elsewhere = parts.filter(part => part.type !== 'text')
  if (elsewhere.length === 0) return tokensOfBytes(jsonBytes(message))
  const words = { ...message, content: parts.filter(part => part.type === 'text') }
  return elsewhere.reduce((sum, part) => sum + tokensOfPart(part), tokensOfBytes(jsonBytes(words)))
}

function tokensOfResults(message: ToolMessage): number {
  const shown = message.content.flatMap(part => (part.type === 'tool-result' ? filesShown(part.output) : []))
  if (shown.length === 0) return tokensOfBytes(jsonBytes(message))
  const content = message.content.map(part =>
    part.type === 'tool-result' ? { ...part, output: inWords(part.output) } : part,
  )
  return tokensOfBytes(jsonBytes({ ...message, content })) + shown.reduce((sum, file) => sum + tokensOfFile(file), 0)
}

function tokensOfPart(part: Exclude<Part, { type: 'text' }>): number {
  return part.type === 'file' ? tokensOfFile(part) : tokensOfBytes(part.text.bytes)
}

/** The results that are worth clearing: those in the store. Replacing a short one with a note would save nothing. */
export function longResults(additions: readonly Addition[]): readonly ToolResultRef[] {
  return additions.flatMap(addition => (addition.role === 'tool-results' ? addition.results : [])).filter(isStored)
}

const isStored = ({ stored }: ToolResultRef) => stored

/** The state after an answer, with what the call has added. */
export function addAnswer(state: PromptState, additions: readonly Addition[], answer: Answer): PromptState {
  const { transcript, known } = answer
  const tokens = known?.promptTokens ?? state.tokens + tokensOfAdditions(additions) + tokensOfBytes(answer.text.length)
  if (state.head === 0) return { ...state, head: transcript.length - 1, headTokens: tokens, tokens }
  const since = additions.findIndex(isHandedOver) + 1
  const headTokens = Math.max(state.headTokens, tokensOfAdditions(additions.slice(0, since)))
  const step = wholeStep(state, additions.slice(since), transcript.length, tokens)
  const whole = step ? [...state.whole, step] : withBehind(state.whole, tokens - state.tokens)
  return { ...state, headTokens, tokens, whole }
}

/** Adds the tokens of a step without clearable results to the last step that has some. */
function withBehind(whole: readonly WholeStep[], grown: number): readonly WholeStep[] {
  const last = whole.at(-1)
  if (!last || grown <= 0) return whole
  return [...whole.slice(0, -1), { ...last, behind: (last.behind ?? 0) + grown }]
}

/** The tokens in the prompt from this step up to the next one with clearable results. */
export function tokensFrom({ results, others, behind = 0 }: WholeStep): number {
  return results + others + behind
}

function wholeStep(
  { view, tokens: before }: PromptState,
  additions: readonly Addition[],
  length: number,
  tokens: number,
): WholeStep | undefined {
  const first = length - 1 - additions.length
  const long = longResults(additions)
  if (long.length === 0 || first < (view?.clearedBefore ?? 0)) return undefined
  const grown = Math.max(0, tokens - before)
  const bytes = long.reduce((sum, result) => sum + (result.tokens === undefined ? result.bytes : 0), 0)
  const shown = long.reduce((sum, result) => sum + (result.tokens ?? 0), 0)
  const results = Math.min(grown, tokensOfBytes(bytes) + shown)
  return { answer: first - 1, results, others: grown - results }
}
