/**
 * Tells the runs above a run what people are asked there and what they answer: who follows the run at the top reads of all. The run
 * right above it is told when it begins and ends.
 *
 * @module
 */
import type { ChildEvent, EventForPeople } from '../../core/events.ts'
import type { NewRun } from '../../core/ports.ts'
import type { Labels } from '../../core/protocol.ts'
import { ownLabels } from '../../core/runs/own-labels.ts'
import { type LockedRun, lockByKey } from '../ledger/run-row.ts'
import { keysAbove } from '../runs/runs-above.ts'
import type { RunTable } from '../schema.ts'
import { one, type Statement, together, type Work } from '../work.ts'
import { appendEvents, type Teller } from './append-events.ts'

/**
 * Locks the open runs above, the nearest first, and gives them. Before the first scope is locked: a run above locks its own row
 * and then the scope that its tree shares.
 */
export function* lockAbove(run: LockedRun): Work<readonly Teller[]> {
  const above = yield* together(...keysAbove(run).toReversed().map(lockByKey))
  return above.filter(row => row !== undefined).filter(row => row.ended_at_ms === null)
}

/** @param above - What {@link lockAbove} has given for this run. */
export function* tellAbove(
  above: readonly Teller[],
  { run_id }: LockedRun,
  events: readonly EventForPeople[],
  atMs: number,
): Work<void> {
  const told = events.map(event => ({ kind: 'below', run: run_id, event }) as const)
  for (const run of above) yield* appendEvents(run, told, atMs)
}

/**
 * Locks the run right above and gives it, where that is open. As {@link lockAbove}, before the scopes that others lock; and late in a
 * transaction, for a run may have a thousand children at once.
 */
export function* lockParent(run: Pick<RunTable, 'run_key' | 'scope_id'>): Work<Parent | undefined> {
  for (const runKey of keysAbove(run).toReversed()) {
    const above = yield* one(lockedParent, { runKey })
    if (above) return above.ended_at_ms === null ? above : undefined
  }
}

type Parent = Teller & Pick<RunTable, 'labels' | 'ended_at_ms'>

const lockedParent: Statement<{ runKey: string }, Parent> = ({ runKey }, { queries, lockRows }) =>
  lockRows(
    queries.selectFrom('runs').select(['run_key', 'seal_key', 'labels', 'ended_at_ms']).where('run_key', '=', runKey),
  )

/** Tells the run right above that this one begins, with the labels that are its own: many children of one agent are told apart by them. */
export function* tellBegun({ run, workflow, asked, startedAtMs }: NewRun): Work<void> {
  const parent = run.scope === undefined ? undefined : yield* lockParent({ run_key: run.key, scope_id: run.scope })
  if (!parent) return
  const labels = ownLabels(run.labels, JSON.parse(parent.labels) as Labels)
  const event = {
    kind: 'child-start',
    run: run.id,
    workflow,
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(asked && { step: asked.step, toolCallId: asked.toolCallId }),
  } as const
  yield* appendEvents(parent, [event], startedAtMs)
}

/** Tells it how this one has ended. */
export function* tellEnded(
  run: LockedRun,
  end: Pick<Extract<ChildEvent, { kind: 'child-end' }>, 'outcome' | 'message' | 'cost'>,
  atMs: number,
): Work<void> {
  const parent = yield* lockParent(run)
  if (parent) yield* appendEvents(parent, [{ kind: 'child-end', run: run.run_id, ...end }], atMs)
}
