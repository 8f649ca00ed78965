/**
 * Closes runs as their workflow ends, by what it returns or by an error: the ledger hears of every end, and errors that are expected
 * ends (stopped, out of budget, refused) complete the workflow with their outcome instead of failing it.
 *
 * @module
 */
import {
  type ActivityInput,
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  ChildWorkflowFailure,
  condition,
  isCancellation,
  patched,
  TemporalFailure,
  type WorkflowInboundCallsInterceptor,
  type WorkflowInterceptors,
  type WorkflowOutboundCallsInterceptor,
} from '@temporalio/workflow'
import { isOutcome } from '../src/core/agent/totals.ts'
import type {
  CloseRunInput,
  Cost,
  OpenRunInput,
  OpenRunResult,
  Outcome,
  OutcomeKind,
  RunRef,
} from '../src/core/protocol.ts'
import { namesRun } from '../src/core/runs/names-run.ts'
import { UNCLOSED } from '../src/core/runs/unclosed.ts'
import { shortActivities } from './run/activities.ts'
import { isRunCancelled, RUN_CANCELLED } from './run/book/run-cancelled.ts'
import { deepestWords, enclosed, isSealed, quiet } from './run/book/sealed.ts'
import { bookOf, countedBy, ended, outcomeByNow } from './run/lifetime/ended.ts'
import { cutShort } from './run/lifetime/limits.ts'
import { opening } from './run/lifetime/opening.ts'
import { tellUnderway } from './run/lifetime/tell-underway.ts'
import { cancelUnderway, noteUnderway, nothingUnderway, type Underway, withLate } from './run/lifetime/underway.ts'
import type { Patch } from './run/patches.ts'
import { publish, showEnd } from './run/shown/publish.ts'

/** Exported so that its text is in every bundle with these interceptors, and a worker can find it there. */
export { BUNDLED } from '../src/core/bundled.ts'

const COMPLETES: ReadonlySet<OutcomeKind> = new Set(['stopped', 'out-of-budget', 'refused'])

/** The run that this workflow has opened, learnt from what it scheduled. */
interface Opened {
  run?: RunRef
  /** What the run is opened with, until the store has it. */
  unopened?: Omit<OpenRunInput, 'run'>
  /** The store has it. */
  isOpened?: boolean
  searchAttributes?: boolean
  /** Its workflow has closed it itself, as agents do. */
  isClosed?: true
  /** Somebody has said something to it in this part. */
  isTold?: boolean
  readonly underway: Underway
}

export const interceptors = (): WorkflowInterceptors => {
  const opened: Opened = { underway: nothingUnderway() }
  const { outbound = [], internals = [] } = noteUnderway(opened.underway)
  return { inbound: [quiet, closing(opened)], outbound: [enclosed, watching(opened), ...outbound], internals }
}

function watching(opened: Opened): WorkflowOutboundCallsInterceptor {
  return {
    scheduleActivity(input, next) {
      if (!namesRun(input.args[0])) return next(input)
      if (input.activityType === 'keepSaid') opened.isTold = true
      if (input.activityType === 'closeRun') opened.isClosed = true
      if (isAnswered(input)) tellUnderway(opened.underway, 'ended')
      // The store writes no event after the run's end, so messages that are still being recorded go first.
      if (input.activityType === 'closeRun' && opened.isTold)
        return condition(allHandlersFinished).then(() => next(input))
      if (input.activityType !== 'openRun') return next(input)
      const { run, ...asked } = input.args[0] as OpenRunInput
      opened.run = run
      if (asked.begins) opened.unopened = asked
      return next(input).then(result => {
        opened.unopened = undefined
        const opening = result as OpenRunResult
        opened.isOpened = opening.kind === 'opened'
        opened.searchAttributes = opening.kind === 'opened' && opening.searchAttributes
        return result
      })
    },
    continueAsNew(input, next) {
      tellUnderway(opened.underway, 'continued as new')
      return next(input)
    },
  }
}

/** Whether the run ends as answered: then nothing has cancelled what its workflow did not await. */
function isAnswered({ activityType, args }: ActivityInput): boolean {
  return activityType === 'closeRun' && (args[0] as CloseRunInput).outcome === 'answered'
}

