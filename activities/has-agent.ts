/**
 * Says whether this worker has an agent of a name.
 *
 * @module
 */
import type { RegistryPort } from '../src/core/ports.ts'
import type { HasAgentInput } from '../src/core/protocol.ts'

export interface HasAgentPorts {
  readonly registry: RegistryPort
}

export function createHasAgent({ registry }: HasAgentPorts): (input: HasAgentInput) => Promise<boolean> {
  return async ({ name }) => registry.agent(name) !== undefined
}
