import { IllegalStateError } from '@temporalio/common'
import type { Worker } from '@temporalio/worker'
import { queueOf } from '../../core/notice.ts'
import { unlessUntold } from '../temporal/grpc-answer.ts'
import { namespaceIdOf } from '../temporal/namespace-id.ts'

/** Names the queue that a worker serves, as {@link queueOf} does; `undefined` as long as the server has not said which namespace it is. */
export function createServedQueue(worker: Pick<Worker, 'options' | 'connection'>): () => Promise<string | undefined> {
  const { namespace = 'default', taskQueue = '' } = worker.options
  let known: string | undefined
  return async () => {
    // A worker may be given another one while it runs.
    const connection = worker.connection ?? worker.options.connection
    known ??= connection && (await namespaceIdOf(connection, namespace).then(named, unlessUntoldOrClosed))
    return known
  }
  function named(namespaceId: string | undefined) {
    return queueOf({ taskQueue, namespaceId })
  }
}

/** A worker that had a connection of its own has closed it before the last look. */
function unlessUntoldOrClosed(error: unknown): undefined {
  if (!(error instanceof IllegalStateError)) unlessUntold(error)
}
