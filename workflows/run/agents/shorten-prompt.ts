/**
 * Keeps the prompt of an agent loop within its bounds: carries out what `fitPrompt` decides before a call.
 *
 * @module
 */
import { compacted, fitPrompt, type PromptDecision } from '../../../src/core/agent/fit-prompt.ts'
import { SUM_UP } from '../../../src/core/agent/sum-up.ts'
import type { Addition, OutcomeKind, PromptState, TranscriptRef } from '../../../src/core/protocol.ts'
import type { Book } from '../book/book.ts'
import { outcomeOf } from '../lifetime/ended.ts'
import { type Answered, askModel } from '../model/ask-model.ts'
import { type AgentAtWork, callWords } from './agent-loop.ts'

/** The transcript of a loop and what its next call is about to add. */
export interface Growing {
  readonly transcript: TranscriptRef
  readonly additions: readonly Addition[]
}

/**
 * The state of the prompt for the next call. A promise only if a model has to sum up, whose cost is counted in the run: every step comes
 * through here.
 */
export function shortenPrompt(
  agent: AgentAtWork,
  { transcript, additions }: Growing,
): PromptState | Promise<PromptState> {
  const { book, plan, loop } = agent
  const { prompt: bounds } = plan
  if (!bounds) return loop.prompt
  const decide = (state: PromptState) =>
    fitPrompt({ state, length: transcript.length, additions, bounds, step: book.step + 1 })
  const decision = decide(loop.prompt)
  if (decision.do === 'keep') return loop.prompt
  if (decision.do === 'clear') return shown(book, decision.next)
  return summedUp(agent, { ...transcript, length: decision.until }, decide)
}

/** @param old - What is to be summed up. */
async function summedUp(
  agent: AgentAtWork,
  old: TranscriptRef,
  decide: (state: PromptState) => PromptDecision,
): Promise<PromptState> {
  const { book, loop } = agent
  const state = loop.prompt
  const asking = await sumUp(agent, old, state)
  if (!asking) {
    const next = decide({ ...state, compactionFailed: true })
    return next.do === 'clear' ? shown(book, next.next) : { ...state, compactionFailed: true }
  }
  const { answer, spent } = asking
  const summaryTokens = spent.usage.outputTokens ?? 0
  const by = { until: old.length, summary: answer.transcript, summaryTokens, step: book.step + 1 }
  const shorter = compacted(state, { ...by, ...(answer.truncated && { cut: true }) })
  // What is kept may be too long by itself.
  const next = decide(shorter)
  return shown(book, next.do === 'clear' ? next.next : shorter)
}

function shown(book: Book, state: PromptState): PromptState {
  const { clearings, compactions } = state
  const words = [
    clearings === 0 ? '' : `old results cleared ${clearings}×`,
    compactions === 0 ? '' : `summed up ${compactions}×`,
  ].filter(word => word !== '')
  book.promptWords = `prompt: ${words.join(', ')}, last before step ${book.step + 1}`
  return state
}

/** Ends of a summing call that do not end the run: it goes on without a summary as long as some endpoint and budget takes its prompt. */
const GOES_ON: ReadonlySet<OutcomeKind | undefined> = new Set(['failed', 'refused', 'out-of-budget'])

async function sumUp(
  agent: AgentAtWork,
  transcript: TranscriptRef,
  { view }: PromptState,
): Promise<Answered | undefined> {
  const { prompt: bounds, taskClass } = agent.plan
  try {
    const asked = {
      taskClass: bounds!.compactionClass,
      transcript,
      ...(view && { view }),
      additions: [SUM_UP],
      sumsUpFor: taskClass,
      words: callWords(agent, 'sums up'),
    }
    return await askModel(agent, asked, asking => asking)
  } catch (error) {
    if (GOES_ON.has(outcomeOf(error)?.kind)) return undefined
    throw error
  }
}
