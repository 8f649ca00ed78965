import type { Work } from './work.ts'

/** How a database is opened. */
export interface Opening {
  /** Refuses a store that is not there; else it is made. */
  readonly existing: boolean
  /** Refuses a store of an older version; else it is brought up to date. */
  readonly upToDate: boolean
  readonly nowMs: number
}

/** One database, open. `sqlite/` and `postgres/` each make one. */
export interface Connection {
  /** Runs the work in one transaction: all of it is kept, or nothing. */
  write<Result>(work: () => Work<Result>): Promise<Result>
  /** Runs work that only reads; each of its questions sees what is committed at that time. */
  read<Result>(work: () => Work<Result>): Promise<Result>
  /** Writes, and leaves nothing of what it has deleted in the database's pages or its log, as far as that is in its hands. */
  erase<Result>(work: () => Work<Result>): Promise<Result>
  /** Whether what was erased still lies in a log of ours, since somebody reads from it. Known after {@link close}, which waits a while. */
  leavesInLog(): boolean
  /** Whether at least half of a SQLite file is free room: it never shrinks by itself. Of a server `false`. */
  isHalfFree(): Promise<boolean>
  /** Rewrites the database's files without what was deleted. */
  scrub(): Promise<void>
  /** How far the database's clock is ahead of this process's; 0 where both are one or none can be told. */
  clockAheadMs(): Promise<number>
  /** Of a server's: what it was asked fails now, and so does what would be asked until the function that it gives is called. */
  abandon(): () => void
  /** To be called once nothing is under way: see `until-closed.ts`. */
  close(): Promise<void>
}
