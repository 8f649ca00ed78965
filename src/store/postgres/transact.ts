/**
 * Does a piece of work on a connection, in a transaction or without one.
 *
 * @module
 */
import type { PoolClient } from 'pg'
import type { Question, Work } from '../work.ts'
import { isDeadlock } from './problems.ts'

/** Sends one statement; statements arrive and are answered in the order in which they were sent. */
export type Send = (client: PoolClient, question: Question) => Promise<unknown[]>

/** A deadlock costs its victim a second, the server's own wait before it looks. */
const DEADLOCK_TRIES = 4

/** Calls lock their rows in one order, so deadlocks are rare; the transaction that the server ends has changed nothing and begins again. */
export async function transact<Result>(
  client: PoolClient,
  work: () => Work<Result>,
  send: Send,
  setting?: string,
): Promise<Result> {
  for (let left = DEADLOCK_TRIES; ; left -= 1) {
    try {
      return await tryOnce(client, work(), send, setting)
    } catch (error) {
      if (!isDeadlock(error) || left === 1) throw error
    }
  }
}

/**
 * Whatever the server's default is: rows are locked before they are read, and who has waited for a lock is to see what the other
 * one wrote. A stricter level would end most of those that wait.
 */
const BEGIN = 'begin isolation level read committed'

async function tryOnce<Result>(
  client: PoolClient,
  work: Work<Result>,
  send: Send,
  setting: string | undefined,
): Promise<Result> {
  await client.query(BEGIN)
  let result: Result
  try {
    if (setting !== undefined) await client.query(setting)
    result = await finish(client, work, send)
  } catch (error) {
    // A broken connection has no transaction left to roll back, and the first error says why.
    await client.query('rollback').catch(() => {})
    throw error
  }
  await client.query('commit')
  return result
}

/** Waits for answers that are needed, and in the end for all: the first that failed is what went wrong. */
export async function finish<Result>(client: PoolClient, work: Work<Result>, send: Send): Promise<Result> {
  const blind: Promise<unknown>[] = []
  try {
    let next = work.next()
    while (!next.done) {
      const answer = send(client, next.value)
      if (next.value.blind) {
        // Looked at later: until then its failure is not to end the process as one that nobody hears.
        answer.catch(() => {})
        blind.push(answer)
      }
      next = work.next(next.value.blind ? [] : await answer)
    }
    await Promise.all(blind)
    return next.value
  } catch (error) {
    // After a failure the server refuses what follows, so an earlier failure is the true one.
    await Promise.all(blind)
    throw error
  }
}
