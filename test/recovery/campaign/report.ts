/**
 * The figures of all campaigns.
 *
 * @module
 */
import { type Problem, type ProblemKind, tally } from './judge/judge.ts'
import type { Counts } from './strikes.ts'

/** One campaign. */
export interface Told extends Counts {
  readonly seed: number
  readonly runs: number
  readonly problems: readonly Problem[]
}

const COUNTED = [
  'truncated',
  'doubled',
  'lost',
  'atMostOnceViolations',
  'exactMismatch',
  'outsideBounds',
  'reservationsLeft',
  'overspent',
  'leaked',
] as const satisfies readonly ProblemKind[]

export type Figures = Counts & { readonly runs: number } & Readonly<Record<(typeof COUNTED)[number], number>> & {
    readonly failedSeeds: readonly number[]
  }

export function figuresOf(told: readonly Told[]): Figures {
  const problems = told.flatMap(campaign => campaign.problems)
  const sum = (of: (campaign: Told) => number) => told.reduce((total, campaign) => total + of(campaign), 0)
  return {
    runs: sum(({ runs }) => runs),
    kills: sum(({ kills }) => kills),
    serverRestarts: sum(({ serverRestarts }) => serverRestarts),
    databaseRestarts: sum(({ databaseRestarts }) => databaseRestarts),
    ...(Object.fromEntries(COUNTED.map(kind => [kind, tally(problems, kind)])) as Record<
      (typeof COUNTED)[number],
      number
    >),
    failedSeeds: told.filter(campaign => campaign.problems.length > 0).map(({ seed }) => seed),
  }
}

export function renderFigures(figures: Figures): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name.padEnd(22)} ${Array.isArray(value) ? value.join(', ') || 'none' : String(value)}`)
    .join('\n')
}
