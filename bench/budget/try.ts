/**
 * One try: a crowd of children spends a budget, and the vendors' meter says what became of it.
 *
 * @module
 */
import type { FaultRuleInput, MeterRow } from '../../src/providers/simulated/index.ts'
import { createChance } from '../../test/support/chance.ts'
import type { ChildEnd, Spending } from '../workflows/spenders.ts'
import { AMPLE_SHARE, WORST_PICO } from './market.ts'
import type { BudgetStage } from './stage.ts'

/** Children at once. */
const CHILDREN = 64

/** More than the money pays for, so that every child hears a refusal in the end. */
const CALLS_PER_CHILD = 40

export interface Trial {
  readonly name: string
  readonly capPico: bigint
  /** The limit on the runs themselves; absent where their workspace has a budget. */
  readonly usd?: string
  readonly workspace: string
  /** Runs that share the children among them. */
  readonly roots: number
  readonly chance: () => number
  /** The vendors' faults come from it: the same with a budget as without. */
  readonly faultSeed: number
}

export interface Spent {
  readonly wallMs: number
  readonly answers: number
  /** What each child was answered: the same work, for a run without a budget. */
  readonly work: readonly Spending[]
  readonly billedPico: bigint
  /** Of the cap, when the first child was refused. */
  readonly utilisation: number
  /** The middle of what the calls of the usual class cost. */
  readonly usualPico: bigint
  readonly refused: number
}

/** Spends until nobody is admitted any more. */
export async function spendAll(stage: BudgetStage, trial: Trial): Promise<Spent> {
  const wishes = Array.from({ length: CHILDREN }, () => ({
    classes: Array.from({ length: CALLS_PER_CHILD }, () => (trial.chance() < AMPLE_SHARE ? 'ample' : 'usual')),
  }))
  await setFaults(stage, trial)
  const beganAtMs = Date.now()
  const { ends, wallMs } = await runCrowd(stage, trial, wishes)
  const rows = await closedRows(stage, beganAtMs)
  const refusedAtMs = await firstRefusal(stage, trial)
  const odd = ends.find(({ kind }) => kind !== 'out-of-budget')
  if (odd) throw new Error(`a child of ${trial.name} ended ${odd.kind}: ${odd.message ?? ''}`)
  return {
    wallMs,
    answers: ends.reduce((sum, { answers }) => sum + answers, 0),
    work: ends.map(({ answers }, at) => ({ classes: wishes[at]!.classes.slice(0, answers) })),
    billedPico: billed(rows),
    utilisation: share(billed(rows.filter(({ endedAtMs }) => endedAtMs! <= refusedAtMs)), trial.capPico),
    usualPico: middle(rows.filter(({ model, outcome }) => model === 'usual' && outcome === 'answered')),
    refused: ends.length,
  }
}

/** The same work under the same faults, and nobody who counts. */
export async function workFreely(stage: BudgetStage, trial: Trial, work: readonly Spending[]): Promise<number> {
  await setFaults(stage, trial)
  const { usd: _, ...free } = trial
  return (await runCrowd(stage, { ...free, name: `${trial.name}-free`, workspace: 'free' }, work)).wallMs
}

async function runCrowd({ signalbox }: BudgetStage, trial: Trial, work: readonly Spending[]) {
  const { name, roots, usd, workspace } = trial
  const each = work.length / roots
  const began = performance.now()
  const runs = await Promise.all(
    Array.from({ length: roots }, (_, at) =>
      signalbox.start('crowd', {
        id: `${name}-${at}`,
        input: work.slice(at * each, (at + 1) * each),
        workspace,
        ...(usd !== undefined && { budget: { usd } }),
      }),
    ),
  )
  const outcomes = await Promise.all(runs.map(run => run.outcome<readonly ChildEnd[]>()))
  const wallMs = performance.now() - began
  const lost = outcomes.find(({ kind }) => kind !== 'answered')
  if (lost) throw new Error(`a run of ${name} ended ${lost.kind}: ${lost.message ?? ''}`)
  return { wallMs, ends: outcomes.flatMap(({ output }) => output ?? []) }
}

/** When the first child was refused: its end is written a moment after. */
async function firstRefusal({ store }: BudgetStage, { name }: Trial): Promise<number> {
  const runs = await store.reports.runs({ limit: 10_000 })
  const ends = runs
    .filter(({ id, outcome }) => id.startsWith(`${name}-`) && outcome === 'out-of-budget')
    .map(({ endedAtMs }) => endedAtMs!)
  return Math.min(...ends)
}

/** The rows of a try, once all are closed. */
async function closedRows({ vendors }: BudgetStage, sinceMs: number): Promise<readonly MeterRow[]> {
  for (;;) {
    const rows = vendors.meter().filter(({ atMs }) => atMs >= sinceMs)
    if (rows.every(({ state }) => state === 'closed')) return rows
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

function billed(rows: readonly MeterRow[]): bigint {
  return rows.reduce((sum, { billedPico }) => sum + BigInt(billedPico), 0n)
}

function middle(rows: readonly MeterRow[]): bigint {
  const sorted = rows.map(({ billedPico }) => BigInt(billedPico)).toSorted((a, b) => (a < b ? -1 : 1))
  return sorted[sorted.length >> 1] ?? 0n
}

function share(part: bigint, whole: bigint): number {
  return Number((part * 10_000n) / whole) / 10_000
}

/** In a hundred requests about three are refused; in a whole try one breaks off in mid-answer and one is lost on its way. */
async function setFaults({ vendors }: BudgetStage, { faultSeed }: Trial): Promise<void> {
  const chance = createChance(faultSeed)
  for (const [at, { name }] of vendors.vendors.entries()) {
    const asked = vendors.meter().filter(({ vendor }) => vendor === name).length
    const some = (count: number) => Array.from({ length: count }, () => asked + 1 + Math.floor(chance() * 250))
    const faults: FaultRuleInput[] = [
      { kind: 'rate-limit', requests: some(4), retryAfterMs: 50, retryAfterIn: 'milliseconds' },
      { kind: 'overloaded', requests: some(4) },
      at === 0 ? { kind: 'cut', requests: some(1), afterTokens: 10 } : { kind: 'reset', requests: some(1) },
    ]
    await vendors.setFaults(name, faults)
  }
}

/** What a call may cost at most is at most 2 % of the cap and at least 20 times what it usually costs. */
export function premiseProblem({ capPico }: Pick<Trial, 'capPico'>, { usualPico }: Spent): string | undefined {
  if (WORST_PICO * 50n > capPico) return `the worst case of ${WORST_PICO} pico-dollars is over 2 % of the cap`
  if (usualPico * 20n <= WORST_PICO) return undefined
  return `the worst case of ${WORST_PICO} pico-dollars is under 20 times the usual ${usualPico}`
}
