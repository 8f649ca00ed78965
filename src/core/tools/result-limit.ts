/**
 * The most bytes of a tool's result whose definition names no limit, as JSON in UTF-8. About 25,000 tokens of English: an eighth of a window
 * of 200,000 tokens, so that one result cannot fill it.
 */
export const DEFAULT_MAX_RESULT_BYTES = 100_000
