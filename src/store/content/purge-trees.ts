import { type ExpressionBuilder, type SelectQueryBuilder, sql } from 'kysely'
import { APPROVALS } from '../../core/decision-words.ts'
import { inPages, pagesOf } from '../in-pages.ts'
import { inTreeOf } from '../runs/tree.ts'
import type { RunTable, Tables } from '../schema.ts'
import { destroySeal } from '../seals/create-seals.ts'
import type { KeyRing } from '../seals/key-ring.ts'
import { SEALED, sealedWith } from '../seals/sealer.ts'
import { ask, type Dialect, type Work } from '../work.ts'

/** A run tree whose content is gone. `destroyed-key`: it was sealed. */
export interface Purged {
  readonly run: string
  readonly how: 'destroyed-key' | 'deleted'
  /** Runs of the tree. */
  readonly runs: number
}

export interface Purging {
  readonly ring: KeyRing
  readonly atMs: number
  /** Leaves alone what goes on, or was purged: a run that was looked up as ended may have been reset since. */
  readonly endedOnly: boolean
}

/**
 * Ends the content of some runs of a tree that is not sealed, by their keys. The run at the top is to be the last.
 *
 * @returns `false`: a run of the tree goes on, and nothing was done.
 */
export function* purgeSome(root: RunTable, keys: readonly string[], { atMs, endedOnly }: Purging): Work<boolean> {
  const runs = yield* inPages(keys, page => lockedRuns(root, page))
  if (endedOnly && (runs.some(run => run.ended_at_ms === null) || (yield* openInTree(root)) !== undefined)) return false
  for (const page of pagesOf(runs)) {
    yield* markPurged(page, root, atMs)
    yield* deleteContent(page.map(run => run.run_key))
  }
  return true
}

/** Ends the content of whole trees, each named by the run at its top. */
export function* purgeTrees(roots: readonly RunTable[], { ring, atMs, endedOnly }: Purging): Work<Purged[]> {
  const purged: Purged[] = []
  const plain: string[] = []
  for (const root of roots) {
    const runs = yield* runsOfTree(root)
    if (endedOnly && (runs.some(run => run.ended_at_ms === null) || runs.every(isPurged))) continue
    // The others were purged for this very purge, before.
    const rest = runs.filter(run => run.purged_at_ms !== atMs)
    if (root.seal_key !== null) yield* destroySeal(root.seal_key, ring, atMs)
    else for (const { run_key } of rest) plain.push(run_key)
    for (const page of pagesOf(rest)) yield* markPurged(page, root, atMs)
    purged.push({ run: root.run_id, how: root.seal_key === null ? 'deleted' : 'destroyed-key', runs: runs.length })
  }
  for (const keys of pagesOf(plain)) yield* deleteContent(keys)
  return purged
}

type RunOfTree = Pick<RunTable, 'run_key' | 'run_id' | 'ended_at_ms' | 'purged_at_ms'>

/** By another worker, since the tree was looked up. */
const isPurged = ({ purged_at_ms }: RunOfTree) => purged_at_ms !== null

function* markPurged(runs: readonly RunOfTree[], root: RunTable, atMs: number): Work<void> {
  const [keys, ids] = [runs.map(run => run.run_key), runs.map(run => run.run_id)]
  yield* ask(dialect => textsFor(dialect, ids, root, atMs))
  const purged = { purged_at_ms: atMs, last_purged_at_ms: atMs }
  yield* ask(({ queries }) => queries.updateTable('runs').set(purged).where('run_key', 'in', keys))
}

/**
 * As they are now: who would reset one of them waits until they are purged. Each before the run above it, whose key is the beginning of
 * its own: so does who tells that one.
 */
const runsOfTree = (root: RunTable) => ask(({ queries, lockRows }) => lockRows(runsIn(queries, root)))

/** Some of them, by their keys. */
const lockedRuns = (root: RunTable, keys: readonly string[]) =>
  ask(({ queries, lockRows }) => lockRows(runsIn(queries, root).where('run_key', 'in', keys)))

const runsIn = (queries: Dialect['queries'], root: RunTable) =>
  queries
    .selectFrom('runs')
    .select(['run_key', 'run_id', 'ended_at_ms', 'purged_at_ms'])
    .where(inTreeOf(root))
    .orderBy('run_key', 'desc')

