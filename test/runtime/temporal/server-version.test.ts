import { expect, it } from 'vitest'
import type { WorkflowConnection } from '../../../src/runtime/temporal/grpc-answer.ts'
import { serverWords } from '../../../src/runtime/temporal/server-version.ts'

function connectionTo(serverVersion: string): WorkflowConnection {
  const workflowService = { getSystemInfo: async () => ({ serverVersion }) }
  return { workflowService, withDeadline: async (_: unknown, ask: () => unknown) => ask() } as never
}

it.each([
  ['1.32.0', 'Temporal server 1.32.0'],
  ['1.33.1-cloud.4', 'Temporal server 1.33.1-cloud.4'],
  ['1.27.2', 'Temporal server 1.27.2, older than 1.32, the oldest that Signalbox is tried on'],
  // Some proxies do not tell.
  ['', undefined],
])('a server of version %j is named as %j', async (version, words) => {
  expect(await serverWords(connectionTo(version))).toBe(words)
})