/**
 * Only a Temporal failure ends a workflow. Anything else is continue-as-new, or a bug, after which the workflow task is tried
 * again: scheduling a closing there would make the mended code's replay diverge.
 */
function closing(opened: Opened): WorkflowInboundCallsInterceptor {
  return {
    async execute(input, next) {
      try {
        return await closeReturned(opened, await next(input))
      } catch (caught) {
        const error = notCaught(cutShort(caught))
        if (!(error instanceof TemporalFailure)) throw error
        const told = outcomeByNow(error)
        await openAfterAll(opened, error)
        const late = await cancelUnderway(opened.underway, told !== undefined)
        const outcome = told && withLate(told, late)
        const end = endOf(error, outcome)
        // A workflow that opened no run writes its own details.
        if (opened.run || outcome)
          showEnd(isSealed() ? { outcome: end.outcome } : end, outcome, opened.searchAttributes ?? false)
        await close(opened, end, outcome?.cost)
        if (outcome && COMPLETES.has(outcome.kind)) return outcome
        throw outcome ? ended(outcome) : error
      }
    },
  }
}

/**
 * Opens the run where its workflow ends before a verb of this part has, because none may begin: it was told to stop, say. Without that the
 * store would not hear of the end. Whatever keeps the run from being opened, it ends as it was to end.
 */
async function openAfterAll({ run }: Opened, end: TemporalFailure): Promise<void> {
  const book = bookOf(end)
  if (run || !book || !patched('signalbox.opens-to-end' satisfies Patch)) return
  try {
    await CancellationScope.nonCancellable(() => opening(book))
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error
  }
}

/**
 * To Temporal, a workflow has failed that does not catch that a scope of its own, or a child, was cancelled. So it has to all others, and
 * says why: nobody has cancelled the run.
 */
function notCaught(error: unknown): unknown {
  if (!isCancellation(error) || isRunCancelled()) return error
  const what =
    error instanceof ChildWorkflowFailure
      ? `its child ${error.execution.workflowId} was cancelled`
      : `a scope of its own was cancelled: ${(error as Error).message}`
  return ApplicationFailure.nonRetryable(`the workflow did not catch that ${what}`)
}

type End = Pick<CloseRunInput, 'outcome' | 'message'>

/**
 * A run ends with what its workflow returns. What is no outcome counts as an answer, as it does for whoever waits for it. Gives what it
 * has returned; in an outcome, with what the run has counted by now. That of a child, say, tells only what the child has spent.
 */
async function closeReturned(opened: Opened, returned: unknown): Promise<unknown> {
  if (!opened.isOpened || opened.isClosed || !patched('signalbox.ends-with-workflow' satisfies Patch)) return returned
  const outcome = isOutcome(returned) ? returned : undefined
  const end: End = outcome ? endAs(outcome) : { outcome: 'answered', message: UNCLOSED }
  const closed = bookOf(returned)
  const book = closed ?? bookOf(opened.run)
  const counted = outcome && book && countedBy(book, outcome)
  if (closed) {
    closed.isEnding = true
    publish(closed)
  } else showEnd(isSealed() ? { outcome: end.outcome } : end, counted, opened.searchAttributes ?? false)
  await close(opened, end, counted?.cost)
  return counted ?? returned
}

const endAs = ({ kind, message }: Outcome): End => ({ outcome: kind, ...(message !== undefined && { message }) })

function endOf(error: TemporalFailure, outcome: Outcome | undefined): End {
  if (outcome) return endAs(outcome)
  return isCancellation(error)
    ? { outcome: 'cancelled', message: RUN_CANCELLED }
    : { outcome: 'failed', message: deepestWords(error) }
}

/** Closes the run in the store. Not cancellable, because the store must hear of a cancelled run too. */
async function close({ run, unopened }: Opened, end: End, spent: Cost | undefined): Promise<void> {
  if (!run) return
  const { closeRun } = shortActivities()
  const summary = `close the run · ${end.outcome}`
  const cost = run.root === undefined ? undefined : spent
  const input = { run, ...end, ...(cost && { cost }), ...(unopened && end.outcome === 'cancelled' && { unopened }) }
  await CancellationScope.nonCancellable(() => closeRun.executeWithOptions({ summary }, [input]))
}
