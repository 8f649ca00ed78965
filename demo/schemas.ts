/**
 * The shapes that the writing desk's answers are held to. The names are those that the workflow asks for.
 *
 * @module
 */
import { z } from 'zod'
import { defineSchema } from '../src/tools/index.ts'

/** What moderation says of a text that is about to be published. */
const verdictSchema = defineSchema(
  'Verdict',
  z.object({
    decision: z.enum(['publish', 'review', 'reject']),
    reasons: z.array(z.string()).describe('one sentence for each finding; empty when there is none'),
  }),
)

/** What the extraction finds in the table of measurements. */
const extractSchema = defineSchema(
  'Extract',
  z.object({
    rows: z.int().describe('rows of measurements, the header not counted'),
    trains: z.int().describe('trains over all rows'),
    refusals: z.int().describe('offers refused over all rows'),
    busiest: z.object({ day: z.int(), hour: z.int(), trains: z.int() }),
    longestWait: z.object({ day: z.int(), hour: z.int(), seconds: z.int() }),
    findings: z.array(z.string()).describe('what the figures mean for the article, one sentence each'),
  }),
)

export const schemas = [verdictSchema, extractSchema]
