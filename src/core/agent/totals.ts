/**
 * What a run has spent, added up call by call.
 *
 * @module
 */
import { addCost, NO_COST } from '../money/cost.ts'
import type { Cost, Outcome, Spent } from '../protocol.ts'
import { addUsage, type Usage } from '../usage.ts'

/** What a run has spent with all runs below it. Classes and models are its own. */
export interface Totals {
  readonly cost: Cost
  readonly usage: Usage
  readonly calls: number
  readonly toolCalls: number
  /** In order of first use: those that calls were asked in, and those that served them. */
  readonly classes: readonly string[]
  readonly models: readonly string[]
}

export const NO_TOTALS: Totals = { cost: NO_COST, usage: {}, calls: 0, toolCalls: 0, classes: [], models: [] }

/** Counts a call with everything that its attempts cost; `model` is absent when none answered. */
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

/** Counts a tool call that has ended, however it did. */
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

/** Whether a workflow has returned the outcome of its run. Workflows that are no runs return what they like. */
export function isOutcome(value: unknown): value is Outcome {
  const { kind, cost } = Object(value) as Partial<Outcome>
  return kind !== undefined && cost?.highPico !== undefined
}

function withName(names: readonly string[], name: string): readonly string[] {
  return names.includes(name) ? names : [...names, name]
}
