/**
 * A loop of model calls against a loop of activities that do nothing, alone and 16 at once.
 *
 * The difference is what Signalbox adds to Temporal: the workflow's bookkeeping, planning, the ledger and journal on SQLite,
 * the provider's package, HTTP to a vendor in another process. Not measured: a vendor's thinking time, tools, long
 * transcripts, PostgreSQL, a Temporal cluster, and readers who follow a run's events meanwhile.
 *
 * @module
 */
import { measure, type Sample } from './measure.ts'
import { median, rounded } from './numbers.ts'
import { report } from './progress.ts'
import type { Side, Stage } from './stage.ts'

export interface LoopBench {
  readonly ourMsPerStep: number
  readonly bareMsPerStep: number
  /** The bare loop's time over ours: 1 would be a Signalbox that costs nothing. */
  readonly ratio: number
  readonly eventsPerStep: number
  readonly bareEventsPerStep: number
  /** What our worker's process uses for a step more than the bare one's. */
  readonly addedCpuMs: number
}

export interface ParallelBench {
  readonly ourStepsPerSecond: number
  readonly bareStepsPerSecond: number
  readonly ratio: number
}

export const STEPS = 300
export const PARALLEL_RUNS = 16

/** Noise on a small shared machine is about 25 % a round. */
export const LOOP_ROUNDS = 7

/** A worker's CPU a step falls by a quarter over its first thousand steps, while its code is compiled: those count for no side. */
const WARM_UP_ROUNDS = 3
export const PARALLEL_ROUNDS = 3

interface Rounds {
  readonly ours: readonly Sample[]
  readonly bare: readonly Sample[]
}

/** Loops one run at a time; the first rounds of each side warm up and do not count. */
export async function benchLoop(stage: Stage): Promise<LoopBench> {
  await alternate(stage, WARM_UP_ROUNDS, { runs: 1, steps: STEPS })
  const { ours, bare } = await alternate(stage, LOOP_ROUNDS, { runs: 1, steps: STEPS }, report)
  const wall = { ours: medianOf(ours, 'wallMs'), bare: medianOf(bare, 'wallMs') }
  return {
    ourMsPerStep: rounded(wall.ours, 2),
    bareMsPerStep: rounded(wall.bare, 2),
    ratio: rounded(wall.bare / wall.ours, 3),
    eventsPerStep: rounded(medianOf(ours, 'events'), 3),
    bareEventsPerStep: rounded(medianOf(bare, 'events'), 3),
    addedCpuMs: rounded(medianOf(ours, 'cpuMs') - medianOf(bare, 'cpuMs'), 2),
  }
}

/** Runs 16 loops at once. */
export async function benchParallel(stage: Stage): Promise<ParallelBench> {
  const { ours, bare } = await alternate(stage, PARALLEL_ROUNDS, { runs: PARALLEL_RUNS, steps: STEPS }, report)
  const perSecond = { ours: 1_000 / medianOf(ours, 'wallMs'), bare: 1_000 / medianOf(bare, 'wallMs') }
  return {
    ourStepsPerSecond: rounded(perSecond.ours, 1),
    bareStepsPerSecond: rounded(perSecond.bare, 1),
    ratio: rounded(perSecond.ours / perSecond.bare, 3),
  }
}

/** Ours, bare, ours, bare …, so that a machine that slows down slows both. */
async function alternate(
  stage: Stage,
  rounds: number,
  size: { readonly runs: number; readonly steps: number },
  tell: (line: string) => void = () => {},
): Promise<Rounds> {
  const samples: { ours: Sample[]; bare: Sample[] } = { ours: [], bare: [] }
  for (let turn = 1; turn <= rounds; turn += 1)
    for (const name of ['ours', 'bare'] as const) {
      const side: Side = stage[name]
      const sample = await measure(side, size)
      samples[name].push(sample)
      tell(
        `${size.runs} at once, round ${turn} of ${rounds}, ${name}: ` +
          `${sample.wallMs.toFixed(2)} ms and ${sample.cpuMs.toFixed(2)} ms of the worker's CPU a step`,
      )
    }
  return samples
}

const medianOf = (samples: readonly Sample[], of: keyof Sample) => median(samples.map(sample => sample[of]))
