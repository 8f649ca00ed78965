import type { Work } from './work.ts'

/** One database, open. `sqlite/` and `postgres/` each make one. */
export interface Connection {
  /** Runs the work in one transaction: all of it is kept, or nothing. */
  write<Result>(work: () => Work<Result>): Promise<Result>
  /** Runs work that only reads; each of its questions sees what is committed at that time. */
  read<Result>(work: () => Work<Result>): Promise<Result>
  close(): Promise<void>
}
