/**
 * The agent runs of the simulation: 40 to 400 steps, prompts that grow with every tool result, and pauses from seconds to
 * minutes between the steps. They do not depend on who serves them.
 *
 * @module
 */
import { chanceOf, spreadOf } from './chance.ts'

export interface SimulatedStep {
  /** What the step adds to the prompt, the last answer aside. */
  readonly addedTokens: number
  readonly outputTokens: number
  /** From the answer until the next step: tools run, or a person reads. */
  readonly thinkMs: number
}

export interface SimulatedRun {
  readonly index: number
  readonly startMs: number
  readonly steps: readonly SimulatedStep[]
}

const RUNS = 30
const FEWEST_STEPS = 40
const MOST_STEPS = 400
/** A run every 20 minutes, so that what one has measured is not all forgotten when the next begins. */
const RUN_EVERY_MS = 1_200_000

export function drawRuns(seed: number, set: string): readonly SimulatedRun[] {
  return Array.from({ length: RUNS }, (_, index) => {
    const of = (...names: (string | number)[]) => chanceOf(seed, set, 'run', index, ...names)
    // As many runs of 40 to 126 steps as of 126 to 400.
    const length = Math.round(FEWEST_STEPS * (MOST_STEPS / FEWEST_STEPS) ** of('length'))
    const pace = 0.5 + of('pace')
    const steps = Array.from({ length }, (_, step) => drawStep(step, pace, (name: string) => of(step, name)))
    return { index, startMs: index * RUN_EVERY_MS, steps }
  })
}

/** Four pauses of five are a tool's, of seconds; the fifth is a person's or a build's, of minutes. */
function drawStep(step: number, pace: number, of: (name: string) => number): SimulatedStep {
  const added = spreadOf(step === 0 ? 6_000 : 350, 2.2, of('added'), of('added too'))
  const output = spreadOf(180, 1.8, of('output'), of('output too'))
  const long = of('long') < 0.08
  const think = spreadOf(long ? 150_000 : 6_000, 2.2, of('think'), of('think too'))
  return {
    addedTokens: Math.round(Math.min(20_000, added)),
    outputTokens: Math.round(Math.min(4_000, output)) + 1,
    thinkMs: Math.min(1_200_000, think) * pace,
  }
}
