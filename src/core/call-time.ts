import { HOUR_MS } from './durations.ts'

/** How long the activity of a call or a tool may take, in milliseconds. After that Temporal considers it lost and retries it. */
export const CALL_TIMEOUT_MS = HOUR_MS

/**
 * How long the activity of a call or a tool may be silent, in milliseconds, until its worker counts as gone and another one goes on. With
 * the worker's heartbeat throttle at one second, a machine may stall for that long without a paid second call beside the first.
 */
export const HEARTBEAT_TIMEOUT_MS = 20_000

/** The longest that an attempt or a tool may take, in milliseconds. The rest is for what the activity writes before and after. */
export const LONGEST_HELD_MS = CALL_TIMEOUT_MS - 60_000
