/**
 * Whole answers in a form that clients seldom see.
 *
 * @module
 */
import { scaled } from '../scale.ts'
import { harmless, PROMPTLY, rerouted, type WallFault } from './expected.ts'

export const FORMS: readonly WallFault[] = [
  { name: 'html', rules: [{ kind: 'html' }], expected: rerouted('malformed-reply') },
  { name: 'gzip', rules: [{ kind: 'gzip' }], expected: harmless() },
  { name: 'line of 1 MB', rules: [{ kind: 'long-line' }], heavy: true, expected: harmless() },
  {
    name: 'line of 9 MB',
    rules: [{ kind: 'long-line', bytes: 9 * 1024 * 1024 }],
    heavy: true,
    expected: rerouted('malformed-reply'),
  },
  {
    name: 'slow drip',
    rules: [{ kind: 'slow-drip', delayMs: scaled(12_000) }],
    expected: harmless(scaled(12_000) + PROMPTLY),
  },
  {
    name: 'drip without end',
    rules: [{ kind: 'slow-drip', delayMs: 30_000 }],
    expected: rerouted('timed-out', 1, 3_000 + PROMPTLY),
  },
  {
    name: 'last event missing',
    rules: [{ kind: 'finish-without-done' }],
    expected: harmless(),
    // Its package calls an answer without message_stop interrupted; asking again is dearer and never wrong.
    except: { anthropic: rerouted('cut-off') },
  },
  {
    name: 'usage missing',
    rules: [{ kind: 'missing-usage' }],
    expected: harmless(),
    // Its usage is no option, and its package takes no event without one.
    except: { anthropic: rerouted('malformed-reply') },
  },
]
