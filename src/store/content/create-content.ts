import { setTimeout as sleep } from 'node:timers/promises'
import { DAY_MS, HOUR_MS } from '../../core/durations.ts'
import type { Connection } from '../connection.ts'
import { latestRun } from '../runs/latest-run.ts'
import type { RunTable } from '../schema.ts'
import type { KeyRing } from '../seals/key-ring.ts'
import { ask, inTurn, type Work } from '../work.ts'
import { createPace, PAUSE_MS, pacedBatches, timed } from './pace.ts'
import { purgeBelow } from './purge-below.ts'
import { dueAt, endedBefore, purgeAll } from './purge-by-time.ts'
import {
  deleteForgottenTexts,
  isTextForgotten,
  openInTree,
  type Purged,
  type Purging,
  purgeTrees,
} from './purge-trees.ts'
import { type RunsWhere, type TreeWhere, treesWhere } from './trees-where.ts'

export type { Purged } from './purge-trees.ts'
export type { RunsWhere } from './trees-where.ts'

/** A tree whose content was not ended: a run of it has not ended, or had not as it was looked for, or only some of its runs are meant. */
export interface Unpurged extends Omit<TreeWhere, 'someKey'> {
  /** The run at its top, by its id and its key. */
  readonly run: string
  readonly key: string
}

/** What runs have said and read, and its end. Calls, attempts and money are the ledger's and stay. */
export interface ContentPort {
  /** A run of the tree that this one belongs to which has not ended, by its id: without its content it could not go on. */
  openIn(run: string): Promise<string | undefined>
  /**
   * Ends the content of one run and of the runs below it: the key of a sealed one is destroyed, the rows of any other deleted.
   * `undefined`: there is no such run. A run below another goes with the whole tree.
   */
  purge(run: string, atMs: number): Promise<Purged | undefined>
  /** The same for each tree of which all runs are such, and have ended. `left`: the others that have such a run. */
  purgeWhere(
    where: RunsWhere,
    atMs: number,
  ): Promise<{ readonly purged: readonly Purged[]; readonly left: readonly Unpurged[] }>
  /** The same for all runs that ended before a time, with all below them. */
  purgeEndedBefore(beforeMs: number, atMs: number): Promise<readonly Purged[]>
  /**
   * The same for all whose retention is over. Also deletes long texts that clients wrote for runs which never began.
   *
   * @param signal - Leaves the rest for the next time, once what is under way is done.
   */
  purgeDue(atMs: number, signal?: AbortSignal): Promise<readonly Purged[]>
  /**
   * A client has read how the run ended: with a retention of 0 its content goes now.
   *
   * @param keyOf - Of the run that was read, asked for only where its content would go: a run of another namespace may have the same id.
   * @defaultValue the latest such run of the id
   */
  outcomeRead(runId: string, atMs: number, keyOf?: () => Promise<string>): Promise<void>
  /** Whether at least half of a SQLite file is free room, which {@link scrub} gives back. */
  isHalfFree(): Promise<boolean>
  /** Overwrites what deleted rows have left in the database's files. May take long, and needs as much room again. */
  scrub(): Promise<void>
  /** Whether what was deleted still lies in the log of a SQLite file, since somebody reads from it. Known once the store was closed. */
  leavesInLog(): boolean
}

/** A run that no worker has begun after so long is taken for one that was never started. */
const FORGOTTEN_MS = 30 * DAY_MS

/** A text for a run whose content has ended: another run of that id would have begun by then. */
const TOO_LATE_MS = HOUR_MS

