/**
 * How much output endpoints give at most, as those have said that were asked for more.
 *
 * @module
 */
import type { Endpoint } from '../../src/core/endpoints.ts'
import type { Fault } from '../../src/core/faults/fault.ts'
import type { CallModelPorts } from './ports.ts'
import type { Prepared } from './prepared.ts'

/** What calls may ask for, by what else they say there: vendors count what the model may think. For as long as the configuration holds. */
export type MostOutput = WeakMap<Endpoint, Map<string, number>>

/** Of one endpoint. Who says something else each time learns nothing, and need not fill the memory. */
const MOST_KNOWN = 50

type Asking = Pick<Prepared, 'taskClass' | 'input'>

/** This worker's next calls are not refused for the same. What a credit pays for is another story each time. */
export function learnMostOutput(
  { mostOutput }: Pick<CallModelPorts, 'mostOutput'>,
  asking: Asking,
  endpoint: Endpoint,
  { evidence: { parameter, mostOutputTokens } }: Fault,
): void {
  if (parameter !== 'output_tokens' || mostOutputTokens === undefined) return
  const known = mostOutput.get(endpoint)
  const its = known && known.size < MOST_KNOWN ? known : new Map<string, number>()
  mostOutput.set(endpoint, its.set(saidBeside(asking), mostOutputTokens))
}

/** `undefined`: nobody was refused for asking for more. */
export function mostOutputOf(
  { mostOutput }: Pick<CallModelPorts, 'mostOutput'>,
  asking: Asking,
  endpoint: Endpoint,
): number | undefined {
  return mostOutput.get(endpoint)?.get(saidBeside(asking))
}

function saidBeside({ taskClass, input }: Asking): string {
  const { reasoning, providerOptions } = { ...taskClass, ...input.settings }
  return JSON.stringify([reasoning, providerOptions])
}
