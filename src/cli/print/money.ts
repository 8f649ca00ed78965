/**
 * Money as people and as programs read it.
 *
 * @module
 */
import { isExactCost } from '../../core/money/cost.ts'
import { formatMoney } from '../../core/money/format-money.ts'
import { formatUsd } from '../../core/money/pico.ts'
import type { Cost } from '../../core/protocol.ts'
import { countOf } from '../../core/words/count-of.ts'

/** `$0.0123`, `$0.0100 to $0.0123` where only the bounds are known, `… + 2 unpriced` where something has no price. */
export function formatCost(cost: Cost): string {
  const [low, high] = [BigInt(cost.lowPico), BigInt(cost.highPico)]
  const known = low === high ? formatMoney(high) : `${formatMoney(low)} to ${formatMoney(high)}`
  return cost.unpriced ? `${known} + ${cost.unpriced} unpriced` : known
}

/** `12 attempts`, and `, 3 tool calls with a price` where there are some. */
export function spentIn({
  attempts,
  pricedToolCalls,
}: {
  readonly attempts: number
  readonly pricedToolCalls: number
}) {
  const tools = pricedToolCalls === 0 ? '' : ` and ${countOf(pricedToolCalls, 'tool call')} with a price`
  return `${countOf(attempts, 'attempt')}${tools}`
}

/**
 * What a run and those below it have cost: `$0.00215, of it $0.00197 its own` where some of it is theirs.
 *
 * @param own - The run itself, with how many attempts it made.
 * @param tree - All of them; `undefined`: nobody knows of any below.
 */
export function formatTreeCost(own: OwnCost, tree: (Cost & Pick<OwnCost, 'attempts'>) | undefined): string {
  if (!tree || (tree.attempts === own.attempts && tree.highPico === own.cost.highPico)) return formatCost(own.cost)
  return `${formatCost(tree)}, of it ${formatCost(own.cost)} its own`
}

/** `2 attempts`, and `, 6 attempts with those below it` where some of the attempts are theirs. */
export function attemptsWords(own: Pick<OwnCost, 'attempts'>, tree: Pick<OwnCost, 'attempts'> | undefined): string {
  const below =
    !tree || tree.attempts === own.attempts ? '' : `, ${countOf(tree.attempts, 'attempt')} with those below it`
  return `${countOf(own.attempts, 'attempt')}${below}`
}

interface OwnCost {
  readonly cost: Cost
  readonly attempts: number
}

/** Both bounds as decimal strings in USD, equal when the cost is exact; attempts without a known price are in neither. */
export function costJson(cost: Cost) {
  return {
    costLowUsd: formatUsd(BigInt(cost.lowPico)),
    costHighUsd: formatUsd(BigInt(cost.highPico)),
    exact: isExactCost(cost),
    unpriced: cost.unpriced ?? 0,
  }
}
