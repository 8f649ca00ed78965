import type { Addition, HandedOver } from '../protocol.ts'

/**
 * Whether the addition is what another agent has heard and said. The agent that takes over begins its own transcript with a copy, each
 * message at its place: before it are only its instructions.
 */
export function isHandedOver(addition: Addition): addition is HandedOver {
  return addition.role === 'handed-over'
}
