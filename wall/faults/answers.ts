/**
 * Answers that say nothing, or end too early.
 *
 * @module
 */
import { harmless, rerouted, survived, type WallFault } from './expected.ts'

export const ANSWERS: readonly WallFault[] = [
  { name: 'empty answer', rules: [{ kind: 'empty-answer' }], expected: rerouted('malformed-reply') },
  {
    name: 'empty answer once, alone',
    rules: [{ kind: 'empty-answer', times: 1 }],
    alone: true,
    expected: survived('malformed-reply'),
  },
  { name: 'too long once', rules: [{ kind: 'length', times: 1, afterTokens: 70 }], expected: survived('truncated') },
  {
    name: 'too long for ever',
    rules: [{ kind: 'length', afterTokens: 70 }],
    expected: { ...survived('truncated'), truncated: true },
  },
  {
    name: 'too long for the limit of the class',
    rules: [{ kind: 'length', afterTokens: 70 }],
    of: 'limited',
    expected: { ...harmless(), truncated: true },
  },
]
