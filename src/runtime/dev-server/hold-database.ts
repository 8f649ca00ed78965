/**
 * Keeps two dev servers from one database: each would take its shards from the other, and both would lose work.
 *
 * @module
 */
import { accessSync, closeSync, constants, existsSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/**
 * Holds the database of a dev server until it is given back or this process ends, however it ends: the operating system gives
 * back the lock of a file.
 *
 * @returns how to give it back, or `undefined` while another process holds it.
 */
export function holdDatabase(databasePath: string): (() => void) | undefined {
  const path = `${databasePath}.lock`
  // Closed, one that is there would give back what this process holds already.
  if (existsSync(path)) accessSync(path, constants.R_OK | constants.W_OK)
  else closeSync(openSync(path, 'a', 0o600))
  const lock = new DatabaseSync(path)
  try {
    lock.exec('begin exclusive')
    return () => lock.close()
  } catch (error) {
    lock.close()
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return undefined
    throw error
  }
}

const SQLITE_BUSY = 5
