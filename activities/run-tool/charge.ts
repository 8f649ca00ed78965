/**
 * What a tool call costs: it must fit in every budget before the tool begins.
 *
 * @module
 */
import type { Context } from '@temporalio/activity'
import { budgetsForTool } from '../../src/core/budgets/shared-limit.ts'
import { formatUsd } from '../../src/core/money/pico.ts'
import type { NotReserved, ToolBegin, ToolCharge, ToolEnd } from '../../src/core/ports.ts'
import type { RunToolInput } from '../../src/core/protocol.ts'
import { priceOf } from '../../src/core/tools/price-of.ts'
import { tellWarnings, type WarningPorts } from '../call-model/money/shared-budgets.ts'
import { nameOf } from '../call-model/money/short-words.ts'
import type { Callable, TryToolPorts } from './try-tool.ts'

/** `undefined` where the call is free, or is not to be made. */
export function chargeFor(
  { directory, now }: Pick<TryToolPorts, 'directory'> & Pick<WarningPorts, 'now'>,
  { run }: RunToolInput,
  { tool }: Callable,
): ToolCharge | undefined {
  const pico = tool && priceOf(tool)
  if (pico === undefined) return undefined
  const { slices = [], ...payer } = run
  return { pricePico: `${pico}`, slices, shared: budgetsForTool(directory.budgets, payer, now()) }
}

/** What the model is told where a budget is short. */
export function tooDear(toolName: string, { pricePico }: ToolCharge, short: NotReserved): ToolEnd {
  const price = `$${formatUsd(BigInt(pricePico))}`
  const left = `$${formatUsd(BigInt(short.headroomPico!))}`
  const way = short.inFlight ? 'calls in flight hold the rest: ask later, or go on without it' : 'go on without it'
  return {
    isError: true,
    failure: 'over-budget',
    result: `${toolName} was not called: a call costs ${price}, and ${nameOf(short)} has ${left} left; ${way}`,
  }
}

/** Tells people of shared budgets that run low or turn this call away, as calls of models do. */
export async function tellSpent(
  ports: WarningPorts,
  activity: Context,
  { input, charge, begun }: { readonly input: RunToolInput; readonly charge: ToolCharge; readonly begun: ToolBegin },
): Promise<void> {
  const where = { run: input.run.id, step: input.step, tool: input.toolName }
  const turnedAwayBy = begun.kind === 'short' ? begun.scopeId : undefined
  await tellWarnings(ports, activity, { limits: charge.shared, where, turnedAwayBy })
}
