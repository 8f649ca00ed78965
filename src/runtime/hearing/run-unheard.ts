/**
 * A run hears what it is told only through a worker. If none answers, the caller gets an error that says why.
 *
 * @module
 */
import { type Client, type WorkflowHandle, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client'
import { knownAcrossCopies } from '../../core/across-copies.ts'
import { shellWord } from '../../core/words/shell-word.ts'
import { callersDeadlineMs } from '../temporal/callers-deadline.ts'
import { answersWith, grpcAnswer, isUnserved, TASK_FAILED, TOO_LATE } from '../temporal/grpc-answer.ts'
import { whoServes } from '../temporal/who-serves.ts'
import { failingOf } from './failing.ts'
import { unansweredForChange, wasNeverStarted } from './unanswered-query.ts'

/** No worker has answered for the run: none in time (the run may still hear it), or none that can, because its workflow's code fails. */
export class RunUnheard extends Error {
  override readonly name = 'RunUnheard'

  static {
    knownAcrossCopies(RunUnheard, 'RunUnheard')
  }
}

/**
 * A worker that has the run answers at once. Another one answers after a replay, and after the ten seconds that the server leaves
 * the first. One that is starting also needs some seconds to bundle its workflows.
 */
const HEARD_WITHIN_MS = 30_000

const SERVER_ANSWERS_MS = 10_000

/**
 * @param say - What waits for a worker.
 * @param withinMs - Or less, where the caller has a nearer deadline. @defaultValue {@link HEARD_WITHIN_MS}
 * @throws RunUnheard when none has answered in time, or can.
 */
export async function heardInTime<T>(
  client: Client,
  workflow: WorkflowHandle,
  say: () => Promise<T>,
  withinMs = HEARD_WITHIN_MS,
): Promise<T> {
  const [callersMs, oursMs] = [callersDeadlineMs(client), Date.now() + withinMs]
  try {
    return await client.withDeadline(Math.min(callersMs, oursMs), say)
  } catch (error) {
    const when = callersMs < oursMs ? 'in time' : `within ${withinMs / 1_000} s`
    const next = `Check with \`signalbox show ${shellWord(workflow.workflowId)}\` whether the run received it after all; if not, send it again once a worker is running`
    throw await unheard(client, workflow, error, { when, next })
  }
}

/**
 * {@link heardInTime} for a query.
 *
 * @throws RunUnheard when no worker has answered before the caller's deadline or Temporal's own, or none can.
 */
export async function toldInTime<T>(client: Client, workflow: WorkflowHandle, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    throw await unheard(client, workflow, error, { when: 'in time', next: 'Ask again once a worker is running' })
  }
}

/** For an answer that did not come: how long it was waited for, and what to do next, in words. */
interface LateWords {
  readonly when: string
  readonly next: string
}

/** @returns `error` itself where it says something else. */
async function unheard(client: Client, workflow: WorkflowHandle, error: unknown, late: LateWords): Promise<unknown> {
  const changed = unansweredForChange(error)
  if (changed !== undefined) return new RunUnheard(`run ${workflow.workflowId} cannot answer: ${changed}`)
  if (wasNeverStarted(error)) return neverStarted(workflow.workflowId, error)
  const isFailed = answersWith(error, [TASK_FAILED]) && !isUnserved(error)
  if (!isFailed && !isLate(error)) return error
  const why = () => whyUnheard(client, workflow, isFailed ? undefined : late)
  // The deadline that the caller has set is over.
  const message = await client.withDeadline(Date.now() + SERVER_ANSWERS_MS, why)
  return message === undefined ? error : new RunUnheard(message)
}

/** With the server's answer as its cause, as it stands behind the client's own error. */
function neverStarted(id: string, error: unknown): RunUnheard {
  const words = `run ${id} has ended before a worker picked it up, so it has no state; \`signalbox show ${shellWord(id)}\` says how it ended`
  return new RunUnheard(words, { cause: grpcAnswer(error) })
}

/** @param late - Where the answer is late; `undefined` where the server has said that the run's task failed. */
async function whyUnheard(
  client: Client,
  workflow: WorkflowHandle,
  late: LateWords | undefined,
): Promise<string | undefined> {
  const { workflowId } = workflow
  const failing = await failingOf(client, workflowId)
  if (failing?.what === 'workflow') return `run ${workflowId} cannot answer: ${failing.words}`
  return (
    late &&
    `no worker has answered for run ${workflowId} ${late.when}: ${await whoServes(client, workflow)}. ${late.next}`
  )
}

/** Whether the answer is late: an update's error says so itself, and for a query the server does. */
function isLate(error: unknown): boolean {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return true
  return isUnserved(error) || answersWith(error, TOO_LATE)
}
