import { setTimeout as delay } from 'node:timers/promises'
import {
  Connection,
  type ConnectionOptions,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
} from '@temporalio/client'

export interface ClosableConnection {
  readonly connection: Connection
  /** Takes up to five seconds, the longest pause between two tries, if a call waits to be retried. */
  close(): Promise<void>
}

/** The next try is made first. */
const BEHIND_IT_MS = 20

/**
 * A connection that may be closed while calls wait to be retried. The SDK's own (1.24) makes the next try on the closed channel, in a timer:
 * that throws where nobody can catch it, and ends the process.
 */
export async function connectClosably(options: ConnectionOptions): Promise<ClosableConnection> {
  const { delayFunction, retryableDecider } = defaultGrpcRetryOptions()
  let isClosing = false
  let nextTryAtMs = 0
  const retries = makeGrpcRetryInterceptor({
    retryableDecider: (attempt, status) => !isClosing && retryableDecider(attempt, status),
    delayFunction: (attempt, status) => {
      const delayMs = delayFunction(attempt, status)
      nextTryAtMs = Math.max(nextTryAtMs, performance.now() + delayMs)
      return delayMs
    },
  })
  const connection = await Connection.connect({ interceptors: [retries], ...options })
  const close = async () => {
    isClosing = true
    const untilNextTryMs = nextTryAtMs - performance.now()
    if (untilNextTryMs > 0) await delay(untilNextTryMs + BEHIND_IT_MS)
    await connection.close()
  }
  return { connection, close }
}
