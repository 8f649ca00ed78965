/**
 * What came of a scenario.
 *
 * @module
 */

export interface ScenarioResult {
  readonly name: string
  readonly pass: boolean
  /** What was measured, each beside its unit. */
  readonly figures: Readonly<Record<string, number>>
  /** Each bound that was missed, in a sentence. */
  readonly problems: readonly string[]
}

/** Of all calls each of the two workers answers so many at least: no scenario is one worker's. */
export const LEAST_OF_A_WORKER = 0.3

/** A figure, what it must keep to, and whether it does. */
export type Check = readonly [name: string, figure: number, relation: '<=' | '>=', bound: number]

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
