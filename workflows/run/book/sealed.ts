/**
 * What a sealed run must not do: say its words where they are not encrypted, or send them where no key is.
 *
 * @module
 */
import {
  ApplicationFailure,
  ContinueAsNew,
  isCancellation,
  TemporalFailure,
  type WorkflowInboundCallsInterceptor,
  type WorkflowOutboundCallsInterceptor,
  workflowInfo,
} from '@temporalio/workflow'
import { ENDED } from '../../../src/core/protocol.ts'
import { quietFailure, rootOf, SEALED, wordsOf } from '../../../src/core/sealing.ts'

export function isSealed(): boolean {
  return workflowInfo().memo?.[SEALED] === SEALED
}

/** Moves the words of what is thrown into the details, which are encrypted, and hides these from loggers. */
export const quiet: WorkflowInboundCallsInterceptor = {
  execute: (input, next) => next(input).catch(rethrowQuietly),
  handleUpdate: (input, next) => next(input).catch(rethrowQuietly),
  handleSignal: (input, next) => next(input).catch(rethrowQuietly),
}

function rethrowQuietly(error: unknown): never {
  if (!isSealed() || error instanceof ContinueAsNew || isCancellation(error)) throw error
  throw error instanceof TemporalFailure ? quietTemporal(error) : quietBug(error)
}

function quietTemporal(error: TemporalFailure): ApplicationFailure {
  const isOurs = error instanceof ApplicationFailure && error.type === ENDED
  const { message, type, words } = quietFailure({ name: error.name, message: deepestWords(error) })
  const failure = isOurs
    ? ApplicationFailure.create({
        message: 'the run failed',
        type: ENDED,
        nonRetryable: true,
        details: error.details ?? [],
      })
    : ApplicationFailure.create({
        message,
        type,
        nonRetryable: error instanceof ApplicationFailure ? (error.nonRetryable ?? false) : true,
        details: [words],
      })
  return Object.defineProperty(failure, 'details', { enumerable: false })
}

/** What the innermost failure said. */
export function deepestWords(error: Error): string {
  return error.cause instanceof Error ? deepestWords(error.cause) : wordsOf(error)
}

/** The workflow task is tried again; where the bug is stays visible, what it says does not. */
function quietBug(error: unknown): Error {
  const { name, stack = '' } = error instanceof Error ? error : new Error()
  const frames = stack.split('\n').filter(line => /^\s+at /.test(line))
  const bug = new Error(`a bug in the workflow of a sealed run (${name}); its words are left out`)
  bug.stack = [`Error: ${bug.message}`, ...frames].join('\n')
  return bug
}

/** Keeps what a sealed run sends among those who have its key. */
export const enclosed: WorkflowOutboundCallsInterceptor = {
  scheduleActivity(input, next) {
    const { taskQueue = workflowInfo().taskQueue } = input.options
    if (isSealed() && taskQueue !== workflowInfo().taskQueue)
      return refused(
        `the activity ${input.activityType} was not scheduled on the task queue ${taskQueue}: its workers have no key of this run`,
      )
    return next(input)
  },
  startChildWorkflowExecution(input, next) {
    const { workflowId } = input.options
    if (isSealed() && rootOf(workflowId) !== rootOf(workflowInfo().workflowId))
      return refused(
        `the child ${workflowId} was not started: its id does not begin with that of its root, so it would have no key; start it with \`run.child\``,
      )
    return next(input)
  },
  signalWorkflow(input, next) {
    const { target } = input
    const id = target.type === 'child' ? target.childWorkflowId : target.workflowExecution.workflowId
    if (isSealed() && input.args.length > 0 && (!id || rootOf(id) !== rootOf(workflowInfo().workflowId)))
      return refused(
        `the signal ${input.signalName} was not sent to ${id}: it is not a run of this tree, so it has no key`,
      )
    return next(input)
  },
  startNexusOperation(input, next) {
    if (isSealed())
      return refused(
        `the operation ${input.operation} was not started: nothing of a sealed run may leave through Nexus`,
      )
    return next(input)
  },
}

function refused(why: string): Promise<never> {
  return Promise.reject(ApplicationFailure.nonRetryable(`this run is sealed, and ${why}`, 'signalbox.sealed'))
}
