import type { Answer, KnownPrompt, PromptView, TranscriptRef } from '../../core/protocol.ts'
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
      .selectAll()
      .where('run_key', '=', run.run_key)
      .where('answer', 'is not', null)
      .orderBy('step')
      .orderBy('begun_at_ms'),
  )
  const steps = new Map<number, StepReport>()
  for (const call of calls) {
    const answer = yield* answerOf(call)
    if (answer) steps.set(call.step, reportOf(call, answer))
  }
  return [...steps.values()]
}

function reportOf({ step, task_class, view, sums_up_for }: CallTable, { transcript, known }: Answer): StepReport {
  return {
    step,
    taskClass: task_class,
    transcript,
    ...(view !== null && { view: JSON.parse(view) as PromptView }),
    ...(known && { known }),
    ...(sums_up_for !== null && { sumsUp: true }),
  }
}
