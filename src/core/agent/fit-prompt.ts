/**
 * Decides whether a prompt is to become shorter before the next call, and how: pure, for it is part of the agent loop.
 *
 * @module
 */
import type { Addition, PromptBounds, PromptState, PromptView, TranscriptRef, WholeStep } from '../protocol.ts'
import { longResults, tokensFrom, tokensOfAdditions, tokensOfResult } from './prompt-state.ts'

/** What becomes of the prompt. `clear`: old results leave it, and `next` is its state then. */
export type PromptDecision =
  | { readonly do: 'keep' }
  | { readonly do: 'clear'; readonly next: PromptState }
  /** The messages of the prompt before `until` are to be summed up; then see {@link compacted}. */
  | { readonly do: 'compact'; readonly until: number }

export interface FitInput {
  readonly state: PromptState
  /** Of the transcript, before the additions. */
  readonly length: number
  readonly additions: readonly Addition[]
  readonly bounds: PromptBounds
  /** The step of the call that is about to be made. */
  readonly step: number
}

/** A view that changes more often than the prompt grows by this share would never leave the cache warm. */
const LEAST_FREED_SHARE = 0.1

/** What reading anew may cost, as a share of what reading the prompt from the cache costs over the same calls. */
const LOST_CACHE_SHARE = 0.25

const KEEP: PromptDecision = { do: 'keep' }

/**
 * Below the ceiling nothing changes: every change of the prompt's beginning makes the vendor read anew what follows it. At the
 * ceiling old tool results are cleared, as few as pay for that; when too little can be cleared, what is old is summed up;
 * and when neither helps, all long results are cleared, the newest too. That comes before summing up where it helps and a summary
 * would not: nobody pays for one that leaves the prompt too long.
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
 * The fewest of the oldest steps whose results are worth clearing: they free what is over and a tenth of the ceiling, and
 * reading anew what follows them, spread over the steps until the ceiling is reached again, costs at most a quarter of what
 * reading the prompt from the cache costs in these steps:
 * `rest × (1 − s) ÷ (freed ÷ growth) ≤ ¼ × s × ceiling`, in prices of a new token, `s` being the cached token's share.
 * Where no number of steps is that cheap, all of them: then it is the longest until the next time.
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

/** Up to the oldest step that is kept: an answer, so that no tool call is parted from its result. */
function compactUntil(state: PromptState, bounds: PromptBounds, length: number): number | undefined {
  const { keptSteps, ceiling } = bounds
  if (state.compactionFailed) return undefined
  // Without long results nothing marks the steps: the last answer alone is kept.
  const until = state.whole.slice(-keptSteps)[0]?.answer ?? length - 1
  const from = state.view?.compacted?.until ?? state.head
  return oldTokens(state, bounds) >= LEAST_FREED_SHARE * ceiling && until > from ? until : undefined
}

/** The tokens that a summary would take the place of. */
function oldTokens({ whole, tokens, headTokens }: PromptState, { keptSteps }: PromptBounds): number {
  return tokens - headTokens - sum(whole.slice(-keptSteps), tokensFrom)
}

/** The tokens that notes would take the place of, if all long results were cleared. */
function clearable({ state, additions }: FitInput): number {
  const added = longResults(additions).reduce((total, result) => total + tokensOfResult(result), 0)
  return added + sum(state.whole, ({ results }) => results)
}

/** The last resort. Notes in place of the newest results too: the model reads in parts what it needs. */
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

/** The state once the messages before `until` are summed up by the answer that ends `summary`. */
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

/** A summary: what it takes the place of, where it lies and how long it is. */
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
