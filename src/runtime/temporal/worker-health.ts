/**
 * Says by its exit code whether a worker of this machine asks Temporal for work: `node worker-health.ts [task queue]`.
 * For the health check of a container, where a worker listens on no port of its own.
 */
import { hostname } from 'node:os'
import { Connection } from '@temporalio/client'
import { TASK_QUEUE } from '../../core/protocol.ts'
import { connectionOptions } from './connection-options.ts'
import { lastPollAtMs } from './last-poll.ts'

/** A poll lasts up to a minute, and is counted when it begins. */
const FRESH_MS = 90_000

const { client, namespace } = connectionOptions()
const connection = await Connection.connect(client)
try {
  const polledAtMs = await lastPollAtMs(connection, {
    namespace,
    taskQueue: process.argv[2] ?? TASK_QUEUE,
    host: hostname(),
  })
  const healthy = polledAtMs !== undefined && Date.now() - polledAtMs < FRESH_MS
  process.stdout.write(`${healthy ? 'asks for work' : 'does not ask for work'}\n`)
  process.exitCode = healthy ? 0 : 1
} finally {
  await connection.close()
}
