/**
 * Failures of a sealed run's activities: their words travel sealed and are not logged.
 *
 * @module
 */
import { CompleteAsyncError } from '@temporalio/activity'
import { ApplicationFailure, CancelledFailure } from '@temporalio/common'
import type { ActivityInterceptorsFactory } from '@temporalio/worker'
import { quietFailure } from '../../core/sealing.ts'
import { SealProblem, StoreProblem } from '../../store/index.ts'
import type { KnownSeals } from './known-seals.ts'

/** An activity that succeeds costs nothing more. */
export function quietActivities(seals: KnownSeals): ActivityInterceptorsFactory {
  return ({ info }) => ({
    inbound: {
      execute: (input, next) =>
        next(input).catch(async (error: unknown) => {
          const id = info.workflowExecution?.workflowId
          if (
            id === undefined ||
            isQuiet(error) ||
            !(await seals.of({ workflowId: id, namespace: info.namespace }))?.content
          )
            throw error
          throw quiet(error)
        }),
    },
  })
}

/** Whether its words are ours, which quote nothing of what a run says. */
function isQuiet(error: unknown): boolean {
  if (error instanceof ApplicationFailure) return error.type?.startsWith('signalbox.') ?? false
  return [CancelledFailure, CompleteAsyncError, StoreProblem, SealProblem].some(kind => error instanceof kind)
}

function quiet(error: unknown): ApplicationFailure {
  const { message, type, words } = quietFailure(error)
  const failure = ApplicationFailure.create({
    message,
    type,
    details: [words],
    ...(error instanceof ApplicationFailure && {
      nonRetryable: error.nonRetryable ?? false,
      ...(error.nextRetryDelay != null && { nextRetryDelay: error.nextRetryDelay }),
    }),
  })
  // A logger prints what it can see.
  return Object.defineProperty(failure, 'details', { enumerable: false })
}
