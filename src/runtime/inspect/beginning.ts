/**
 * How a run begins and what it has come to, asked of Temporal: it knows of runs that no worker has opened, too.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Outcome } from '../../core/protocol.ts'
import type { Signalbox } from '../client.ts'
import { RunUnheard } from '../hearing/run-unheard.ts'
import { describeUnopened } from '../temporal/describe-known.ts'
import { firstEvents } from '../temporal/first-events.ts'
import { unlessUntold } from '../temporal/grpc-answer.ts'
import { isRunning } from '../temporal/how-ended.ts'
import { isOfRun } from '../temporal/is-of-run.ts'

/** `at-work`: it has done more than open, whether or not it has ended since. `unseen`: no worker has taken it up. */
export type Beginning = { readonly kind: 'at-work' | 'unseen' } | { readonly kind: 'ended'; readonly outcome: Outcome }

/** A worker that is there takes a run up and opens it in a tenth of a second; one under load in a second. */
const BEGINS_WITHIN_MS = 2_500

const LOOK_EVERY_MS = 50

/** What comes before the first thing that a run does is in the first dozen events. */
const FIRST_EVENTS = 64

/**
 * Waits until the run is seen to work, or to have ended before it did, as one that is refused. What it has done tells which, not
 * when it is looked at: of two runs that end alike, one might be seen to have ended and the other not.
 */
export async function beginningOf(signalbox: Signalbox, id: string): Promise<Beginning> {
  for (const untilMs = Date.now() + BEGINS_WITHIN_MS; ; ) {
    const outcome = await endedOutcome(signalbox, id)
    const { isTaken, isAtWork } = await progressOf(signalbox, id)
    if (isAtWork) return { kind: 'at-work' }
    if (outcome) return { kind: 'ended', outcome }
    if (Date.now() >= untilMs) return { kind: isTaken ? 'at-work' : 'unseen' }
    await delay(LOOK_EVERY_MS)
  }
}

/** The totals of a run that did not end by itself are asked of a worker, and there may be none. */
const ASK_MS = 5_000

/**
 * How the run ended; `undefined` while it is open, and where nobody can say.
 *
 * @param key - Of the run that is meant: its id may have been used again.
 */
export async function endedOutcome(signalbox: Signalbox, id: string, key?: string): Promise<Outcome | undefined> {
  try {
    const described = await describeUnopened(signalbox.client.workflow.getHandle(id))
    const { status, firstRunId } = described.workflowExecutionInfo ?? {}
    const isMeant = key === undefined || isOfRun(firstRunId, key)
    if (isRunning(status) || !isMeant) return undefined
    return await signalbox.client.withDeadline(Date.now() + ASK_MS, () => signalbox.run(id).outcome())
  } catch (error) {
    return error instanceof RunUnheard ? undefined : unlessUntold(error)
  }
}

/** What every run does before it does anything of its own. */
const OPENING: ReadonlySet<string> = new Set(['openRun', 'closeRun'])

async function progressOf({ client }: Signalbox, id: string) {
  const events = await firstEvents(client, { workflowId: id }, FIRST_EVENTS)
  return {
    isTaken: events.some(event => event.workflowTaskCompletedEventAttributes),
    isAtWork: events.some(event => {
      const activity = event.activityTaskScheduledEventAttributes?.activityType?.name
      if (typeof activity === 'string') return !OPENING.has(activity)
      return event.timerStartedEventAttributes ?? event.startChildWorkflowExecutionInitiatedEventAttributes
    }),
  }
}
