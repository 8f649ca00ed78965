/**
 * The shared budgets of a configuration and how they stand in the store, for people.
 *
 * @module
 */
import { nearest } from '../../catalog/index.ts'
import type { SharedBudget } from '../../core/budgets/shared-budget.ts'
import { limitAt } from '../../core/budgets/shared-limit.ts'
import { parseUsd } from '../../core/money/pico.ts'
import type { BudgetPort, BudgetStanding } from '../../core/ports.ts'
import { openStore, type StoreSettings } from '../../store/index.ts'
import { ConfigurationProblem, loadConfiguration } from '../configuration/configuration.ts'
import { storeSettings } from './store-settings.ts'

export interface BudgetReport {
  readonly budget: SharedBudget
  /** In the period that it is now. */
  readonly standing: BudgetStanding
}

/** What somebody sets; a limit that is absent stays as it is. */
export interface NewLimits {
  /** Decimal string. */
  readonly usd?: string
  readonly tokens?: number
}

export interface SharedBudgets {
  readonly place: string
  list(): Promise<readonly BudgetReport[]>
  /** @throws ConfigurationProblem when the configuration has no such budget. */
  show(name: string): Promise<BudgetReport>
  /** Holds for all workers at once; `undefined` gives the budget back to the configuration. */
  set(name: string, limits: NewLimits | undefined): Promise<BudgetReport>
  close(): Promise<void>
}

/** @throws ConfigurationProblem, StoreProblem. */
export async function openSharedBudgets(
  path: string,
  env: NodeJS.ProcessEnv,
  store: Pick<StoreSettings, 'existing'>,
): Promise<SharedBudgets> {
  const { directory } = await loadConfiguration(path, env, { asksNobody: true })
  const { budgets, place, close } = await openStore(storeSettings(store, env))
  const named = (name: string) => budgetNamed(name, directory.budgets, path)
  return {
    place,
    close,
    list: () => Promise.all(directory.budgets.map(budget => reportOf(budgets, budget))),
    show: async name => reportOf(budgets, named(name)),
    async set(name, limits) {
      const budget = named(name)
      await budgets.setLimits(name, limits && { ...limitsOf(limits), setAtMs: Date.now() })
      return reportOf(budgets, budget)
    },
  }
}

async function reportOf(port: BudgetPort, budget: SharedBudget): Promise<BudgetReport> {
  const [standing] = await port.standing([limitAt(budget, Date.now())])
  return { budget, standing: standing! }
}

function budgetNamed(name: string, budgets: readonly SharedBudget[], path: string): SharedBudget {
  const found = budgets.find(budget => budget.name === name)
  if (found) return found
  const names = budgets.map(budget => budget.name)
  const near = nearest(name, names)
  const others = names.length > 0 ? `it has ${names.join(', ')}` : 'it has none'
  throw new ConfigurationProblem(
    `${path} has no budget '${name}'; ${near === undefined ? others : `did you mean '${near}'?`}`,
  )
}

function limitsOf({ usd, tokens }: NewLimits) {
  const money = usd === undefined ? undefined : parseUsd(usd)
  if (money && !money.ok) throw new ConfigurationProblem(`the limit in USD: ${money.problem}`)
  return { ...(money && { limitPico: money.pico.toString() }), ...(tokens !== undefined && { limitTokens: tokens }) }
}