/** A run of the tree that has not ended, by its id. */
export function* openInTree({ scope_id }: RunTable): Work<string | undefined> {
  const open = yield* ask(({ queries }) =>
    queries
      .selectFrom('runs')
      .select('run_id')
      .where('scope_id', '=', scope_id)
      .where('ended_at_ms', 'is', null)
      .orderBy('run_key')
      .limit(1),
  )
  return open[0]?.run_id
}

/**
 * What came after the run's end is for a later run of the same id, which no worker may have begun yet; what is sealed with another
 * key is for one of another namespace.
 */
function textsFor(
  { queries, beginsWithAny }: Dialect,
  runIds: readonly string[],
  { ended_at_ms, seal_key }: RunTable,
  atMs: number,
) {
  const own =
    seal_key === null
      ? sql<boolean>`not ${beginsWithAny('body', [SEALED])}`
      : beginsWithAny('body', [sealedWith(seal_key)])
  const texts = queries.deleteFrom('client_texts').where('run_id', 'in', runIds)
  return texts.where('at_ms', '<=', ended_at_ms ?? atMs).where(own)
}

/** Times before which a text of a client was written that nobody waits for any more. */
export interface ForgottenBefore {
  /** For a run that there never was: its start was lost. */
  readonly unbegunMs: number
  /** For one whose content has ended: it came too late, or for another one of that id that has not begun. */
  readonly purgedMs: number
}

/** Long texts of clients for which there is no run any more or never was one. */
export function* deleteForgottenTexts(before: ForgottenBefore): Work<void> {
  yield* ask(({ queries }) => queries.deleteFrom('client_texts').where(isForgotten(before)))
}

/** Whether there is one. */
export function* isTextForgotten(before: ForgottenBefore): Work<boolean> {
  const texts = yield* ask(({ queries }) =>
    queries.selectFrom('client_texts').select('digest').where(isForgotten(before)).limit(1),
  )
  return texts.length > 0
}

function isForgotten({ unbegunMs, purgedMs }: ForgottenBefore) {
  return ({ eb, not, or, and, exists, selectFrom }: ExpressionBuilder<Tables, 'client_texts'>) =>
    and([
      not(exists(runsOfText(selectFrom('runs')).where('purged_at_ms', 'is', null))),
      or([eb('at_ms', '<', unbegunMs), and([eb('at_ms', '<', purgedMs), exists(runsOfText(selectFrom('runs')))])]),
    ])
}

function runsOfText<Row>(query: SelectQueryBuilder<Tables, 'runs' | 'client_texts', Row>) {
  return query.select('run_key').whereRef('runs.run_id', '=', 'client_texts.run_id')
}

/** What the runs have said and read. Who asked whom when, and what it cost, stays. */
function* deleteContent(keys: readonly string[]): Work<void> {
  yield* ask(({ queries }) => queries.updateTable('runs').set({ message: null }).where('run_key', 'in', keys))
  yield* ask(({ queries }) => queries.updateTable('decisions').set({ note: null }).where('run_key', 'in', keys))
  yield* ask(({ queries }) =>
    queries
      .updateTable('decisions')
      .set({ decision: '' })
      .where('run_key', 'in', keys)
      .where('decision', 'not in', APPROVALS),
  )
  yield* ask(({ queries }) => queries.updateTable('budget_raises').set({ note: null }).where('run_key', 'in', keys))
  yield* ask(({ queries }) => queries.updateTable('calls').set({ answer: null }).where('run_key', 'in', keys))
  yield* ask(({ queries }) =>
    queries.deleteFrom('tool_records').where('run_key', 'in', keys).where('price_pico', 'is', null),
  )
  yield* ask(({ queries }) =>
    queries
      .updateTable('tool_records')
      .set({ result: null, result_digest: null })
      .where('run_key', 'in', keys)
      .where('price_pico', 'is not', null),
  )
  yield* ask(({ queries }) => queries.deleteFrom('blobs').where('run_key', 'in', keys))
  yield* ask(({ queries }) => queries.deleteFrom('run_events').where('run_key', 'in', keys))
  // A lineage is named after the run that began it, with what follows a slash.
  yield* ask(({ queries, beginsWithAny }) => queries.deleteFrom('messages').where(beginsWithAny('lineage', keys)))
}
