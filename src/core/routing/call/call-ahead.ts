/**
 * What is expected of a call: its output, how many more calls follow on its transcript, and the time between them.
 *
 * @module
 */
import type { KnownPrompt } from '../../protocol.ts'
import type { TaskClass } from '../../task-class.ts'
import type { PlanInput } from './plan-input.ts'

/** What is expected of a call, whatever endpoint it goes to. */
export interface CallAhead {
  readonly promptTokens: number
  /** The most output that the call asks for. */
  readonly outputTokens: number
  /** What a second is worth, in USD. */
  readonly secondsWorth: number
  /** How many calls are still expected on this transcript. */
  readonly rest: number
  /** How many tokens the prompt grows from call to call. */
  readonly growthTokens: number
  /** The usual time from one call to the next. */
  readonly gapMs: number
}

/** 0.0005 USD: 1.80 USD an hour, so that a second less is worth a tenth of a usual strong call. */
export const SECONDS_WORTH = 0.0005

/** How many calls are expected after an agent's first one. After n calls n more are expected, up to the longest rest. */
const FIRST_REST = 60
const LONGEST_REST = 200

/** Assumed until an agent has made its second call: half a minute between calls, and 1,000 tokens more in each. */
const USUAL_GAP_MS = 30_000
const USUAL_GROWTH = 1_000

/** Whether calls are expected to follow on this transcript: it is one that is known already, or the call offers tools. */
export function goesOn(known: KnownPrompt | undefined, offersTools: boolean): boolean {
  return known !== undefined || offersTools
}

/** A call that no other is expected to follow. */
export function callAlone(
  { secondsWorth = SECONDS_WORTH }: Pick<TaskClass, 'secondsWorth'>,
  promptTokens: number,
  outputTokens: number,
): CallAhead {
  return { promptTokens, outputTokens, secondsWorth, rest: 0, growthTokens: 0, gapMs: USUAL_GAP_MS }
}

/** What is expected of a call, from what is known of its transcript. */
export function callAhead({ needs, taskClass, known }: PlanInput): CallAhead {
  return {
    promptTokens: needs.promptTokens,
    outputTokens: needs.outputTokens,
    secondsWorth: taskClass.secondsWorth ?? SECONDS_WORTH,
    rest: goesOn(known, needs.abilities.includes('tools'))
      ? Math.min(LONGEST_REST, FIRST_REST + (known?.calls ?? 0))
      : 0,
    growthTokens: known?.grownTokens ?? USUAL_GROWTH,
    gapMs: known?.gapMs ?? USUAL_GAP_MS,
  }
}
