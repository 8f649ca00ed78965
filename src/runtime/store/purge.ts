/**
 * Deletes the content of runs by hand, for `signalbox purge`.
 *
 * @module
 */
import { notEndedWords } from '../../core/words/not-ended.ts'
import { type Purged, type RunsWhere, type Store, StoreProblem, type Unpurged } from '../../store/index.ts'
import { ConfigurationProblem } from '../configuration/configuration-problem.ts'
import { doubtfulWords, meantRun, type OwnNamespace } from '../finding/meant-run.ts'
import { unknownRun } from '../finding/unknown-run.ts'
import { openExistingStore } from './open-store.ts'

/** Which runs to purge: `where`, else `olderThanMs`, else `run`. If none is given, the runs whose retention is over. */
export interface PurgeWish {
  /** One run and its tree, by id. */
  readonly run?: string
  /** Trees in which all runs match. */
  readonly where?: RunsWhere
  /** Runs that ended at least this long ago, in milliseconds. */
  readonly olderThanMs?: number
  /**
   * Also rewrites the database's files if something was deleted, so that nothing of it is left in them, or if half of a SQLite file is free
   * room. @defaultValue false
   */
  readonly compact?: boolean
}

export interface PurgeReport {
  readonly purged: readonly Purged[]
  /** With `where`: trees that were not purged although one of their runs matches. */
  readonly left?: readonly Unpurged[]
  /** Whether the database's files were rewritten. */
  readonly compacted: boolean
  /** If they could not be rewritten: why, for people. */
  readonly uncompacted?: string
  /**
   * Whether deleted content is still in the log of the SQLite file because another process reads from it. A worker, or whoever closes the
   * file last, empties the log later.
   */
  readonly leftInLog: boolean
  /** Where the store is, for people. */
  readonly place: string
}

/**
 * Purges the runs that are meant.
 *
 * @param own - Gives the namespace of whoever purges. @defaultValue it is unknown
 * @throws ConfigurationProblem if a run of the tree has not ended, or if runs of several namespaces have this id and it is not known which
 * one is meant; StoreProblem if the store cannot be opened or has no such run.
 */
export async function purgeContent(
  wish: PurgeWish,
  env: NodeJS.ProcessEnv,
  own: () => Promise<OwnNamespace | undefined> = async () => undefined,
): Promise<PurgeReport> {
  const store = await openExistingStore(env)
  const purging = async () => {
    const done = await purgeAsked(store, wish, own, Date.now())
    const { purged } = done
    const isToCompact =
      wish.compact === true && (purged.some(({ how }) => how === 'deleted') || (await store.content.isHalfFree()))
    const uncompacted = isToCompact ? await problemOf(store.content.scrub()) : undefined
    const compacted = isToCompact && uncompacted === undefined
    return { ...done, compacted, ...(uncompacted !== undefined && { uncompacted }), place: store.place }
  }
  const report = await purging().finally(() => store.close())
  return { ...report, leftInLog: report.purged.length > 0 && store.content.leavesInLog() }
}

/**
 * The message of a store problem while the files are rewritten. It is reported and not thrown, because the content has been
 * purged all the same.
 */
async function problemOf(scrubbing: Promise<void>): Promise<string | undefined> {
  try {
    await scrubbing
    return undefined
  } catch (error) {
    if (error instanceof StoreProblem) return error.message
    throw error
  }
}

async function purgeAsked(
  store: Store,
  wish: PurgeWish,
  own: () => Promise<OwnNamespace | undefined>,
  nowMs: number,
): Promise<Pick<PurgeReport, 'purged' | 'left'>> {
  const { content } = store
  if (wish.where) return content.purgeWhere(wish.where, nowMs)
  if (wish.olderThanMs !== undefined) return { purged: await content.purgeEndedBefore(nowMs - wish.olderThanMs, nowMs) }
  if (wish.run === undefined) return { purged: await content.purgeDue(nowMs) }
  return { purged: await purgeRun(store, wish.run, own, nowMs) }
}

async function purgeRun(
  { content, reports, place }: Store,
  run: string,
  own: () => Promise<OwnNamespace | undefined>,
  nowMs: number,
): Promise<readonly Purged[]> {
  const meant = await meantRun(reports, run, own)
  if (meant.doubtful.length > 0) throw new ConfigurationProblem(doubtfulWords(run, meant))
  if (!(await reports.run(meant.key))) throw unknownRun(run, place)
  const open = await content.openIn(meant.key)
  if (open !== undefined) throw new ConfigurationProblem(notEndedWords(open))
  const purged = await content.purge(meant.key, nowMs)
  return purged ? [purged] : []
}
