import type { Answer, KnownPrompt, PromptView, TranscriptRef } from '../../core/protocol.ts'
import type { Usage } from '../../core/usage.ts'
import { answerOf } from '../ledger/call-rows.ts'
import { latestRun } from '../runs/latest-run.ts'
import type { CallTable } from '../schema.ts'
import { ask, type Work } from '../work.ts'

/** A step that has its answer. */
export interface StepReport {
  readonly step: number
  readonly taskClass: string
  /** With the answer, which is its last message. */
  readonly transcript: TranscriptRef
  /** What of the transcript stood in the prompt; absent: all of it. */
  readonly view?: PromptView
  /** With the answer. */
  readonly known?: KnownPrompt
  /** Of the prompt alone, as the vendor counted it. */
  readonly inputTokens?: number
  /** It is no step of the agent's: what came before is summed up for its next step. */
  readonly sumsUp?: true
}

/** The answered steps of a run, in order. Of a step that a reset run has asked anew, the way that it went last. */
export function* stepReports(runId: string): Work<StepReport[]> {
  const run = yield* latestRun(runId)
  if (!run) return []
  const calls = yield* ask(({ queries }) =>
    queries
      .selectFrom('calls')
      .leftJoin('attempts', 'attempts.attempt_id', 'calls.answer_attempt_id')
      .selectAll('calls')
      .select('attempts.usage')
      .where('calls.run_key', '=', run.run_key)
      .where('calls.answer', 'is not', null)
      .orderBy('calls.step')
      .orderBy('calls.begun_at_ms'),
  )
  const steps = new Map<number, StepReport>()
  for (const call of calls) {
    const answer = yield* answerOf(call)
    if (answer) steps.set(call.step, reportOf(call, answer))
  }
  return [...steps.values()]
}

/** The steps at which a run has made calls, in order. */
export function* askedSteps(runId: string): Work<number[]> {
  const run = yield* latestRun(runId)
  if (!run) return []
  const steps = yield* ask(({ queries }) =>
    queries.selectFrom('calls').select('step').distinct().where('run_key', '=', run.run_key).orderBy('step'),
  )
  return steps.map(({ step }) => step)
}

type Row = CallTable & { readonly usage: string | null }

function reportOf({ step, task_class, view, sums_up_for, usage }: Row, { transcript, known }: Answer): StepReport {
  const { inputTokens } = JSON.parse(usage ?? '{}') as Usage
  return {
    step,
    taskClass: task_class,
    transcript,
    ...(view !== null && { view: JSON.parse(view) as PromptView }),
    ...(known && { known }),
    ...(inputTokens !== undefined && { inputTokens }),
    ...(sums_up_for !== null && { sumsUp: true }),
  }
}