export function createContent(connection: Connection, ring: KeyRing): ContentPort {
  const { erase, read, clockAheadMs } = connection
  const purgeNow = async (root: RunTable, atMs: number, endedOnly: boolean) => {
    const purging = { ring, atMs, endedOnly }
    await purgeBelow(connection, [root], purging)
    return (await erase(() => purgeTrees([root], purging)))[0]
  }
  return {
    openIn: run =>
      read(function* () {
        const root = yield* rootRun(run)
        return root && (yield* openInTree(root))
      }),
    purge: async (run, atMs) => {
      const root = await read(() => rootRun(run))
      return root && purgeNow(root, atMs, false)
    },
    purgeWhere: async (where, atMs) => {
      const trees = await read(() => treesWhere(where))
      const purged = await purgeWhole(connection, trees, { ring, atMs, endedOnly: true })
      // As they are now: a run may go on since the first look.
      const left = await read(() => treesWhere(where))
      return { purged, left: await read(() => inTurn(left, unpurged)) }
    },
    purgeEndedBefore: (beforeMs, atMs) => purgeAll(connection, endedBefore(beforeMs), { ring, atMs }),
    purgeDue: async (atMs, signal) => {
      const purged = await purgeAll(connection, dueAt(atMs), { ring, atMs, signal })
      if (signal?.aborted) return purged
      const nowMs = atMs + (await clockAheadMs())
      const before = { unbegunMs: nowMs - FORGOTTEN_MS, purgedMs: nowMs - TOO_LATE_MS }
      // Each worker looks every few minutes, and nearly always there is none: who writes is not held up for that.
      if (await read(() => isTextForgotten(before))) await erase(() => deleteForgottenTexts(before))
      return purged
    },
    outcomeRead: async (runId, atMs, keyOf) => {
      const unkept = await read(() => unkeptOf(runId))
      if (unkept.length === 0) return
      const key = await keyOf?.()
      const root = key === undefined ? unkept[0] : unkept.find(({ run_key }) => run_key === key)
      if (root) await purgeNow(root, atMs, true)
    },
    isHalfFree: () => connection.isHalfFree(),
    scrub: () => connection.scrub(),
    leavesInLog: () => connection.leavesInLog(),
  }
}

/** Of these trees, ends the content of those that have ended and of which all runs were meant. */
async function purgeWhole(connection: Connection, trees: readonly TreeWhere[], purging: Purging): Promise<Purged[]> {
  const { erase, read } = connection
  const isWhole = ({ open, runs, matching }: TreeWhere) => open === undefined && runs === matching
  const pace = createPace()
  const purged: Purged[] = []
  for (const batch of pacedBatches(trees.filter(isWhole), pace)) {
    if (purged.length > 0) await sleep(PAUSE_MS)
    const roots = await read(() => rootsOf(batch))
    await purgeBelow(connection, roots, purging)
    purged.push(...(await timed(pace, batch.length, () => erase(() => purgeTrees(roots, purging)))))
  }
  return purged
}

/** The run at the top of the tree that a run belongs to. */
function* rootRun(id: string): Work<RunTable | undefined> {
  const run = yield* latestRun(id)
  if (!run || run.run_key === run.scope_id) return run
  return (
    (yield* ask(({ queries }) => queries.selectFrom('runs').selectAll().where('run_key', '=', run.scope_id)))[0] ?? run
  )
}

function* rootsOf(trees: readonly TreeWhere[]): Work<RunTable[]> {
  return (yield* inTurn(trees, ({ someKey }) => rootRun(someKey))).filter(root => root !== undefined)
}

function* unpurged({ someKey, ...tree }: TreeWhere): Work<Unpurged> {
  const { run_id, run_key } = (yield* rootRun(someKey))!
  return { run: run_id, key: run_key, ...tree }
}

/** The runs of an id, at the top of their trees, whose content ends once their outcome was read, newest first. */
const unkeptOf = (runId: string) =>
  ask(({ queries }) =>
    queries
      .selectFrom('runs')
      .selectAll()
      .where('run_id', '=', runId)
      .whereRef('run_key', '=', 'scope_id')
      .where('retention_ms', '=', 0)
      .where('purged_at_ms', 'is', null)
      .orderBy('started_at_ms', 'desc'),
  )
