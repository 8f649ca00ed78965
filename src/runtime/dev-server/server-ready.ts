import { setTimeout as delay } from 'node:timers/promises'
import { Connection, isGrpcServiceError } from '@temporalio/client'

const ASK_EVERY_MS = 50
const ASK_TIMEOUT_MS = 5_000

/** Reconnects sooner than gRPC's own second, or the wait would be longer than the server's start. */
const QUICK_RECONNECT = { 'grpc.initial_reconnect_backoff_ms': 50, 'grpc.max_reconnect_backoff_ms': 200 }

export interface ReadyOptions {
  readonly address: string
  readonly timeoutMs: number
  /** Settles when the server's process has ended: then nobody will answer. */
  readonly ended: Promise<unknown>
}

export type Ready = { readonly kind: 'answering' | 'ended' | 'silent' }

/** Asks a dev server for its namespace until it answers, its process ends or the time is over. */
export async function waitUntilAnswering(options: ReadyOptions): Promise<Ready> {
  const finished = new AbortController()
  const ended = options.ended.then((): Ready => ({ kind: 'ended' }))
  try {
    return await Promise.race([ended, askUntilAnswered(options, finished.signal)])
  } finally {
    finished.abort()
  }
}

async function askUntilAnswered(options: ReadyOptions, finished: AbortSignal): Promise<Ready> {
  const connection = Connection.lazy({ address: options.address, channelArgs: QUICK_RECONNECT })
  const giveUpAt = Date.now() + options.timeoutMs
  try {
    while (!finished.aborted && Date.now() < giveUpAt) {
      if (await answers(connection, Math.min(giveUpAt, Date.now() + ASK_TIMEOUT_MS))) {
        return { kind: 'answering' }
      }
      await delay(ASK_EVERY_MS)
    }
    return { kind: 'silent' }
  } finally {
    await connection.close()
  }
}

async function answers(connection: Connection, deadline: number): Promise<boolean> {
  try {
    await connection.withDeadline(deadline, () =>
      connection.workflowService.describeNamespace({ namespace: 'default' }),
    )
    return true
  } catch (error) {
    if (isGrpcServiceError(error)) return false
    throw error
  }
}
