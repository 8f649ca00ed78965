/**
 * The faults of the wall and what has to come of each. Written from the table of faults in the README and its remedies, by
 * hand: what the code does is no source for it.
 *
 * @module
 */
import { ANSWERS } from './answers.ts'
import { BREAKS } from './breaks.ts'
import { CONNECTION } from './connections.ts'
import { harmless, type WallFault } from './expected.ts'
import { FORMS } from './forms.ts'
import { FLAPPING } from './load.ts'
import { RATE_LIMITS } from './rate-limits.ts'
import { ERRORS } from './refusals.ts'
import { SHAPES } from './shapes.ts'

export type { Expected, WallFault } from './expected.ts'

export const FAULTS: readonly WallFault[] = [
  { name: 'none', rules: [], expected: harmless() },
  ...RATE_LIMITS,
  ...ERRORS,
  ...CONNECTION,
  ...BREAKS,
  ...FORMS,
  ...ANSWERS,
  ...SHAPES,
  ...FLAPPING,
]
