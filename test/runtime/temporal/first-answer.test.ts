import type { Client } from '@temporalio/client'
import { expect, it } from 'vitest'
import { createFirstAnswer } from '../../../src/runtime/temporal/first-answer.ts'
import { TemporalUnreachable } from '../../../src/runtime/temporal/unreachable.ts'

const PERMISSION_DENIED = 7
const UNAVAILABLE = 14

/** A client whose server answers so, one after the other; 0 is well. */
function clientOf(...codes: readonly number[]): Client {
  const left = [...codes]
  const getSystemInfo = async () => {
    const code = left.shift() ?? 0
    if (code === 0) return {}
    throw Object.assign(new Error('no'), { code, details: 'no', metadata: {} })
  }
  const withDeadline = (_: number, ask: () => unknown) => ask()
  const connection = { options: { address: 'temporal:7233' }, workflowService: { getSystemInfo }, withDeadline }
  return { connection, workflowService: connection.workflowService } as unknown as Client
}

it('is missed until a server has answered, and not any more while that is away', async () => {
  const server = createFirstAnswer(clientOf(UNAVAILABLE, 0, UNAVAILABLE))
  await expect(server.require()).rejects.toBeInstanceOf(TemporalUnreachable)
  await server.require()
  await server.require()
})

it('is not asked for where it is known', async () => {
  const server = createFirstAnswer(clientOf(UNAVAILABLE))
  server.note()
  await server.require()
})

it('is a refusal, too', async () => {
  await createFirstAnswer(clientOf(PERMISSION_DENIED)).require()
})
