/**
 * The clocks of one attempt. The connect deadline is the pool's; the other three run here.
 *
 * @module
 */
import type { Deadlines } from '../../core/endpoints.ts'
import type { DeadlineKind } from '../../core/faults/fault.ts'

/** Told what happens, it says which deadline passes. */
export interface AttemptClock {
  /** A package makes its request ready, and may have to fetch a token for it: as long as a first token may take. */
  preparing(): void
  /** The request departs: total begins. */
  departed(): void
  /** The request is on the wire: the wait for the first token begins, where there is streaming. */
  sent(): void
  /** The answer's first content: from now on silence is a stall. */
  contentSeen(): void
  /** Bytes came. */
  bytesSeen(): void
  /** The last event of a stream came: what follows is the end of the connection, or nothing. */
  endSeen(): void
  stop(): void
}

/** Between the last event of a stream and its end there is nothing to wait for; 1 s is several round trips to anywhere. */
const LINGER_MS = 1_000

/** Starts nothing yet. `expired` is called at most once per clock. */
export function createAttemptClock(
  deadlines: Deadlines,
  streams: boolean,
  expired: (deadline: DeadlineKind) => void,
): AttemptClock {
  let total: NodeJS.Timeout | undefined
  let silence: NodeJS.Timeout | undefined
  let stalling = false
  let stallMs = deadlines.stallMs
  const wait = (deadline: DeadlineKind, ms: number) => setTimeout(() => expired(deadline), ms)
  return {
    preparing() {
      silence = wait('first-token', deadlines.firstTokenMs)
    },
    departed() {
      total = wait('total', deadlines.totalMs)
    },
    sent() {
      if (streams) silence = wait('first-token', deadlines.firstTokenMs)
    },
    contentSeen() {
      if (!streams || stalling) return
      stalling = true
      clearTimeout(silence)
      silence = wait('stall', stallMs)
    },
    bytesSeen() {
      if (stalling) silence?.refresh()
    },
    endSeen() {
      stallMs = Math.min(LINGER_MS, stallMs)
      if (!streams) return
      clearTimeout(silence)
      silence = wait('stall', stallMs)
    },
    stop() {
      clearTimeout(total)
      clearTimeout(silence)
    },
  }
}
