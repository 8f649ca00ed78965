/**
 * Does a piece of work on a connection, in a transaction or without one.
 *
 * @module
 */
import { setImmediate } from 'node:timers/promises'
import type { PoolClient } from 'pg'
import type { Question, Work } from '../work.ts'
import { isDeadlock } from './problems.ts'

export interface Sender {
  /** Sends one statement; statements arrive and are answered in the order in which they were sent. */
  send(client: PoolClient, question: Question): Promise<unknown[]>
  isChange(question: Question): boolean
}

/** A deadlock costs its victim a second, the server's own wait before it looks. */
const DEADLOCK_TRIES = 4

/** Calls lock their rows in one order, so deadlocks are rare; the transaction that the server ends has changed nothing and begins again. */
export async function transact<Result>(
  client: PoolClient,
  work: () => Work<Result>,
  sender: Sender,
  setting?: string,
): Promise<Result> {
  for (let left = DEADLOCK_TRIES; ; left -= 1) {
    try {
      return await tryOnce(client, work(), sender, setting)
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

/** Begin and commit leave together with the statements beside them: alone each would take a whole way to the server and back. */
async function tryOnce<Result>(
  client: PoolClient,
  work: Work<Result>,
  sender: Sender,
  setting: string | undefined,
): Promise<Result> {
  const begun = Promise.all([BEGIN, ...(setting === undefined ? [] : [setting])].map(text => client.query(text)))
  const sent: Promise<unknown>[] = [begun]
  begun.catch(() => {})
  try {
    const result = await answer(client, work, sender, sent)
    await refusedHere(sent)
    sent.push(unheard(client.query('commit')))
    await Promise.all(sent)
    return result
  } catch (error) {
    // A broken connection has no transaction left to roll back, and the first error says why.
    await client.query('rollback').catch(() => {})
    throw error
  }
}

/** What the driver itself refuses does not come to the server, which would commit without it. */
async function refusedHere(sent: readonly Promise<unknown>[]): Promise<void> {
  await Promise.race([setImmediate(), Promise.all(sent)])
}

/** Waits for answers that are needed, and in the end for all: the first that failed is what went wrong. */
export async function finish<Result>(client: PoolClient, work: Work<Result>, sender: Sender): Promise<Result> {
  const sent: Promise<unknown>[] = []
  const result = await answer(client, work, sender, sent)
  await Promise.all(sent)
  return result
}

/** @param sent - What was sent until now: a begin stands first. All that is sent here is added to it. */
async function answer<Result>(
  client: PoolClient,
  work: Work<Result>,
  { isChange, send }: Sender,
  sent: Promise<unknown>[],
): Promise<Result> {
  const [begun] = sent
  try {
    let next = work.next()
    // Behind a begin that fails everything is done without a transaction: there a question does no harm, and a change would stay.
    if (begun && !next.done && next.value.some(isChange)) await begun
    while (!next.done) {
      const answers = next.value.map(question => {
        const rows = send(client, question)
        sent.push(unheard(rows))
        return question.blind ? [] : rows
      })
      const rows = await Promise.all(answers)
      await begun
      next = work.next(rows)
    }
    return next.value
  } catch (error) {
    // After a failure the server refuses what follows, so the earliest failure is the true one.
    await Promise.all(sent)
    throw error
  }
}

/** Whether it arrives, without its rows. Looked at later: until then a failure is not to end the process as one that nobody hears. */
function unheard(rows: Promise<unknown>): Promise<void> {
  const arrived = rows.then(() => {})
  arrived.catch(() => {})
  return arrived
}
