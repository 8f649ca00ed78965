/**
 * A hundred years. Temporal sets a longer timer to that without a word (server 1.32), and a date so far ahead may be none any more.
 */
export const LONGEST_WAIT_MS = 3_153_600_000_000
