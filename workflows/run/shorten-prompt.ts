/**
 * Keeps the prompt of an agent loop within its bounds: carries out what `fitPrompt` decides before a call.
 *
 * @module
 */
import { compacted, fitPrompt } from '../../src/core/agent/fit-prompt.ts'
import { SUM_UP } from '../../src/core/agent/sum-up.ts'
import type { Addition, AgentPlan, OutcomeKind, PromptState, TranscriptRef } from '../../src/core/protocol.ts'
import { type Asking, askModel } from './ask-model.ts'
import type { Book } from './book.ts'
import { outcomeOf } from './ended.ts'
import type { Inbox } from './inbox.ts'

/** A loop's prompt and the call that is about to add to it. */
export interface Growing {
  readonly prompt: PromptState
  readonly transcript: TranscriptRef
  readonly additions: readonly Addition[]
}

/**
 * What the next call sends; its cost, where a model had to sum up, is counted in the run. A promise only where a model is asked:
 * this is the path of every step.
 */
export function shortenPrompt(
  book: Book,
  inbox: Inbox,
  plan: AgentPlan,
  growing: Growing,
): PromptState | Promise<PromptState> {
  const { prompt: state, transcript, additions } = growing
  const { prompt: bounds } = plan
  if (!bounds) return state
  const decide = (of: PromptState) =>
    fitPrompt({ state: of, length: transcript.length, additions, bounds, step: book.step + 1 })
  const decision = decide(state)
  if (decision.do === 'keep') return state
  if (decision.do === 'clear') return shown(book, decision.next)
  return summedUp(book, inbox, plan, growing, decision.until, decide)
}

async function summedUp(
  book: Book,
  inbox: Inbox,
  plan: AgentPlan,
  { prompt: state, transcript }: Growing,
  until: number,
  decide: (of: PromptState) => ReturnType<typeof fitPrompt>,
): Promise<PromptState> {
  const asking = await sumUp(book, inbox, plan, { ...transcript, length: until }, state)
  if (!asking) {
    const next = decide({ ...state, compactionFailed: true })
    return next.do === 'clear' ? shown(book, next.next) : { ...state, compactionFailed: true }
  }
  const { answer, spent } = asking
  const summaryTokens = spent.usage.outputTokens ?? 0
  const shorter = compacted(state, { until, summary: answer.transcript, summaryTokens, step: book.step + 1 })
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

/** Without a summary the run goes on as long as its prompt fits anywhere. */
const GOES_ON: ReadonlySet<OutcomeKind | undefined> = new Set(['failed', 'refused'])

async function sumUp(
  book: Book,
  inbox: Inbox,
  { prompt: bounds, taskClass }: AgentPlan,
  transcript: TranscriptRef,
  { view }: PromptState,
): Promise<Asking | undefined> {
  try {
    const asked = {
      taskClass: bounds!.compactionClass,
      transcript,
      ...(view && { view }),
      additions: [SUM_UP],
      sumsUpFor: taskClass,
      words: 'sums up',
    }
    return await askModel(book, inbox, asked, asking => asking)
  } catch (error) {
    if (GOES_ON.has(outcomeOf(error)?.kind)) return undefined
    throw error
  }
}
