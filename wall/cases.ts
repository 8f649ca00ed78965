/**
 * The cases of the wall: every fault at every protocol in every mode.
 *
 * @module
 */
import { FAULTS, type WallFault } from './faults/index.ts'
import { PROTOCOLS, type WallProtocol } from './protocols.ts'
import { MODES, type Mode } from './questions.ts'

export interface WallCase {
  readonly protocol: WallProtocol
  readonly mode: Mode
  readonly fault: WallFault
}

export function allCases(): readonly WallCase[] {
  return PROTOCOLS.flatMap(protocol =>
    MODES.flatMap(mode =>
      FAULTS.filter(
        fault => (fault.modes ?? MODES).includes(mode) && (fault.protocols ?? PROTOCOLS).includes(protocol),
      ).map(fault => ({ protocol, mode, fault })),
    ),
  )
}

/** What has to come of a case: the fault's expectation with the protocol's exceptions. */
export function expectedOf({ fault, protocol }: WallCase): WallFault['expected'] {
  return { ...fault.expected, ...fault.except?.[protocol] }
}
