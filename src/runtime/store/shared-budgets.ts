/**
 * The shared budgets of a configuration and how they stand in the store, for people.
 *
 * @module
 */
import type { SharedBudget } from '../../core/budgets/shared-budget.ts'
import { beginningOfEach, beginningOfOwn, limitAt, type SharedLimit, valueIn } from '../../core/budgets/shared-limit.ts'
import { parseUsd } from '../../core/money/pico.ts'
import type { BudgetPort, BudgetStanding } from '../../core/ports.ts'
import type { Labels } from '../../core/protocol.ts'
import { meantOrAll } from '../../core/words/did-you-mean.ts'
import { openStore, type StoreSettings } from '../../store/index.ts'
import { ConfigurationProblem, loadConfiguration } from '../configuration/configuration.ts'
import { storeSettings } from './store-settings.ts'

export interface BudgetReport {
  readonly budget: SharedBudget
  /**
   * How it stands in the current period. Where each value of a label has a limit: how the value stands that was asked for; where none
   * was, only the limits of this mean something.
   */
  readonly standing: BudgetStanding
  /** Where each value of a label has a limit, and none was asked for: how some of them stand. */
  readonly values?: readonly BudgetStanding[]
  /** There are more of them. */
  readonly more?: boolean
}

/** Which values of a label are meant, of a budget in which each has a limit. */
interface Which {
  /** The label, and one value of it. */
  readonly label?: Labels
  /** Where none is named: those with limits of their own, set last first. @defaultValue those that have spent most */
  readonly set?: boolean
  /** Where none is named: at most so many. */
  readonly most: number
}

/** What somebody sets; a limit that is absent stays as it is. */
export interface NewLimits {
  /** Decimal string. */
  readonly usd?: string
  readonly tokens?: number
}

export interface SharedBudgets {
  readonly place: string
  list(which: Pick<Which, 'most'>): Promise<readonly BudgetReport[]>
  /** @throws ConfigurationProblem when the configuration has no such budget, or it is not one of values of such a label. */
  show(name: string, which: Which): Promise<BudgetReport>
  /** Holds for all workers at once; `undefined` gives the budget back to the configuration, and a value of a label back to its budget. */
  set(name: string, limits: NewLimits | undefined, which: Which): Promise<BudgetReport>
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
    list: which => Promise.all(directory.budgets.map(budget => reportOf(budgets, budget, which))),
    show: async (name, which) => reportOf(budgets, named(name), which),
    async set(name, limits, which) {
      const budget = named(name)
      const { ownLimits = name } = limitAt(budget, Date.now(), valueAsked(budget, which))
      await budgets.setLimits(ownLimits, limits && { ...limitsOf(limits), setAtMs: Date.now() })
      return reportOf(budgets, budget, which)
    },
  }
}

async function reportOf(port: BudgetPort, budget: SharedBudget, which: Which): Promise<BudgetReport> {
  const value = valueAsked(budget, which)
  const limit = limitAt(budget, Date.now(), value)
  const [standing] = await port.standing([limit])
  const { each } = budget.scope
  if (each === undefined || value !== undefined) return { budget, standing: standing! }
  const found = await (which.set ? valuesSet : valuesSpent)(port, limit, { budget, each, most: which.most + 1 })
  const limits = found.slice(0, which.most).map(one => limitAt(budget, Date.now(), one))
  return { budget, standing: standing!, values: await port.standing(limits), more: found.length > which.most }
}

interface Values {
  readonly budget: SharedBudget
  readonly each: string
  readonly most: number
}

async function valuesSpent(port: BudgetPort, whole: SharedLimit, { budget, each, most }: Values) {
  const beginning = beginningOfEach(whole, each)
  const scopes = await port.spentScopes(beginning, budget.usd === undefined ? 'tokens' : 'money', most)
  return scopes.map(scopeId => valueIn(scopeId, beginning))
}

async function valuesSet(port: BudgetPort, whole: SharedLimit, { each, most }: Values) {
  const beginning = beginningOfOwn(whole, each)
  return (await port.namesSet(beginning, most)).map(name => valueIn(name, beginning))
}

/** The value whose limit is asked for; `undefined` where none is. */
function valueAsked({ name, scope: { each } }: SharedBudget, { label = {} }: Which): string | undefined {
  const [[key, value] = [], ...others] = Object.entries(label)
  if (key === undefined) return undefined
  if (each === undefined)
    throw new ConfigurationProblem(`the budget ${name} has one limit for everything it counts; leave out the label`)
  if (key === each && others.length === 0) return value
  throw new ConfigurationProblem(`the budget ${name} has a limit for each ${each}; name one as ${each}=<value>`)
}

function budgetNamed(name: string, budgets: readonly SharedBudget[], path: string): SharedBudget {
  const found = budgets.find(budget => budget.name === name)
  if (found) return found
  const names = budgets.map(budget => budget.name)
  throw new ConfigurationProblem(`${path} has no budget '${name}'${meantOrAll(name, names)}`)
}

function limitsOf({ usd, tokens }: NewLimits) {
  const money = usd === undefined ? undefined : parseUsd(usd)
  if (money && !money.ok) throw new ConfigurationProblem(`the limit in USD: ${money.problem}`)
  return { ...(money && { limitPico: money.pico.toString() }), ...(tokens !== undefined && { limitTokens: tokens }) }
}
