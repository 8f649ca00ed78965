import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import {
  Connection,
  type ConnectionOptions,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
} from '@temporalio/client'
import { endIfSilent } from './end-if-silent.ts'
import { TemporalUnreachable } from './unreachable.ts'

export interface ClosableConnection {
  readonly connection: Connection
  /** Takes up to six seconds, the longest pause between two tries, if a call waits to be retried. */
  close(): Promise<void>
}

/** The next try is made first. */
const BEHIND_IT_MS = 20

/**
 * A connection that may be closed while calls wait to be retried. The SDK's own (1.24) makes the next try on the closed channel, in a timer:
 * that throws where nobody can catch it, and ends the process.
 *
 * @param answersWithinMs - What {@link endIfSilent} is given.
 */
export async function connectClosably(
  options: ConnectionOptions,
  answersWithinMs?: number,
): Promise<ClosableConnection> {
  const { delayFunction, retryableDecider } = defaultGrpcRetryOptions()
  let isClosing = false
  let isClosed = false
  let nextTryAtMs = 0
  const retries = makeGrpcRetryInterceptor({
    retryableDecider: (attempt, status) => !isClosing && retryableDecider(attempt, status),
    delayFunction: (attempt, status) => {
      const delayMs = delayFunction(attempt, status)
      nextTryAtMs = Math.max(nextTryAtMs, performance.now() + delayMs)
      return delayMs
    },
  })
  const refusing: typeof retries = (call, next) => {
    // gRPC's own error has no code, and says that a channel was shut down.
    if (isClosed)
      throw new TemporalUnreachable({ address: options.address ?? 'its address', client: options, isClosed: true })
    return next(call) as ReturnType<typeof retries>
  }
  const connection = await Connection.connect({
    interceptors: [refusing, retries, endIfSilent(answersWithinMs)],
    ...options,
  })
  const close = async () => {
    isClosing = true
    if (nextTryAtMs > 0) await untilTimersOf(nextTryAtMs)
    const closed = connection.close()
    isClosed = true
    await closed
  }
  return { connection, close }
}

/** All timers that were due by then have run, also where this process was so busy that it runs them only now. */
async function untilTimersOf(atMs: number): Promise<void> {
  await delay(Math.max(0, atMs - performance.now()) + BEHIND_IT_MS)
  // Of timers that are all late Node runs those of one length together, whatever is due between them: the last of them run in this turn.
  await nextTurn()
}
