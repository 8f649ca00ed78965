import type { Fault } from '../../core/faults/fault.ts'

/** The parameter that an endpoint has rejected; `undefined` for any other fault, and where none is named. */
export function rejectedParameter({ kind, evidence }: Fault): string | undefined {
  return kind === 'invalid-request' || kind === 'unsupported' ? evidence.parameter : undefined
}
