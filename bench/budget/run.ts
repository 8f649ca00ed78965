/**
 * `npm run bench:budget`: whether a budget holds while many spend it at once, how much of it is used before anybody is
 * refused, and what the holding costs in time. Judged on the vendors' meter.
 *
 * `--json` prints the figures alone; `--tries` and `--shared-tries` set how often, 0 leaves one out; `--seed` sets what all chance
 * comes from, `--first-token-ms` how soon vendors begin to answer. Exits with 1 when a bound is not kept.
 *
 * @module
 */
import { formatUsd } from '../../src/core/money/pico.ts'
import { createChance } from '../../test/support/chance.ts'
import { rounded } from '../numbers.ts'
import { onStage } from '../on-stage.ts'
import { report } from '../progress.ts'
import { readFlags, wholeNumber } from '../read-flags.ts'
import { WORST_PICO } from './market.ts'
import { type BudgetStage, type StageOptions, setBudgetStage } from './stage.ts'
import { premiseProblem, type Spent, spendAll, type Trial, workFreely } from './try.ts'

const options = readFlags(import.meta.filename, {
  json: { type: 'boolean' },
  tries: { type: 'string', default: '50' },
  'shared-tries': { type: 'string', default: '50' },
  seed: { type: 'string', default: '20261125' },
  'first-token-ms': { type: 'string', default: '20' },
})
const tries = wholeNumber('tries', options.tries, 0)
const sharedTries = wholeNumber('shared-tries', options['shared-tries'], 0)
const seed = wholeNumber('seed', options.seed, 0)
const firstTokenMs = wholeNumber('first-token-ms', options['first-token-ms'], 0)

/** The same work without a budget, under the same faults, is done after every so many tries. */
const FREE_EVERY = 3

interface Figures {
  readonly tries: number
  readonly overspends: number
  readonly meanUtilisation: number
  readonly minUtilisation: number
  /** All tries that have the same work without a budget beside them, over that. */
  readonly wallRatio: number
  readonly calls: number
  readonly callsPerSecond: number
}

interface Done {
  readonly spent: Spent
  readonly overspent: boolean
  readonly freeMs?: number
}

const tree = await bench('tree', tries, { workers: 1, store: 'sqlite' })
const shared = await bench('shared', sharedTries, { workers: 4, store: 'postgres' })
const figures = { ...tree, ...(shared && { shared }) }
console.log(options.json ? JSON.stringify(figures) : render())
const missed = [
  ...(tree ? missedBounds('one budget', tree) : []),
  ...(shared ? missedBounds('a shared budget', shared) : []),
]
for (const line of missed) report(line)
process.exitCode = missed.length > 0 ? 1 : 0

/** `tree`: one run tree with a budget. `shared`: runs of one workspace with a budget. Absent: none was wanted. */
async function bench(
  kind: 'tree' | 'shared',
  tries: number,
  where: Pick<StageOptions, 'workers' | 'store'>,
): Promise<Figures | undefined> {
  if (tries === 0) return undefined
  const chance = createChance(seed)
  const trials = Array.from({ length: tries + 1 }, (_, at) => trialOf(kind, at, chance))
  const budgets = kind === 'tree' ? {} : Object.fromEntries(trials.map(trial => [trial.name, formatUsd(trial.capPico)]))
  const set = () => setBudgetStage({ ...where, budgets, firstTokenMs })
  const work = async (stage: BudgetStage) => {
    // The first is to warm up.
    await carryOut(stage, trials[0]!, false)
    const done: Done[] = []
    for (const [at, trial] of trials.slice(1).entries()) done.push(await carryOut(stage, trial, at % FREE_EVERY === 0))
    return figuresOf(done)
  }
  return onStage(set, work)
}

function trialOf(kind: 'tree' | 'shared', at: number, chance: () => number): Trial {
  const capPico = (WORST_PICO * BigInt(50_000 + Math.floor(chance() * 15_000))) / 1_000n
  const each = { name: `${kind}-${at}`, capPico, chance, faultSeed: Math.floor(chance() * 2 ** 32) }
  if (kind === 'tree') return { ...each, roots: 1, usd: formatUsd(capPico), workspace: 'default' }
  return { ...each, roots: 4, workspace: each.name }
}

async function carryOut(stage: BudgetStage, trial: Trial, withFree: boolean): Promise<Done> {
  const spent = await spendAll(stage, trial)
  const problem = premiseProblem(trial, spent)
  if (problem !== undefined) throw new Error(`${trial.name} is no fair try: ${problem}`)
  const overspent = spent.billedPico > trial.capPico
  const freeMs = withFree ? await workFreely(stage, trial, spent.work) : undefined
  report(lineOf(trial, spent, overspent, freeMs))
  return { spent, overspent, ...(freeMs !== undefined && { freeMs }) }
}

function lineOf({ name, capPico }: Trial, spent: Spent, overspent: boolean, freeMs: number | undefined): string {
  const { billedPico, utilisation, answers, wallMs } = spent
  const money = `$${formatUsd(billedPico)} of $${formatUsd(capPico)}${overspent ? ' OVERSPENT' : ''}`
  const free = freeMs === undefined ? '' : `, ${(freeMs / 1000).toFixed(1)} s without a budget`
  return `${name}: ${money}, ${utilisation} before the first refusal, ${answers} answers in ${(wallMs / 1000).toFixed(1)} s${free}`
}

function figuresOf(done: readonly Done[]): Figures {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  const shares = done.map(({ spent }) => spent.utilisation)
  const pairs = done.filter(({ freeMs }) => freeMs !== undefined)
  const calls = sum(done.map(({ spent }) => spent.answers))
  return {
    tries: done.length,
    overspends: done.filter(({ overspent }) => overspent).length,
    meanUtilisation: rounded(sum(shares) / shares.length, 3),
    minUtilisation: Math.min(...shares),
    wallRatio: rounded(sum(pairs.map(({ spent }) => spent.wallMs)) / sum(pairs.map(({ freeMs }) => freeMs!)), 3),
    calls,
    callsPerSecond: rounded(calls / (sum(done.map(({ spent }) => spent.wallMs)) / 1_000), 3),
  }
}

function missedBounds(of: string, { overspends, meanUtilisation, wallRatio }: Figures): readonly string[] {
  return [
    ...(overspends > 0 ? [`${of}: ${overspends} tries overspent; none may`] : []),
    ...(meanUtilisation < 0.9 ? [`${of}: ${meanUtilisation} of the cap was used on average; it must be ≥ 0.9`] : []),
    ...(wallRatio > 1.5 ? [`${of}: it took ${wallRatio} times as long as without; it must be ≤ 1.5`] : []),
  ]
}

function render(): string {
  const words = (of: string, found: Figures) =>
    [
      `${of}: ${found.tries} tries, ${found.overspends} overspent`,
      `  used before the first refusal: ${found.meanUtilisation} on average, ${found.minUtilisation} at least`,
      `  time against the same work without a budget: ${found.wallRatio} (${found.callsPerSecond} calls a second)`,
    ].join('\n')
  return [
    ...(tree ? [words('one budget', tree)] : []),
    ...(shared ? [words('a shared budget, four workers', shared)] : []),
  ].join('\n')
}
