/**
 * The most output that endpoints give, as they have said when they were asked for more.
 *
 * @module
 */
import type { Endpoint } from '../../src/core/endpoints.ts'
import type { Fault } from '../../src/core/faults/fault.ts'
import type { CallModelPorts } from './ports.ts'
import type { Prepared } from './prepared.ts'
import type { ToldMost } from './remembered.ts'

/** Vendors raise what their models give, and behind one address there may be several: a worker that lives for weeks asks anew. */
const HOLDS_MS = 3_600_000

/** For one endpoint: calls whose settings differ each time learn nothing, and must not fill the memory. */
const MOST_KNOWN = 50

type Asking = Pick<Prepared, 'taskClass' | 'input'>

/** So that this worker's next calls are not refused for the same reason. What a credit still pays for changes each time, and is not kept. */
export function learnMostOutput(
  { mostOutput, now }: Pick<CallModelPorts, 'mostOutput' | 'now'>,
  asking: Asking,
  endpoint: Endpoint,
  { evidence: { parameter, mostOutputTokens } }: Fault,
): void {
  if (parameter !== 'output_tokens' || mostOutputTokens === undefined) return
  const known = mostOutput.get(endpoint)
  const its = known && known.size < MOST_KNOWN ? known : new Map<string, ToldMost>()
  mostOutput.set(endpoint, its.set(saidBeside(asking), { tokens: mostOutputTokens, untilMs: now() + HOLDS_MS }))
}

/**
 * `undefined` where nobody was refused for asking for more, or where it is below the class's least: then the endpoint itself is to say so,
 * each time.
 */
export function mostOutputOf(
  { mostOutput, now }: Pick<CallModelPorts, 'mostOutput' | 'now'>,
  asking: Asking,
  endpoint: Endpoint,
): number | undefined {
  const told = mostOutput.get(endpoint)?.get(saidBeside(asking))
  return told && told.tokens >= asking.taskClass.minOutputTokens && now() < told.untilMs ? told.tokens : undefined
}

function saidBeside({ taskClass, input }: Asking): string {
  const { reasoning, providerOptions } = { ...taskClass, ...input.settings }
  return JSON.stringify([reasoning, providerOptions])
}
