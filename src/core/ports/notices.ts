/**
 * The ends of runs that webhooks are still to be told of.
 *
 * @module
 */

/** Identifies a notice: a run that was reset may end more than once. */
export interface NoticeKey {
  readonly runKey: string
  readonly name: string
  readonly endedAtMs: number
}

/** A notice that is to be posted now. */
export interface DueNotice extends NoticeKey {
  readonly runId: string
  /** As it is posted, at each try the same. */
  readonly body: string
  /** How often it was tried, with this one. */
  readonly tries: number
  /** When it is due again if this try fails, or if nobody hears of it any more. */
  readonly nextTryAtMs: number
}

/** How a try to post a notice ended. */
export interface NoticeTry {
  readonly triedAtMs: number
  /** Why it failed. Absent: it was taken. */
  readonly problem?: string
  /** When the next try is due. Absent: there is none. */
  readonly nextTryAtMs?: number
}

/** The notices that all workers of a store share. They are written with the ends of their runs, by the ledger. */
export interface NoticePort {
  /**
   * Takes those of a name that are due, longest first: of runs that were begun on that queue, then those of which nobody has said where.
   * Before they are given, each is due again after a pause: should this worker be lost while it posts them, another one does.
   */
  claim(
    told: { readonly name: string; readonly queue: string },
    nowMs: number,
    limit: number,
  ): Promise<readonly DueNotice[]>
  /** Records how a try ended. One that was taken, or given up, stays so. */
  tried(notice: NoticeKey, end: NoticeTry): Promise<void>
}
