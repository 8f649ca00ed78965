/**
 * The shared budgets that a call counts towards, and who is told when they run low.
 *
 * @module
 */
import type { Context } from '@temporalio/activity'
import type { Spender } from '../../../src/core/budgets/shared-budget.ts'
import { budgetsFor, type SharedLimit } from '../../../src/core/budgets/shared-limit.ts'
import { isUsedUp, leftWords, warningFigures } from '../../../src/core/budgets/warning-figures.ts'
import type { BudgetWarning } from '../../../src/core/ports.ts'
import type { CallModelResult } from '../../../src/core/protocol.ts'
import type { CallModelPorts } from '../ports.ts'
import type { Prepared } from '../prepare/prepared.ts'

/**
 * The shared budgets that the call counts towards now. An attempt after the end of a period counts towards the next one.
 *
 * @param provider - The provider that is asked. Absent: the budgets of every provider to which the call may come.
 */
export function sharedLimits(
  { directory, now }: Pick<CallModelPorts, 'directory' | 'now'>,
  prepared: Pick<Prepared, 'call' | 'ways'>,
  provider?: string,
): readonly SharedLimit[] {
  if (directory.budgets.length === 0) return []
  const spender = { ...spenderOf(prepared), ...(provider !== undefined && { provider }) }
  return budgetsFor(directory.budgets, spender, now())
}

/** A call counts towards the class that serves it and the one whose rules led there, not towards one that it has left. */
export function spenderOf({ call, ways }: Pick<Prepared, 'call' | 'ways'>): Spender {
  const { run, taskClass, labels } = call
  const asked = ways?.[0]?.from
  return { workspace: run.workspace, taskClass, ...(asked !== undefined && { asked }), labels }
}

/** Every scope in which the call may reserve. */
export function scopesOf(ports: Pick<CallModelPorts, 'directory' | 'now'>, prepared: Prepared): readonly string[] {
  const { key, scope = key, slices = [] } = prepared.call.run
  return [scope, ...slices, ...sharedLimits(ports, prepared).map(({ scopeId }) => scopeId)]
}

export async function warnOfBudgets(
  ports: CallModelPorts,
  activity: Context,
  { prepared, result }: { readonly prepared: Prepared; readonly result: CallModelResult },
): Promise<void> {
  const { call, taskClass } = prepared
  const where = { run: call.run.id, step: call.step, class: taskClass.name }
  const turnedAwayBy = result.kind === 'over-budget' ? result.scopeId : undefined
  await tellWarnings(ports, activity, { limits: sharedLimits(ports, prepared), where, turnedAwayBy })
}

export type WarningPorts = Pick<CallModelPorts, 'budgets' | 'announce' | 'now'>

/** What was spent or turned away, and by whom. */
interface Spending {
  readonly limits: readonly SharedLimit[]
  /** For the log. */
  readonly where: Readonly<Record<string, string | number>>
  readonly turnedAwayBy: string | undefined
}

/**
 * Logs each share that was reached with the call that reached it, once over all workers, and sends it to the budget's webhook. The
 * call does not wait for the webhook: a warning that cannot be delivered is logged.
 */
export async function tellWarnings(
  ports: WarningPorts,
  activity: Context,
  { limits, where, turnedAwayBy }: Spending,
): Promise<void> {
  if (limits.every(({ warnAt }) => warnAt.length === 0)) return
  for (const warning of await ports.budgets.warnings(limits, ports.now(), turnedAwayBy)) {
    activity.log.warn(warningWords(warning), {
      ...where,
      ...warningFigures(warning),
      left: leftWords(warning),
    })
    void ports.announce(warning).then(problem => {
      if (problem !== undefined)
        activity.log.warn('budget webhook failed', { ...where, budget: warning.budget, problem })
    })
  }
}

function warningWords(warning: BudgetWarning): string {
  if (isUsedUp(warning)) return 'budget is used up'
  return warning.turnsAway ? 'budget turns calls away' : 'budget runs low'
}
