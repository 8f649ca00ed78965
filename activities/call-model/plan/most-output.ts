/**
 * The most output that endpoints give, as they have said when they were asked for more.
 *
 * @module
 */
import { HOUR_MS } from '../../../src/core/durations.ts'
import type { Endpoint } from '../../../src/core/endpoints.ts'
import type { Fault } from '../../../src/core/faults/fault.ts'
import type { CallModelPorts } from '../ports.ts'
import type { Prepared } from '../prepare/prepared.ts'
import type { ToldMost } from '../remembered.ts'

/** How long the limit is believed. Vendors raise their limits, and one address may serve several models. */
const HOLDS_MS = HOUR_MS

/** Entries for one endpoint. Calls whose settings differ each time must not fill the memory. */
const MOST_KNOWN = 50

type Asking = Pick<Prepared, 'taskClass' | 'input'>

/**
 * Remembers an endpoint's output limit, so that this worker's next calls are not refused for it. What a remaining credit pays for
 * changes all the time, and is not remembered.
 */
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
 * The most output that an endpoint gives, in tokens; `undefined` if it is not known, or is below the class's minimum. Then the
 * endpoint is asked, and says so itself.
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
