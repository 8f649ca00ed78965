/**
 * Answers that begin and do not come to their end.
 *
 * @module
 */
import { scaled } from '../scale.ts'
import { fatal, harmless, PROMPTLY, rerouted, survived, type WallFault } from './expected.ts'

const CUTS = (
  [
    ['the text', { afterTokens: 60 }, undefined],
    ['the first token', { afterTokens: 0 }, undefined],
    ['a character', { at: 'character' }, ['text', 'structured']],
    ['a thought', { at: 'reasoning' }, undefined],
    ['a tool call', { at: 'tool-call' }, ['tools']],
  ] as const
).flatMap(([where, place, modes]): WallFault[] => [
  {
    name: `cut ${where === 'the first token' ? 'before' : 'in'} ${where}`,
    rules: [{ kind: 'cut', ...place }],
    ...(modes && { modes }),
    expected: rerouted('cut-off'),
  },
])

/** A vendor that does not show its thoughts, or sends a call only whole, has shown nothing yet when it falls silent. */
const STALL_BOUND_MS = scaled(30_000) + PROMPTLY

export const BREAKS: readonly WallFault[] = [
  ...CUTS,
  { name: 'cut once, alone', rules: [{ kind: 'cut', times: 1 }], alone: true, expected: survived('cut-off') },
  { name: 'cut for ever, alone', rules: [{ kind: 'cut' }], alone: true, expected: fatal('cut-off', 2) },
  { name: 'stall', rules: [{ kind: 'stall' }], expected: rerouted('timed-out', 1, STALL_BOUND_MS) },
  {
    name: 'stall of 30 s',
    rules: [{ kind: 'stall', afterTokens: 60, delayMs: scaled(30_000) }],
    modes: ['text', 'structured'],
    expected: rerouted('timed-out', 1, STALL_BOUND_MS),
  },
  {
    // Half as long again: where a call comes only whole, silence until then is a wait for the first token.
    name: 'stall of 45 s in a tool call',
    rules: [{ kind: 'stall', at: 'tool-call', delayMs: scaled(45_000) }],
    modes: ['tools'],
    expected: rerouted('timed-out', 1, STALL_BOUND_MS),
  },
  {
    name: 'stall of 10 s',
    rules: [{ kind: 'stall', delayMs: scaled(10_000) }],
    expected: harmless(scaled(10_000) + PROMPTLY),
  },
  {
    name: 'error inside the stream, before the first token',
    rules: [{ kind: 'in-band-error', afterTokens: 0 }],
    expected: rerouted('overloaded', 2),
  },
  {
    name: 'error inside the stream, after tokens',
    rules: [{ kind: 'in-band-error', afterTokens: 60 }],
    expected: rerouted('cut-off'),
  },
  { name: 'malformed chunk', rules: [{ kind: 'malformed-chunk' }], expected: rerouted('malformed-reply') },
  { name: 'finish and last event missing', rules: [{ kind: 'no-finish' }], expected: rerouted('cut-off') },
  { name: 'finish reason missing', rules: [{ kind: 'finish-missing' }], expected: rerouted('cut-off') },
]
