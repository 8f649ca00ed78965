/**
 * One run from its start to its end, with a person who decides what it asks.
 *
 * @module
 */
import type { Outcome } from '../../../src/core/protocol.ts'
import { RunEnded } from '../../../src/runtime/runs/run-ended.ts'
import type { RunHandle } from '../../../src/runtime/runs/run-handle.ts'
import type { Patience } from './patience.ts'
import { persist } from './persist.ts'
import type { RunPlan } from './plan/plan.ts'
import type { Stage } from './stage/stage.ts'

/** How a run ended, as its client sees it; `problem` where the client was not told. */
export interface Ended {
  readonly outcome?: Outcome
  readonly problem?: string
}

/** @param before - The end of the run that it is forked from. */
export async function followRun(
  stage: Stage,
  plan: RunPlan,
  patience: Patience,
  before?: Promise<unknown>,
): Promise<Ended> {
  try {
    await before
    const run = await persist(patience, () => begin(stage, plan))
    const deciding = Object.values(plan.verdicts).some(({ byDeadline }) => !byDeadline)
      ? decide(run, plan, patience)
      : Promise.resolve()
    // Should it fail before the run ends: it is awaited, and told, below.
    deciding.catch(() => {})
    const outcome = await patience.within(outcomeOf(run, plan, patience))
    await patience.within(deciding)
    return { outcome }
  } catch (error) {
    return { problem: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
  }
}

/** The part that a reset leaves is terminated, and its client hears of that first. */
async function outcomeOf(run: RunHandle, { kind }: RunPlan, patience: Patience): Promise<Outcome> {
  const outcome = await persist(patience, () => run.outcome())
  const isLeft = kind === 'reset' && outcome.kind === 'failed' && outcome.message === 'the run was terminated'
  return isLeft ? persist(patience, () => run.outcome()) : outcome
}

function begin({ signalbox }: Stage, { id, name, input, terms, fork }: RunPlan): Promise<RunHandle> {
  if (!fork) return signalbox.start(name, { id, input, ...terms })
  const { taskClass, labels } = terms
  // Nobody is there to allow what its tools would do a second time: the judge counts each run's for itself.
  return signalbox.fork(fork.run, { id, atStep: fork.atStep, taskClass: taskClass!, labels: labels!, actAgain: true })
}

/** Reads the run's events as any client does, from the last one on after an outage, and decides what is asked. */
async function decide(run: RunHandle, plan: RunPlan, patience: Patience): Promise<void> {
  let after = 0
  await persist(patience, async () => {
    for await (const event of run.events({ after })) {
      if (event.kind === 'approval-ask') await answer(run, plan, event)
      after = event.offset
    }
  })
}

async function answer(
  run: RunHandle,
  { verdicts }: RunPlan,
  { toolCallId, inputPreview }: { readonly toolCallId: string; readonly inputPreview: string },
): Promise<void> {
  const { at } = JSON.parse(inputPreview) as { readonly at: string }
  const verdict = verdicts[at]
  if (!verdict) throw new Error(`the plan knows no approval at ${at} of ${run.id}`)
  // Under an id, so that it may be said again where the answer was lost.
  if (verdict.say !== undefined) await run.say(verdict.say, { id: `say-${at}` })
  const by = { by: 'the campaign' }
  await unlessEnded(verdict.decision === 'approve' ? run.approve(toolCallId, by) : run.deny(toolCallId, by))
}

/** A decision whose answer was lost may have brought the run to its end. */
async function unlessEnded(deciding: Promise<unknown>): Promise<void> {
  try {
    await deciding
  } catch (error) {
    if (!(error instanceof RunEnded)) throw error
  }
}
