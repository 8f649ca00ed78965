import type { OutcomeKind } from '../../core/protocol.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'

/** A run that was stopped did what it was told. */
export function exitCodeOf(outcome: OutcomeKind): ExitCode {
  return outcome === 'answered' || outcome === 'stopped' ? EXIT.done : EXIT.runFailed
}
