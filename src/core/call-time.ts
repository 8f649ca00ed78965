/** How long Temporal waits for the activity of a call or a tool before it takes it for lost and tries again. */
export const CALL_TIMEOUT_MS = 3_600_000

/** The longest that an attempt or a tool may take within that time. A minute is left for what is written before and after. */
export const LONGEST_HELD_MS = CALL_TIMEOUT_MS - 60_000
