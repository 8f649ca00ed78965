/**
 * What is done about a whole answer of the wrong shape: it is given back to be repaired, or asked of a better class.
 *
 * @module
 */
import type { Endpoint } from '../../../src/core/endpoints.ts'
import { type Mend, triesOf } from '../../../src/core/faults/call-state.ts'
import { cacheTtlOf } from '../../../src/core/routing/cache/cache-ttl.ts'
import { callAlone } from '../../../src/core/routing/call/call-ahead.ts'
import { USUAL } from '../../../src/core/routing/health/measured.ts'
import { expectedCost } from '../../../src/core/routing/ranking/objective.ts'
import { type Misshapen, repairMessages } from '../attempt/misshapen.ts'
import { readyAbove } from '../plan/next-class.ts'
import { moveUp } from '../walk/steps.ts'
import type { Next, Walk } from '../walk/walk.ts'

/** Continues the call in the class that its own names in `escalateTo`. */
export function escalate(walk: Walk): Next {
  const { ports, prepared, prompt } = walk
  const higher = readyAbove(ports, prepared, prompt)
  if (!higher) throw new Error(`${prepared.taskClass.name} has no class to escalate to. This is a bug`)
  moveUp(walk, higher)
  return { event: { kind: 'begin' } }
}

/**
 * What can be done about an answer of the wrong shape. A repair is worth it if asking the same endpoint again, with the longer
 * prompt, is expected to cost no more than asking the next one.
 */
export function mendOf(walk: Walk, endpoint: Endpoint, misshapen: Misshapen): Mend {
  const { ports, plan, prepared, prompt, state } = walk
  // A call that has stepped down for its budget does not go up again: it would only step down once more.
  const higher = walk.steppedDownFrom === undefined ? readyAbove(ports, prepared, prompt) : undefined
  const next = state.candidates.find(
    one => one.endpoint !== endpoint.id && triesOf(state, one.endpoint).standing !== 'out',
  )
  const other = higher ? higher.plan.endpoint(higher.plan.planned) : next && plan.endpoint(next.endpoint)
  const outputTokens = misshapen.reply?.usage.outputTokens ?? plan.maxOutputTokens
  const added = ports.tokens.estimate(repairMessages(prepared, misshapen), [])
  const cost = costAt(walk, endpoint, {
    promptTokens: plan.promptTokens + added,
    outputTokens,
    sentTokens: plan.promptTokens,
  })
  const isCheaper =
    !other || cost <= costAt(walk, other, { promptTokens: plan.promptTokens, outputTokens, sentTokens: 0 })
  return { repair: isCheaper, escalate: higher !== undefined }
}

interface Asking {
  readonly promptTokens: number
  readonly outputTokens: number
  /** Tokens of the prompt that this endpoint has just read. If it has a cache, they are in it. */
  readonly sentTokens: number
}

/** The expected cost in USD, as `sort: measured` counts it; infinite if the price is not known. */
function costAt(
  { ports, prepared }: Walk,
  endpoint: Endpoint,
  { promptTokens, outputTokens, sentTokens }: Asking,
): number {
  const measured = ports.health.of(endpoint.id).measured ?? USUAL
  return expectedCost(callAlone(prepared.taskClass, promptTokens, outputTokens), {
    price: endpoint.price,
    // The length is known. And the model is told what was wrong, so its rate of malformed answers says little about the next one.
    measured: { ...measured, outputTokens, malformedChance: 0 },
    warmTokens: cacheTtlOf(endpoint) > 0 ? sentTokens : 0,
    keptShare: 0,
    hitRate: measured.hitRate,
    failureChance: 0,
  })
}
