/**
 * What came of a scenario.
 *
 * @module
 */
import type { Traffic } from './traffic.ts'

export interface ScenarioResult {
  readonly name: string
  readonly pass: boolean
  /** What was measured, each beside its unit. */
  readonly figures: Readonly<Record<string, number>>
  /** Each bound that was missed, in a sentence. */
  readonly problems: readonly string[]
}

/** A figure, what it must keep to, and whether it does. */
type Check = readonly [name: string, figure: number, relation: '<=' | '>=', bound: number]

/** Of the planned calls, how many are made at least: timers may come late on a busy machine. */
const MADE_SHARE = 0.9

/** Of all calls each of the two workers answers so many at least: no scenario is one worker's. */
const LEAST_OF_A_WORKER = 0.3

/** What holds in every scenario: nearly all planned calls were made, each of them was answered, and both workers took part. */
export function allServed(traffic: Traffic, planned: number): readonly Check[] {
  return [
    ['calls', traffic.begun, '>=', planned * MADE_SHARE],
    ['callsNotServed', traffic.begun - traffic.answered, '<=', 0],
    ['leastAnsweredByAWorker', traffic.leastAnsweredByAWorker, '>=', traffic.begun * LEAST_OF_A_WORKER],
  ]
}

export function judged(name: string, checks: readonly Check[]): ScenarioResult {
  const missed = checks.filter(
    ([, figure, relation, bound]) => !(relation === '<=' ? figure <= bound : figure >= bound),
  )
  return {
    name,
    pass: missed.length === 0,
    figures: Object.fromEntries(checks.map(([figure, value]) => [figure, value])),
    problems: missed.map(([figure, value, relation, bound]) => `${figure} is ${value}, not ${relation} ${bound}`),
  }
}
