/**
 * Decides whether to shorten a prompt before the next call, and how. Pure, because it is part of the agent loop.
 *
 * @module
 */
import type { Addition, PromptBounds, PromptState, PromptView, TranscriptRef, WholeStep } from '../protocol.ts'
import { longResults, tokensFrom, tokensOfAdditions, tokensOfResult } from './prompt-state.ts'

/** What happens to the prompt. `clear`: old results are cleared, and `next` is its state after that. */
export type PromptDecision =
  | { readonly do: 'keep' }
  | { readonly do: 'clear'; readonly next: PromptState }
  /** The messages before `until` have to be summarised. After that, {@link compacted} gives the next state. */
  | { readonly do: 'compact'; readonly until: number }

export interface FitInput {
  readonly state: PromptState
  /** The number of messages in the transcript, before the additions. */
  readonly length: number
  readonly additions: readonly Addition[]
  readonly bounds: PromptBounds
  /** The step of the call that is about to be made. */
  readonly step: number
}

/**
 * The least share of the ceiling that a change must free. With smaller changes, the view would change so often that the vendor's
 * cache is never warm.
 */
const LEAST_FREED_SHARE = 0.1

/**
 * The most that a change may cost in lost cache, as a share of what reading the prompt from the cache costs over the same calls.
 */
const LOST_CACHE_SHARE = 0.25

const KEEP: PromptDecision = { do: 'keep' }

/**
 * Decides what happens to the prompt. Below the ceiling it stays as it is, because every change near its beginning makes the vendor read
 * what follows without its cache. Above the ceiling:
 *
 * 1. Old tool results are cleared, as few as pay for the lost cache.
 *
 * 2. If too little can be cleared, old messages are summarised.
 *
 * 3. If neither is enough, all long results are cleared, even the newest. If that helps and a summary would not, it is done instead of a
 * summary, because nobody should pay for a summary that leaves the prompt too long.
 */
export function fitPrompt(input: FitInput): PromptDecision {
  const { state, bounds, additions } = input
  const over = state.tokens + tokensOfAdditions(additions) - bounds.ceiling
  if (over <= 0 || state.head === 0) return KEEP
  const count = clearingThatPays(state, bounds, over)
  if (count !== undefined) return clear(input, state.whole[count - 1]!.answer + 2, count)
  const until = compactUntil(state, bounds, input.length)
  if (until === undefined || (oldTokens(state, bounds) < over && clearable(input) >= over)) return clearAll(input)
  return { do: 'compact', until }
}

/**
 * How many of the oldest steps to clear: the fewest that free what is over and a tenth of the ceiling, and whose clearing pays.
 *
 * Its cost is that the rest of the prompt is read anew: once, and so spread over the steps until the ceiling is reached again. It pays if
 * that comes to at most a quarter of what a step pays for reading the prompt from the cache. With `s` as the share that a cached token costs
 * of a new one, in prices of a new token: `rest × (1 − s) ÷ (freed ÷ growth) ≤ ¼ × s × ceiling`. If no number of steps is that cheap,
 * all of them are cleared, which postpones the next time the longest. `undefined` if not even that frees enough.
 */
function clearingThatPays({ whole }: PromptState, bounds: PromptBounds, over: number): number | undefined {
  const { ceiling, cachedShare, keptSteps } = bounds
  const all = sum(whole, step => step.results + step.others)
  const growth = whole.length === 0 ? 0 : all / whole.length
  const mostLost = LOST_CACHE_SHARE * cachedShare * ceiling
  let freed = 0
  let enough: number | undefined
  for (const [index, step] of whole.slice(0, Math.max(0, whole.length - keptSteps)).entries()) {
    freed += step.results
    if (freed < Math.max(1, over, LEAST_FREED_SHARE * ceiling)) continue
    enough = index + 1
    if (((all - freed) * (1 - cachedShare) * growth) / freed <= mostLost) break
  }
  return enough
}

/**
 * Where a summary would end: before the oldest step that is kept. That is at an answer, so no tool call is separated from its result.
 * `undefined` if a summary is not worth it, or has failed before.
 */
function compactUntil(state: PromptState, bounds: PromptBounds, length: number): number | undefined {
  const { keptSteps, ceiling } = bounds
  if (state.compactionFailed) return undefined
  // Without long results there are no known steps. Then only the last answer is kept.
  const until = state.whole.slice(-keptSteps)[0]?.answer ?? length - 1
  const from = state.view?.compacted?.until ?? state.head
  return oldTokens(state, bounds) >= LEAST_FREED_SHARE * ceiling && until > from ? until : undefined
}

/** The tokens that a summary would replace. */
function oldTokens({ whole, tokens, headTokens }: PromptState, { keptSteps }: PromptBounds): number {
  return tokens - headTokens - sum(whole.slice(-keptSteps), tokensFrom)
}

/** The tokens that would be freed if all long results were cleared. */
function clearable({ state, additions }: FitInput): number {
  const added = longResults(additions).reduce((total, result) => total + tokensOfResult(result), 0)
  return added + sum(state.whole, ({ results }) => results)
}

/** The last resort: clears even the newest results. The model can read them again in parts. */
function clearAll(input: FitInput): PromptDecision {
  const { state, length, additions } = input
  const before = longResults(additions).length > 0 ? length + 1 : length
  if (before <= (state.view?.clearedBefore ?? 0)) return KEEP
  if (state.whole.length === 0 && longResults(additions).length === 0) return KEEP
  return clear(input, before, state.whole.length)
}

function clear({ state, step }: FitInput, clearedBefore: number, count: number): PromptDecision {
  const { compacted: summed } = state.view ?? {}
  const view: PromptView = { since: step, by: 'clearing', clearedBefore, ...(summed && { compacted: summed }) }
  const freed = sum(state.whole.slice(0, count), ({ results }) => results)
  const next: PromptState = {
    ...state,
    view,
    tokens: Math.max(state.headTokens, state.tokens - freed),
    whole: state.whole.slice(count),
    clearings: state.clearings + 1,
  }
  return { do: 'clear', next }
}

/**
 * The state after a summary has replaced the messages before `until`. The summary is the last answer of the transcript `summary`.
 */
export function compacted(state: PromptState, { until, summary, summaryTokens, step, cut }: CompactedBy): PromptState {
  const whole = state.whole.filter(({ answer }) => answer >= until)
  const view: PromptView = {
    since: step,
    by: 'compaction',
    clearedBefore: Math.max(state.view?.clearedBefore ?? 0, until),
    compacted: { head: state.head, until, summary, ...(cut && { cut }) },
  }
  const tokens = state.headTokens + summaryTokens + sum(whole, tokensFrom)
  return { ...state, view, whole, tokens, compactions: state.compactions + 1 }
}

/** A summary: which messages it replaces, where it is stored and how long it is. */
export interface CompactedBy {
  readonly until: number
  readonly summary: TranscriptRef
  readonly summaryTokens: number
  readonly step: number
  readonly cut?: true
}

function sum(steps: readonly WholeStep[], of: (step: WholeStep) => number): number {
  return steps.reduce((total, step) => total + of(step), 0)
}
