/**
 * What the demo asks for: the briefs of its two runs, made from the texts in this folder.
 *
 * @module
 */
import type { Brief } from '../src/core/protocol.ts'
import type { Manuscript } from '../workflows/writing-desk.ts'

/** The question that the board of an invented railway puts to the researcher. */
export const RESEARCH_QUESTION = [
  'The board of the Wyndle Valley line has to choose between option A, a control centre, and option B, the renewal of',
  'its five lever frames. Compare the annual cost of both, what each does for delay, capacity and safety, and say what',
  'is not known. The documents are in your folder. Publish a summary for the notice board.',
].join(' ')

/** The writing desk's brief: an article, a table that belongs to it, and a document that must not be kept anywhere. */
export function writingDeskBrief(manuscript: Manuscript): Brief<Manuscript> {
  return {
    input: manuscript,
    terms: {
      workspace: 'gazette',
      budget: { usd: '4.00', steps: 20, timeMs: 300_000 },
      labels: { team: 'editorial', customer: 'gazette' },
    },
  }
}

/** The researcher's brief. Sixty steps are twice what the question takes: enough, and an end to a loop. */
export function researchBrief(): Brief<string> {
  return {
    input: RESEARCH_QUESTION,
    terms: {
      workspace: 'gazette',
      budget: { usd: '1.50', steps: 60, timeMs: 600_000 },
      labels: { team: 'research', feature: 'briefing', customer: 'gazette' },
    },
  }
}
