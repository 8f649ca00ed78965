/**
 * The events of a turn of a conversation, in a run whose workflow hears what people say.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { RunEvent } from '../../core/events.ts'
import { isOfEarlierTurn } from '../../core/ui-messages/turn.ts'
import type { EventsOptions } from './recorded-run.ts'
import type { RunHandle } from './run-handle.ts'

/** A run, as far as its turns are read. */
export type RunOfTurns = Pick<RunHandle, 'events' | 'state'>

/** What has ended a turn: an interruption, or a fault that the workflow has caught. */
export const NEXT_IS_AWAITED = 'next is awaited'

/**
 * Without an event for so long, the run is asked whether it still works; each time twice as long, up to the longest. But not while a call
 * waits, which lasts minutes at most: if it is interrupted then, no event tells of that.
 */
const QUIET_MS = 500
const LONGEST_QUIET_MS = 16_000

/**
 * What happens in the turn that began with this event. An interrupted turn has no last event of its own, so the run is asked while nothing
 * happens. Ends with the run, with `NEXT_IS_AWAITED` if the workflow waits for the next message, or with the event `said` if it has heard it.
 */
export async function* eventsOfTurn(
  run: RunOfTurns,
  { after = 0, signal }: EventsOptions,
): AsyncGenerator<RunEvent | typeof NEXT_IS_AWAITED> {
  const leaving = new AbortController()
  const signals = [leaving.signal, ...(signal ? [signal] : [])]
  const events = run.events({ after, signal: AbortSignal.any(signals) })
  const steps = new Set<number>()
  let longestQuietMs = LONGEST_QUIET_MS
  try {
    for (;;) {
      const next = await nextOrAwaited(run, events.next(), longestQuietMs)
      if (next === NEXT_IS_AWAITED) yield next
      if (next === NEXT_IS_AWAITED || next.done) return
      const event = next.value
      longestQuietMs = event.kind === 'wait' ? QUIET_MS : LONGEST_QUIET_MS
      if (event.kind === 'step-start') steps.add(event.step)
      if (!isOfEarlierTurn(event, steps)) yield event
      if (event.kind === 'said') return
    }
  } finally {
    leaving.abort()
  }
}

/** The run is asked twice: what it wrote before its first answer may not have been read yet. */
async function nextOrAwaited<Next>(
  run: RunOfTurns,
  next: Promise<Next>,
  longestQuietMs: number,
): Promise<Next | typeof NEXT_IS_AWAITED> {
  const came = next.then(of => ({ of }))
  const hasCome = new AbortController()
  try {
    let hears = false
    for (let quietMs = QUIET_MS; ; quietMs = Math.min(2 * quietMs, longestQuietMs)) {
      const asking: Promise<boolean> = hearsAfter(hears ? QUIET_MS : quietMs, run, hasCome.signal)
      const first = await Promise.race([came, asking])
      if (typeof first !== 'boolean') return first.of
      if (hears && first) return NEXT_IS_AWAITED
      hears = first
    }
  } finally {
    hasCome.abort()
  }
}

/** Whether the workflow waits for the next message, asked after a pause. If nobody can say, the turn goes on until that is heard. */
async function hearsAfter(ms: number, run: RunOfTurns, signal: AbortSignal): Promise<boolean> {
  try {
    await delay(ms, undefined, { ref: false, signal })
    return (await run.state()).hears === true
  } catch {
    return false
  }
}
