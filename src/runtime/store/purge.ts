/**
 * Purging by hand.
 *
 * @module
 */
import { notEndedWords } from '../../core/words/not-ended.ts'
import { type Purged, type RunsWhere, type Store, StoreProblem, type Unpurged } from '../../store/index.ts'
import { ConfigurationProblem } from '../configuration/configuration.ts'
import { doubtfulWords, meantRun, type OwnNamespace } from '../finding/meant-run.ts'
import { unknownRun } from '../finding/unknown-run.ts'
import { openExistingStore } from './open-store.ts'

/** Without `run`, `where` and `olderThanMs`: the runs whose retention is over. */
export interface PurgeWish {
  readonly run?: string
  /** The trees of which all runs are such. */
  readonly where?: RunsWhere
  /** Runs that ended so long ago. */
  readonly olderThanMs?: number
  /** Rewrites the database's files without what was deleted. @defaultValue false */
  readonly compact?: boolean
}

export interface PurgeReport {
  readonly purged: readonly Purged[]
  /** With `where`: trees that have such a run and were not purged. */
  readonly left?: readonly Unpurged[]
  /** Whether the database's files were rewritten without what was deleted. */
  readonly compacted: boolean
  /** Why they should have been and were not, for people. */
  readonly uncompacted?: string
  /**
   * Whether what was deleted still lies in the log of the SQLite file, since somebody reads from it. A worker, or whoever closes the
   * file last, empties it later.
   */
  readonly leftInLog: boolean
  /** Where the store lies, for people. */
  readonly place: string
}

/**
 * @param own - The namespace of whoever purges. @defaultValue unknown
 * @throws ConfigurationProblem when a run of its tree has not ended, or several namespaces have such a run and it is not known whose is
 * meant; StoreProblem, also when there is no such run.
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
    const isToCompact = wish.compact === true && purged.some(({ how }) => how === 'deleted')
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
