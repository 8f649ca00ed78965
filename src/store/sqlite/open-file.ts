import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { inspectFile } from './inspect-file.ts'
import { BUSY_TIMEOUT_MS, patiently } from './patience.ts'

/** Opens a file once it was looked at; makes it where it is missing. */
export async function openFile(path: string): Promise<DatabaseSync> {
  makeFile(path)
  await patiently(() => inspectFile(path))
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS })
  try {
    // Two processes that open a new file at once: the switch to WAL answers "busy" without waiting.
    await patiently(() => database.exec(PRAGMAS))
  } catch (error) {
    database.close()
    throw error
  }
  return database
}

/**
 * Transcripts lie in it: a new file is its owner's alone, a new folder too, and SQLite gives its side files the same mode. One that is
 * there is left alone: with a file that it closes a process gives back all its locks on it, also those of stores that it has open, and
 * another process would remove their log.
 */
function makeFile(path: string): void {
  if (path === ':memory:' || existsSync(path)) return
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  closeSync(openSync(path, 'a', 0o600))
}

/**
 * A commit copies the log into the file only at 32,000 pages (128 MB) instead of 1,000, where the thread that does it beside the
 * work does not come to it: a copy waits for the disk. A log that has grown meanwhile gives back what it has beyond 32 MB.
 */
const PRAGMAS = `pragma journal_mode = wal; pragma synchronous = normal; pragma wal_autocheckpoint = 32000;
  pragma journal_size_limit = ${32 * 1024 * 1024}`
