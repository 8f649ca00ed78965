import { dirname } from 'node:path'
import { StoreProblem } from '../store-problem.ts'

/** SQLite's primary result codes, https://www.sqlite.org/rescode.html; extended ones carry them in the low byte. */
const BUSY = 5
const READONLY = 8
const IOERR = 10
const CORRUPT = 11
const FULL = 13
const CANTOPEN = 14
const NOTADB = 26

export function isBusy(error: unknown): boolean {
  return resultCode(error) === BUSY
}

/** What SQLite or the file system said, for people; `undefined` for anything that is not theirs. */
export function sqliteProblem(error: unknown, path: string): StoreProblem | undefined {
  switch (resultCode(error) ?? fileCode(error)) {
    case NOTADB:
    case CORRUPT:
      return problem('corrupt', `The store file ${path} is damaged or no SQLite database. ${RESTORE}`, error)
    case READONLY:
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return problem('read-only', `The store file ${path} cannot be written. ${permit(path)}`, error)
    case CANTOPEN:
    case 'EEXIST':
    case 'EISDIR':
    case 'ENOTDIR':
      return problem('unreachable', `The store file ${path} cannot be opened: it is no file. ${ELSEWHERE}`, error)
    case FULL:
    case 'ENOSPC':
      return problem('full', `The disk of the store file ${path} is full. Free space there, then go on.`, error)
    case IOERR:
      return problem(
        'unreachable',
        `The disk failed under the store file ${path}. Check the disk and its mount.`,
        error,
      )
    case BUSY:
      return problem('busy', `Another process keeps the store file ${path} locked. End it, then go on.`, error)
    default:
      return undefined
  }
}

const RESTORE = 'Put a backup in its place, or move it away to begin with an empty store. It was not changed.'
const ELSEWHERE = 'Name another file, e.g. DATABASE_URL=sqlite:signalbox.db.'

function permit(path: string): string {
  return `Let this user write it and its folder ${dirname(path)}, or name another file with DATABASE_URL.`
}

function problem(kind: StoreProblem['kind'], message: string, cause: unknown): StoreProblem {
  return new StoreProblem(kind, message, { cause })
}

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined
  return error.errcode & 0xff
}

function fileCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined
  return String(error.code)
}
