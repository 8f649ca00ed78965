/**
 * Does a piece of work in a file: in a transaction, or without one where it only reads.
 *
 * @module
 */
import type { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import type { Question, Work } from '../work.ts'
import { BUSY_TIMEOUT_MS } from './patience.ts'
import { isFull } from './problems.ts'

type Answer = (question: Question) => unknown[]

/**
 * Does all of a piece of work without giving way: what another part of this process starts meanwhile begins after the commit. Begin
 * and commit are prepared once: SQLite's parser, which nothing else of a call needs, takes as long as they do.
 */
export function createTransact(database: DatabaseSync): Transact {
  const begin = database.prepare('begin immediate')
  const commit = database.prepare('commit')
  return body => {
    begin.run()
    try {
      const result = body()
      commit.run()
      return result
    } catch (error) {
      if (database.isTransaction) database.exec('rollback')
      throw error
    }
  }
}

export type Transact = <Result>(body: () => Result) => Result

/**
 * On a disk that was full, what room there is again goes to the file first. The log, which may be all that has grown, then begins anew
 * in its place; it would take that room itself, and the file could never grow by what lies in it. Where somebody still reads from the
 * log, or copies it, the next commit tries again.
 */
export function makingRoom(database: DatabaseSync, transact: Transact): Transact {
  let wasFull = false
  return body => {
    try {
      if (wasFull) wasFull = !emptiesLog(database)
      return transact(body)
    } catch (error) {
      wasFull ||= isFull(error)
      throw error
    }
  }
}

/** What is deleted meanwhile is overwritten in the file. */
export function overwriting<Result>(database: DatabaseSync, body: () => Result): Result {
  database.exec('pragma secure_delete = on')
  try {
    return body()
  } finally {
    database.exec('pragma secure_delete = off')
  }
}

/** Copies the log into the file and cuts it off, unless somebody reads from it, such as a backup: all of this process would wait. */
export function emptiesLog(database: DatabaseSync): boolean {
  database.exec('pragma busy_timeout = 0')
  try {
    return database.prepare('pragma wal_checkpoint(truncate)').get()?.busy === 0
  } finally {
    database.exec(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`)
  }
}

export function finish<Result>(work: Work<Result>, answer: Answer): Result {
  let next = work.next()
  while (!next.done) next = work.next(next.value.map(answer))
  return next.value
}

/** So many rows take some 5 ms, with what is made of them. */
const ROWS_IN_TURN = 1_000

/** Of what the database makes of many rows, where few are read. */
const MS_IN_TURN = 5

/** Gives way each time many rows were read, or added up: a report may go through millions, and all of this process waits meanwhile. */
export async function finishInTurns<Result>(work: Work<Result>, answer: Answer): Promise<Result> {
  let rows = 0
  let beganMs = performance.now()
  let next = work.next()
  while (!next.done) {
    const answers = next.value.map(answer)
    rows += answers.reduce((sum, { length }) => sum + length, 0)
    next = work.next(answers)
    if (next.done || (rows < ROWS_IN_TURN && performance.now() - beganMs < MS_IN_TURN)) continue
    await setImmediate()
    rows = 0
    beganMs = performance.now()
  }
  return next.value
}
