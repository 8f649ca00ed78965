/**
 * What an attempt that ended has cost, as an interval.
 *
 * @module
 */
import type { Endpoint } from '../../src/core/endpoints.ts'
import { costBetween, exactCost, NO_COST } from '../../src/core/money/cost.ts'
import { costOf } from '../../src/core/money/price-of.ts'
import type { ReplyAnswer, ReplyFault, WorstCase } from '../../src/core/ports.ts'
import type { Cost } from '../../src/core/protocol.ts'

/**
 * The cost of a reply that came whole. What the vendor reported itself wins; else the usage times the price list. Without usage a request
 * that may have been billed lies between nothing and its worst case, for vendors differ in what they bill for a
 * cut or aborted answer. `undefined`: the endpoint has no known price for what was used.
 */
export function costOfReply(
  reply: ReplyAnswer | ReplyFault,
  endpoint: Endpoint,
  worstCase: WorstCase,
): Cost | undefined {
  if (reply.kind === 'fault' && !reply.whole) return reply.billable === 'no' ? NO_COST : upTo(worstCase)
  if (reply.reportedCostPico !== undefined) return exactCost(BigInt(reply.reportedCostPico))
  const priced = costOf(reply.usage ?? {}, endpoint.price)
  if (priced.kind === 'priced') return exactCost(priced.pico)
  return priced.kind === 'unmetered' ? upTo(worstCase) : undefined
}

/** Between nothing and all that was reserved; `undefined` without a price. */
function upTo({ pico }: WorstCase): Cost | undefined {
  return pico === undefined ? undefined : costBetween(0n, BigInt(pico))
}
