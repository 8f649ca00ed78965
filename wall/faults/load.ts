/**
 * A vendor that fails now and then, under load.
 *
 * @module
 */
import { PROMPTLY, type WallFault } from './expected.ts'

/** Fails and serves by turns while 20 calls a second come: each is answered, whoever it met. */
export const FLAPPING: readonly WallFault[] = [
  {
    name: 'flapping under load',
    rules: [{ kind: 'server-error', flaps: { failMs: 300, serveMs: 200 } }],
    load: { calls: 24, everyMs: 50 },
    heavy: true,
    expected: { end: 'either answers', kinds: ['overloaded'], attempts: [0, 2], boundMs: PROMPTLY },
  },
]
