/** A hundred years, in milliseconds. Temporal silently shortens longer timers to that (server 1.32), and later dates may be invalid. */
export const LONGEST_WAIT_MS = 3_153_600_000_000
