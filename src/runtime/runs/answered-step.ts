/**
 * One answered step of a run in the store, for whoever reads its transcript or continues from it.
 *
 * @module
 */
import { knownAcrossCopies } from '../../core/across-copies.ts'
import type { RunName } from '../../core/protocol.ts'
import { ownerOf } from '../../core/runs/lineage-owner.ts'
import type { RunReport, StepReport, Store } from '../../store/index.ts'
import { unknownRun } from '../finding/unknown-run.ts'

/** The run has no such step to read or to fork at. The message names the existing ones. */
export class NoSuchStep extends Error {
  override readonly name = 'NoSuchStep'

  static {
    knownAcrossCopies(NoSuchStep, 'NoSuchStep')
  }
}

export interface AnsweredStep {
  readonly run: RunReport
  readonly found: StepReport
  /** The answered steps of the run, without those that only sum up what came before. */
  readonly asked: readonly StepReport[]
}

/**
 * @param step - Its number, or the last one that does not just sum up what came before.
 * @throws StoreProblem when the store has no such run; NoSuchStep when the run has no answer to that step, or when its content was purged,
 * or that of a run which it was forked from.
 */
export async function answeredStep(
  { reports, place }: Pick<Store, 'reports' | 'place'>,
  { id, key }: RunName,
  step: number | 'last',
): Promise<AnsweredStep> {
  const run = await reports.run(key)
  if (!run) throw unknownRun(id, place)
  const purged = await purgedWords(reports, run)
  if (purged !== undefined) throw new NoSuchStep(purged)
  const steps = await reports.steps(run.key)
  const asked = steps.filter(({ sumsUp }) => !sumsUp)
  const found = step === 'last' ? asked.at(-1) : steps.find(each => each.step === step)
  if (!found) throw new NoSuchStep(noStepWords(run, step, asked))
  return { run, found, asked }
}

/** A fork shares what the runs before it were told and said, so the first run in that chain whose content is gone is named. */
async function purgedWords(reports: Store['reports'], run: RunReport): Promise<string | undefined> {
  for (let its: RunReport | undefined = run; its; its = await forkedOf(reports, its)) {
    if (its.purgedAtMs === undefined) continue
    const day = new Date(its.purgedAtMs).toISOString().slice(0, 10)
    const whose =
      its === run ? `the content of run ${run.id}` : `run ${run.id} was forked from ${its.id}, whose content`
    return `${whose} was purged on ${day}, so nothing can continue from it; start a new run`
  }
  return undefined
}

/** By its key: its id may have been used again. A lineage is named after the run that began it. */
async function forkedOf(reports: Store['reports'], { forkedFrom }: RunReport): Promise<RunReport | undefined> {
  return forkedFrom && (await reports.run(ownerOf(forkedFrom.transcript.lineage)))
}

function noStepWords({ id }: RunReport, step: number | 'last', steps: readonly StepReport[]): string {
  const there = steps.length === 0 ? 'none yet' : rangesOf(steps.map(each => each.step)).join(', ')
  return `run ${id} has no answered step${typeof step === 'number' ? ` ${step}` : ''}; it has ${there}`
}

/** `1 to 4`, `7`. */
function rangesOf(steps: readonly number[]): readonly string[] {
  const starts = steps.filter(step => !steps.includes(step - 1))
  return starts.map(start => {
    let end = start
    while (steps.includes(end + 1)) end += 1
    return end === start ? String(start) : `${start} to ${end}`
  })
}
