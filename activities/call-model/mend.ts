/**
 * What is done about a whole answer of the wrong shape: it is given back to be repaired, or asked of a better class.
 *
 * @module
 */
import type { Endpoint } from '../../src/core/endpoints.ts'
import { escalateCall, type Mend, triesOf } from '../../src/core/faults/call-state.ts'
import type { Message } from '../../src/core/messages.ts'
import { callAlone } from '../../src/core/routing/ahead.ts'
import { USUAL } from '../../src/core/routing/measured.ts'
import { expectedCost } from '../../src/core/routing/objective.ts'
import { cacheTtlOf } from '../../src/core/routing/roster.ts'
import { type Misshapen, repairMessages } from './misshapen.ts'
import { type InClass, inClass, newStateOf } from './other-class.ts'
import { planCall } from './plan.ts'
import type { CallModelPorts } from './ports.ts'
import type { Prepared } from './prepared.ts'
import { inServingClass } from './serving-class.ts'
import { goOnIn, type Next, type Walk } from './walk.ts'

/** Goes on in the class that the call's own names for answers of the wrong shape. */
export function escalate(walk: Walk): Next {
  const higher = escalationOf(walk.ports, walk.prepared, walk.prompt)
  if (!higher) throw new Error(`${walk.prepared.taskClass.name} has no class to escalate to. This is a bug`)
  goOnIn(walk, higher)
  walk.short = undefined
  walk.state = escalateCall(walk.state, newStateOf(higher))
  return { event: { kind: 'begin' } }
}

/** `undefined` where the class names none, or none of its endpoints could be asked now. Both classes' policies hold. */
export function escalationOf(
  ports: CallModelPorts,
  prepared: Prepared,
  prompt: readonly Message[],
): InClass | undefined {
  const higher = escalatedFrom(ports, prepared, prompt)
  return higher?.plan.planned === '' ? undefined : higher
}

/** The same, whoever could be asked there now. */
export function escalatedFrom(ports: CallModelPorts, from: Prepared, prompt: readonly Message[]): InClass | undefined {
  const { escalateTo } = from.taskClass
  const taskClass = escalateTo === undefined ? undefined : ports.directory.classes[escalateTo]
  if (!taskClass) return undefined
  const prepared = inServingClass(ports, inClass(from, taskClass), prompt)
  return { prepared, plan: planCall(ports, prepared, prompt) }
}

/** Weighs a repair, which costs the longer prompt, against the endpoint that would be asked instead. */
export function mendOf(walk: Walk, endpoint: Endpoint, misshapen: Misshapen): Mend {
  const { ports, plan, prepared, prompt, state } = walk
  // What was left for its budget would only be left again.
  const higher = walk.steppedDown === '' ? escalationOf(ports, prepared, prompt) : undefined
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
  /** Tokens of the prompt that were sent there just now: they lie in its cache if it keeps one. */
  readonly sentTokens: number
}

/** By the objective of `sort: measured`, in USD; infinite where the price is not known. */
function costAt(
  { ports, prepared }: Walk,
  endpoint: Endpoint,
  { promptTokens, outputTokens, sentTokens }: Asking,
): number {
  const measured = ports.health.of(endpoint.id).measured ?? USUAL
  return expectedCost(callAlone(prepared.taskClass, promptTokens, outputTokens), {
    price: endpoint.price,
    // The length is known, and one answer of the wrong shape says little of the next, which is told what was wrong.
    measured: { ...measured, outputTokens, malformedChance: 0 },
    warmTokens: cacheTtlOf(endpoint) > 0 ? sentTokens : 0,
    keptShare: 0,
    hitRate: measured.hitRate,
    failureChance: 0,
  })
}
