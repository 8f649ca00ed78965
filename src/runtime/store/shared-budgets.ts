/**
 * Shows and sets the shared budgets of a configuration, for `signalbox budget`.
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
import { loadConfiguration } from '../configuration/configuration.ts'
import { ConfigurationProblem } from '../configuration/configuration-problem.ts'
import { storeSettings } from './store-settings.ts'

/** A budget and how it stands in the current period. A budget may have a limit for each value of a label, e.g. for each customer. */
export interface BudgetReport {
  readonly budget: SharedBudget
  /**
   * How the budget stands, or the value of its label that was asked for. If the budget has a limit for each value and none was asked for,
   * only the limits in it mean anything.
   */
  readonly standing: BudgetStanding
  /** If the budget has a limit for each value and none was asked for: how some of them stand. */
  readonly values?: readonly BudgetStanding[]
  /** Whether there are more values than `values` has. */
  readonly more?: boolean
}

/** Which values to show, if the budget has a limit for each value of a label. */
interface Which {
  /** The label and one value of it, e.g. `{ customer: 'acme' }`. @defaultValue several values, as below */
  readonly label?: Labels
  /** `true`: values whose limits people have set, the latest first. @defaultValue those that have spent most */
  readonly set?: boolean
  /** At most this many values. */
  readonly most: number
}

/** Limits to set. A limit that is absent stays as it is. */
export interface NewLimits {
  /** Decimal string. */
  readonly usd?: string
  readonly tokens?: number
}

/** The shared budgets. `show` and `set` throw a ConfigurationProblem for a budget or a label that the configuration does not have. */
export interface SharedBudgets {
  /** Where the store is, for people. */
  readonly place: string
  list(which: Pick<Which, 'most'>): Promise<readonly BudgetReport[]>
  show(name: string, which: Which): Promise<BudgetReport>
  /**
   * Sets limits, which apply to all workers at once. `undefined` removes them: the limits of the configuration apply again, or for a value
   * of a label those of its budget.
   */
  set(name: string, limits: NewLimits | undefined, which: Which): Promise<BudgetReport>
  close(): Promise<void>
}

/** @throws ConfigurationProblem for a wrong configuration, StoreProblem if the store cannot be opened. */
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

interface WhichValues {
  readonly budget: SharedBudget
  readonly each: string
  readonly most: number
}

/** Those that have spent most. */
async function valuesSpent(port: BudgetPort, whole: SharedLimit, { budget, each, most }: WhichValues) {
  const beginning = beginningOfEach(whole, each)
  const scopes = await port.spentScopes(beginning, budget.usd === undefined ? 'tokens' : 'money', most)
  return scopes.map(scopeId => valueIn(scopeId, beginning))
}

/** Those whose limits people have set, the latest first. */
async function valuesSet(port: BudgetPort, whole: SharedLimit, { each, most }: WhichValues) {
  const beginning = beginningOfOwn(whole, each)
  return (await port.namesSet(beginning, most)).map(name => valueIn(name, beginning))
}

/** The value that is asked for, if any. @throws ConfigurationProblem for a label by which this budget has no limits */
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
