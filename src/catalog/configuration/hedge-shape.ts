/**
 * When a class asks a second endpoint.
 *
 * @module
 */
import { z } from 'zod'
import { DURATION_ALLOWED } from './durations.ts'
import { duration, mapping } from './shape-parts.ts'

export const AFTER = `p95, never, or ${DURATION_ALLOWED}`
const SHARE = 'a share of the calls above 0 and up to 1'

/** `never`: not this class, though the one that it extends does. */
export const hedgeShape = mapping({
  after: z.union([z.enum(['p95', 'never']), duration], { error: AFTER }),
  share: z.number({ error: SHARE }).positive({ error: SHARE }).max(1, { error: SHARE }).optional(),
})
