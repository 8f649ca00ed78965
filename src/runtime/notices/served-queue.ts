import type { Worker } from '@temporalio/worker'
import { queueOf } from '../../core/notice.ts'
import { unlessUntold } from '../temporal/grpc-answer.ts'
import { namespaceIdOf } from '../temporal/namespace-id.ts'

/** Names the queue that a worker serves, as {@link queueOf} does; `undefined` as long as the server has not said which namespace it is. */
export function createServedQueue(worker: Pick<Worker, 'options' | 'connection'>): () => Promise<string | undefined> {
  const { namespace = 'default', taskQueue = '' } = worker.options
  const connection = worker.options.connection ?? worker.connection
  let known: string | undefined
  return async () => {
    known ??= connection && (await namespaceIdOf(connection, namespace).then(named, unlessUntold))
    return known
  }
  function named(namespaceId: string | undefined) {
    return queueOf({ taskQueue, namespaceId })
  }
}
