import type { RunEnding } from '../../store/index.ts'

/** How a run may stand that the store does not have, in the words for runs that it has. */
export const UNOPENED_ENDINGS = ['open', 'failed', 'cancelled'] as const satisfies readonly RunEnding[]

export type UnopenedEnding = (typeof UNOPENED_ENDINGS)[number]
