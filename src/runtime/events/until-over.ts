/**
 * Looks into the store again and again, until nothing more can come.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises'

/** The pause between two looks. Tokens are written every 50 ms at most, so a shorter one would be of no use. */
const POLL_MS = 60

/** Looks without news before Temporal is asked whether the run is still there: about three seconds. */
const QUIET_POLLS = 50

/** Between two looks from then on: a run that works for long, or waits for a person, has readers that ask for nothing meanwhile. */
const QUIET_POLL_MS = 300

/** As many of those are three seconds again. */
const POLLS_OF_QUIET = 10

/** Temporal closes a run a moment after the store has its end. */
const PROMPT_POLLS = 10

export interface Looking<Item> {
  /** What is new since the last look. */
  look(): AsyncIterable<Item>
  /** Whether the end was among what was given, as far as the store tells. */
  hasEnded(): boolean
  /** Whether it is really over, asked of Temporal. */
  isOver(): Promise<boolean>
  /** At least so long it waits for the next look. @defaultValue as short as is of use */
  pauseMs?(): number
  /** Waits for a time between two looks. @defaultValue by the process's timers */
  pause?(ms: number): Promise<unknown>
  /** Aborted: nothing more is read. */
  readonly signal?: AbortSignal
}

/** Yields what each look gives, until nothing more can come. */
export async function* untilOver<Item>(looking: Looking<Item>): AsyncGenerator<Item> {
  const { look, hasEnded, isOver, pauseMs = () => POLL_MS, pause = delay, signal } = looking
  // One more look after the answer that it is over: something may have been written between the last look and that question.
  for (let quiet = 0, isLast = false, hasGiven = false; !signal?.aborted; ) {
    let isQuiet = true
    for await (const item of look()) {
      if (signal?.aborted) return
      isQuiet = false
      hasGiven = true
      yield item
    }
    if (isLast && (isQuiet || hasEnded())) return
    quiet = isQuiet ? quiet + 1 : 0
    // Asked at once if the first look gives nothing: the run may be over, with nothing new for this reader.
    const isFirst = quiet === 1 && !hasGiven
    isLast = (isFirst || isTimeToAsk(quiet, hasEnded())) && (await isOver())
    if (!isLast) await pause(Math.max(quiet < QUIET_POLLS ? POLL_MS : QUIET_POLL_MS, pauseMs()))
  }
}

/**
 * Whether to ask Temporal now: after an end with each of the first looks, since it was the last unless the run was reset and goes
 * on. Otherwise now and then.
 */
function isTimeToAsk(quiet: number, ended: boolean): boolean {
  if (ended && quiet < PROMPT_POLLS) return true
  return quiet > 0 && quiet % (quiet > QUIET_POLLS ? POLLS_OF_QUIET : QUIET_POLLS) === 0
}
