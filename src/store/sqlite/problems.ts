import { existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { StoreProblem } from '../store-problem.ts'
import { STORE_TABLES } from '../store-tables.ts'

/** SQLite's primary result codes, https://www.sqlite.org/rescode.html; extended ones carry them in the low byte. */
const ERROR = 1
const BUSY = 5
const READONLY = 8
const IOERR = 10
const CORRUPT = 11
const FULL = 13
const CANTOPEN = 14
const PROTOCOL = 15
const NOTADB = 26
/** An extended one: the index of the log, which lies in shared memory, cannot grow. */
const IOERR_SHMSIZE = 4874

export function isBusy(error: unknown): boolean {
  return resultCode(error) === BUSY
}

/** No room on the disk: for the file, for its log, or for the index of that. */
export function isFull(error: unknown): boolean {
  return resultCode(error) === FULL || extendedCode(error) === IOERR_SHMSIZE
}

/** The file is damaged, or no database at all. */
export function isDamage(error: unknown): boolean {
  const code = resultCode(error)
  return code === NOTADB || code === CORRUPT
}

export function damagedFile(path: string): string {
  return `The store file ${path} is damaged or not a SQLite database. ${RESTORE}`
}

export function missingFile(path: string): StoreProblem {
  return new StoreProblem(
    'unreachable',
    `There is no store file ${path}; the first \`signalbox dev\` or \`signalbox worker\` creates it. If your workers use another ` +
      'store, name that one, e.g. DATABASE_URL=sqlite:signalbox.db. Nothing was created.',
  )
}

/** Of a file that is open, and no more at its place. */
export function goneFile(path: string, isReplaced: boolean): StoreProblem {
  const what = isReplaced ? 'was replaced by another file' : 'was deleted or moved away'
  return new StoreProblem(
    'unreachable',
    `The store file ${path} ${what} while this process had it open, so nothing is written any more. Put it back, or a backup in ` +
      'its place, and start this process anew.',
  )
}

export function lackingTables(path: string, tables: readonly string[]): string {
  const named = tables.length === 1 ? `table ${tables[0]}` : `tables ${tables.join(', ')}`
  return `The store file ${path} is damaged: it lacks the ${named}. ${RESTORE}`
}

/** What SQLite or the file system said, for people; `undefined` for anything that is not theirs. */
export function sqliteProblem(error: unknown, path: string): StoreProblem | undefined {
  const code = isFull(error) ? FULL : (resultCode(error) ?? fileCode(error))
  switch (code === CANTOPEN && isFile(path) ? 'EACCES' : code) {
    case NOTADB:
    case CORRUPT:
      return problem('corrupt', damagedFile(path), error)
    case ERROR:
      return lackingProblem(error, path)
    case READONLY:
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return problem('read-only', `The store file ${path} cannot be written. ${permit(path)}`, error)
    case CANTOPEN:
    case 'EEXIST':
    case 'EISDIR':
    case 'ENOTDIR':
      return problem('unreachable', `The store file ${path} cannot be opened: it is not a file. ${ANOTHER_FILE}`, error)
    case FULL:
    case 'ENOSPC':
      return problem('full', `The disk of the store file ${path} is full. Free space there, then go on.`, error)
    case IOERR:
      return problem(
        'unreachable',
        `The disk failed under the store file ${path}. Check the disk and its mount.`,
        error,
      )
    case PROTOCOL:
      return problem('busy', `The store file ${path} cannot be locked as it should. ${LOCAL_FILE}`, error)
    case BUSY:
      return problem('busy', `Another process keeps the store file ${path} locked. End it, then go on.`, error)
    default:
      return undefined
  }
}

/** SQLite does not tell a file that it may not read from what is no file. */
function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile()
}

const RESTORE =
  'End the processes that use it, then put a backup in its place, or move it away to start with an empty store.'
const LOCAL_FILE =
  'Put it on a local disk, not on a file system of the network, or use PostgreSQL (DATABASE_URL=postgres://…).'
const ANOTHER_FILE = 'Name another file, e.g. DATABASE_URL=sqlite:signalbox.db.'

function permit(path: string): string {
  return `Let this user write it and its folder ${dirname(path)}, or name another file with DATABASE_URL.`
}

/** Of what else SQLite's general code says, only a bug of ours is the cause. */
function lackingProblem(error: unknown, path: string): StoreProblem | undefined {
  const [, table = ''] = /^no such table: (?:main\.)?(\w+)$/.exec((error as Error).message) ?? []
  return STORE_TABLES.has(table) ? problem('corrupt', lackingTables(path, [table]), error) : undefined
}

function problem(kind: StoreProblem['kind'], message: string, cause: unknown): StoreProblem {
  return new StoreProblem(kind, message, { cause })
}

function resultCode(error: unknown): number | undefined {
  const code = extendedCode(error)
  return code === undefined ? undefined : code & 0xff
}

function extendedCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : undefined
}

function fileCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined
  return String(error.code)
}
