/**
 * The one run that is measured, the same in both shapes.
 *
 * @module
 */

/** What the bounds are for. `--steps` makes a shorter run, of which they say nothing. */
export const STEPS = 1_000

/** Prompts grow up to this and are cleared to some nine tenths of it: about 200,000 tokens on average. */
export const PROMPT_TOKENS = 215_000

export const CONTEXT_WINDOW = 256_000

export const RESULT_BYTES = 5 * 1_024

/** Compared are hundred steps after the prompt has reached its length, and the last hundred. */
export const WARM_UP_STEPS = 200
export const COMPARED_STEPS = 100

export const AGENT = 'reader'

export const INSTRUCTIONS =
  'You read one page after the other with the tool read_page and note what matters, until nobody asks for more.'

export const TOOL = {
  name: 'read_page',
  description: 'Reads a page of the archive.',
} as const
