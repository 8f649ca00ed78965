/**
 * Plans the calls of a time anew under another configuration.
 *
 * @module
 */
import { type Backtest, backtest } from '../../core/backtest/backtest.ts'
import { uniform } from '../../core/uniform.ts'
import { loadWithoutKeys } from '../configuration/configuration-without-keys.ts'
import type { Records } from '../store/records.ts'

export type { ClassBacktest } from '../../core/backtest/backtest.ts'

export interface BacktestWish {
  /** The other configuration. */
  readonly config: string
  readonly sinceMs: number
  /** Not included. */
  readonly untilMs: number
  readonly taskClass?: string
  /** At most so many calls, the newest ones. @defaultValue 100000 */
  readonly limit?: number
}

export interface BacktestReport extends Backtest {
  /** The version of the other configuration. */
  readonly version: string
  readonly calls: number
}

/** A week of a busy worker; each takes some kilobytes while they are planned. */
const MOST_CALLS = 100_000

/** What no record can tell, whatever was recorded. */
export const CANNOT_KNOW: readonly string[] = [
  'whether other models would have answered as well, or gone another way with their tools',
  'how other models count the same prompt, and how long their answers would have been beyond the mean of the class',
  'which calls content rules would have kept from an endpoint: the prompts are not read again',
  'budgets, limits and outages of endpoints that were not asked then: every endpoint is taken as open',
  'hedges, repairs, escalations and steps down, beyond what they cost in the record',
]

/** @throws ConfigurationProblem with everything that is wrong with the other configuration. */
export async function backtestRecords(
  { reports }: Records,
  { config, sinceMs, untilMs, taskClass, limit = MOST_CALLS }: BacktestWish,
  env: NodeJS.ProcessEnv,
): Promise<BacktestReport> {
  // The keys that are set here say nothing of those that workers have.
  const { directory } = loadWithoutKeys(config, env)
  const calls = await reports.recorded({ sinceMs, untilMs, limit, ...(taskClass !== undefined && { taskClass }) })
  return { version: directory.catalogVersion, calls: calls.length, ...backtest(calls, directory, steadyChance()) }
}

/** The same for the same records, so that two configurations are held to the same chances. */
function steadyChance(): () => number {
  let drawn = 0
  return () => {
    drawn += 1
    return uniform(`trial ${drawn}`, 0.5)
  }
}
