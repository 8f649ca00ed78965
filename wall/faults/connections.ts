/**
 * Vendors that cannot be reached, or say nothing for a while or for ever.
 *
 * @module
 */
import { scaled } from '../scale.ts'
import { fatal, harmless, PROMPTLY, rerouted, survived, type WallFault } from './expected.ts'

export const CONNECTION: readonly WallFault[] = [
  { name: 'reset once', rules: [{ kind: 'reset', times: 1 }], expected: survived('unreachable') },
  { name: 'reset for ever', rules: [{ kind: 'reset' }], expected: rerouted('unreachable', 2) },
  { name: 'reset for ever, alone', rules: [{ kind: 'reset' }], alone: true, expected: fatal('unreachable', 2) },
  { name: 'down', rules: [{ kind: 'down' }], expected: rerouted('unreachable', 2) },
  { name: 'silence', rules: [{ kind: 'silence' }], expected: rerouted('timed-out', 1, scaled(30_000) + PROMPTLY) },
  {
    name: 'silence, alone',
    rules: [{ kind: 'silence' }],
    alone: true,
    expected: fatal('timed-out', 1, scaled(30_000) + PROMPTLY),
  },
  {
    name: 'first token after 20 s',
    rules: [{ kind: 'slow-first-token', delayMs: scaled(20_000) }],
    expected: harmless(scaled(20_000) + PROMPTLY),
  },
  {
    name: 'first token after 60 s',
    rules: [{ kind: 'slow-first-token', delayMs: scaled(60_000) }],
    expected: rerouted('timed-out', 1, scaled(30_000) + PROMPTLY),
  },
]
