/**
 * What a run has spent, added up call by call.
 *
 * @module
 */
import { isRecord } from '../json/is-record.ts'
import { addCost, exactCost, NO_COST } from '../money/cost.ts'
import { type Cost, OUTCOME_KINDS, type Outcome, type RunSpent, type Spent } from '../protocol.ts'
import { addUsage, type Usage } from '../usage.ts'

/** What a run and all runs below it have spent. Classes and models are only the run's own. */
export interface Totals {
  readonly cost: Cost
  readonly usage: Usage
  readonly calls: number
  readonly toolCalls: number
  /** The classes in which calls were made and those that served them, in the order of first use. */
  readonly classes: readonly string[]
  readonly models: readonly string[]
}

export const NOTHING_SPENT: RunSpent = { cost: NO_COST, usage: {}, calls: 0, toolCalls: 0 }

export const NO_TOTALS: Totals = { ...NOTHING_SPENT, classes: [], models: [] }

/** Counts a call with everything that its attempts cost. `model` is the one that answered, if one did. */
export function addCall(totals: Totals, taskClass: string, spent: Spent, model?: string): Totals {
  return {
    ...totals,
    cost: addCost(totals.cost, spent.cost),
    usage: addUsage(totals.usage, spent.usage),
    calls: totals.calls + 1,
    classes: withName(withName(totals.classes, taskClass), spent.servedClass ?? taskClass),
    models: model === undefined ? totals.models : withName(totals.models, model),
  }
}

/** Counts what a tool call has cost, as soon as that is known. */
export function addToolPrice(totals: Totals, pricePico: string | undefined): Totals {
  return pricePico === undefined ? totals : { ...totals, cost: addCost(totals.cost, exactCost(BigInt(pricePico))) }
}

/** Counts a tool call that has ended. */
export function addToolCall(totals: Totals): Totals {
  return { ...totals, toolCalls: totals.toolCalls + 1 }
}

/** Counts a child run with everything that it and its own children have spent. */
export function addChild(totals: Totals, { cost, usage, calls, toolCalls }: Outcome): Totals {
  return {
    ...totals,
    cost: addCost(totals.cost, cost),
    usage: addUsage(totals.usage, usage),
    calls: totals.calls + calls,
    toolCalls: totals.toolCalls + toolCalls,
  }
}

/** Whether what a workflow returned is the outcome of a run. A workflow may return anything, also an outcome of a kind of its own. */
export function isOutcome(value: unknown): value is Outcome {
  return tellsCost(value) && OUTCOME_KINDS.some(kind => kind === value.kind)
}

/** Whether it says what a run has spent, as an outcome does, of whatever kind. What has only some of that would not add up. */
export function tellsCost(value: unknown): value is RunSpent & { readonly kind: unknown } {
  const { kind, cost, usage } = Object(value) as Partial<Outcome>
  return kind !== undefined && cost?.highPico !== undefined && isRecord(usage)
}

function withName(names: readonly string[], name: string): readonly string[] {
  return names.includes(name) ? names : [...names, name]
}
