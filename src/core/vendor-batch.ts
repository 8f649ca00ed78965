/**
 * Vendors' batch interfaces: answers within a day at half the price. What they cost, how long they keep what they are sent, and how often
 * a call looks whether its answer has come.
 *
 * @module
 */
import { DAY_MS } from './durations.ts'
import type { Endpoint } from './endpoints.ts'

/**
 * What a request in a batch costs, in percent of the usual price, of every kind of token:
 * https://platform.claude.com/docs/en/about-claude/pricing#batch-processing, https://platform.openai.com/docs/guides/batch,
 * https://ai.google.dev/gemini-api/docs/batch-api
 */
export const BATCH_PERCENT = 50

/**
 * How long a vendor keeps a batch at most, whatever else it keeps. Anthropic's results can be had for 29 days, OpenAI's files for 30,
 * Google's results for six weeks: https://platform.claude.com/docs/en/build-with-claude/batch-processing,
 * https://platform.openai.com/docs/api-reference/files, https://ai.google.dev/gemini-api/docs/batch-api
 */
export function batchKeptMs({ protocol }: Pick<Endpoint, 'protocol'>): number {
  return (protocol === 'google' ? 42 : 30) * DAY_MS
}

/** The first look comes soon, because a batch that the vendor rejects has failed after seconds. */
const FIRST_LOOK_MS = 2_000

/** Most batches take an hour or less. */
const LONG_PAUSE_MS = 600_000

/**
 * Of what has waited for hours the answer comes at most so much later. A look costs no money, but some ten events of a workflow, which may
 * wait for many calls side by side: a batch of a day takes some 50 looks.
 */
const LONG_SHARE = 1 / 12

/** How long until the next look, at a batch that has waited so long: each time as long again, from 2 s to 10 min, then a twelfth of it. */
export function batchPauseMs(waitedMs: number): number {
  return Math.max(FIRST_LOOK_MS, Math.min(waitedMs, Math.max(LONG_PAUSE_MS, waitedMs * LONG_SHARE)))
}

/** Our code in a fault's evidence: the batch has not been answered in its time. This is held against nobody, and nothing is billed. */
export const BATCH_EXPIRED = 'batch-expired'
