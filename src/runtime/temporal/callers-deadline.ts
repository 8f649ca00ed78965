import type { Client, Connection } from '@temporalio/client'

/**
 * By when whoever calls wants an answer, as `client.withDeadline` was told, in milliseconds since 1970; `Infinity` where nobody has said.
 * A deadline of ours that is set inside theirs would replace it.
 */
export function callersDeadlineMs({ connection }: Pick<Client, 'connection'>): number {
  const { callContextStorage } = connection as Partial<Pick<Connection, 'callContextStorage'>>
  return Number(callContextStorage?.getStore()?.deadline ?? Number.POSITIVE_INFINITY)
}
