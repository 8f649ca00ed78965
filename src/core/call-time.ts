/** How long Temporal waits for the activity of a call or a tool. Then it takes it for lost, and tries it anew. */
export const CALL_TIMEOUT_MS = 3_600_000

/** The longest that an attempt, or a tool, may take in it: a minute is left for what is written before and after. */
export const LONGEST_HELD_MS = CALL_TIMEOUT_MS - 60_000
