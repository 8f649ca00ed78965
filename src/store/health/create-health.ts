import type { SeenOf, SharedHealth, SharedHealthPort } from '../../core/ports.ts'
import { claimProbe, isDueForProbe } from '../../core/routing/health/claim-probe.ts'
import { credibleHealth, type HealthState } from '../../core/routing/health/health-state.ts'
import { recordAll } from '../../core/routing/health/record-outcome.ts'
import { shiftHealth, shiftSeen } from '../../core/routing/health/shift-health.ts'
import type { Connection } from '../connection.ts'
import { insertOnce } from '../insert-once.ts'
import type { EndpointHealthTable } from '../schema.ts'
import { all, one, type Statement, tell, type Work } from '../work.ts'

/** Of the state's JSON. Workers of another version leave each other's rows alone until they write them anew. */
const SHAPE = 4

const findLocked: Statement<{ endpoint: string }, EndpointHealthTable> = ({ endpoint }, { queries, lockRows }) =>
  lockRows(queries.selectFrom('endpoint_health').selectAll().where('endpoint', '=', endpoint))

const findChanged: Statement<{ sinceMs: number }, EndpointHealthTable> = ({ sinceMs }, { queries }) =>
  queries.selectFrom('endpoint_health').selectAll().where('changed_at_ms', '>=', sinceMs)

const insertRow = insertOnce('endpoint_health')

const updateRow: Statement<EndpointHealthTable, unknown> = ({ endpoint, ...changes }, { queries }) =>
  queries.updateTable('endpoint_health').set(changes).where('endpoint', '=', endpoint)

/**
 * What all workers have seen of their endpoints, a row for each. Its times are by the store's clock, and each worker is told them by its
 * own: else a clock that is minutes ahead would close an endpoint for minutes, and others would look past what one says that is behind.
 */
export function createSharedHealth({ read, write, clockAheadMs }: Connection): SharedHealthPort {
  return {
    async exchange(news, changedSinceMs, nowMs) {
      const aheadMs = await clockAheadMs()
      const sinceMs = Math.floor(changedSinceMs) + aheadMs
      const byStore = news.map(each => ahead(each, aheadMs))
      const changed = await (news.length === 0
        ? read(() => changedSince(sinceMs))
        : write(() => exchange(byStore, sinceMs, Math.floor(nowMs) + aheadMs)))
      return changed.map(health => behind(health, aheadMs))
    },
    async claimProbe(news, nowMs) {
      const aheadMs = await clockAheadMs()
      const claimed = await write(() => claim(ahead(news, aheadMs), Math.floor(nowMs) + aheadMs))
      return { ...claimed, health: behind(claimed.health, aheadMs) }
    },
  }
}

function ahead({ endpoint, seen }: SeenOf, aheadMs: number): SeenOf {
  return { endpoint, seen: shiftSeen(seen, aheadMs) }
}

function behind(health: SharedHealth, aheadMs: number): SharedHealth {
  return { ...health, state: shiftHealth(health.state, -aheadMs) }
}

/** Endpoints are locked in one order, so that two workers do not wait for each other. */
function* exchange(news: readonly SeenOf[], changedSinceMs: number, nowMs: number): Work<SharedHealth[]> {
  const told: SharedHealth[] = []
  for (const { endpoint, seen } of news.toSorted((a, b) => (a.endpoint < b.endpoint ? -1 : 1))) {
    const row = yield* lockRow(endpoint)
    told.push(yield* keep(row, recordAll(credibleHealth(stateOf(row), nowMs), seen), nowMs))
  }
  const own = new Set(told.map(({ endpoint }) => endpoint))
  return [...told, ...(yield* changedSince(changedSinceMs)).filter(({ endpoint }) => !own.has(endpoint))]
}

function* claim({ endpoint, seen }: SeenOf, nowMs: number): Work<{ granted: boolean; health: SharedHealth }> {
  const row = yield* lockRow(endpoint)
  const state = recordAll(credibleHealth(stateOf(row), nowMs), seen)
  // Another worker may have closed the breaker meanwhile: then anybody may ask.
  const { granted, next } = claimProbe(state, nowMs)
  const changes = seen.length > 0 || isDueForProbe(state, nowMs)
  if (!changes) return { granted, health: { endpoint, state, changedAtMs: row.changed_at_ms } }
  return { granted, health: yield* keep(row, next, nowMs) }
}

function* lockRow(endpoint: string): Work<EndpointHealthTable> {
  const found = yield* one(findLocked, { endpoint })
  if (found) return found
  yield* tell(insertRow, { endpoint, state: '', shape: SHAPE, changed_at_ms: 0 })
  return (yield* one(findLocked, { endpoint }))!
}

/** Each change has a later time than the one before, whatever the clocks say: by it a reader tells them apart. */
function* keep(row: EndpointHealthTable, state: HealthState, nowMs: number): Work<SharedHealth> {
  const changedAtMs = Math.max(nowMs, row.changed_at_ms + 1)
  const { endpoint } = row
  yield* tell(updateRow, { endpoint, state: JSON.stringify(state), shape: SHAPE, changed_at_ms: changedAtMs })
  return { endpoint, state, changedAtMs }
}

function* changedSince(sinceMs: number): Work<SharedHealth[]> {
  return (yield* all(findChanged, { sinceMs })).flatMap(row => {
    const state = stateOf(row)
    return state ? [{ endpoint: row.endpoint, state, changedAtMs: row.changed_at_ms }] : []
  })
}

function stateOf({ state, shape }: EndpointHealthTable): HealthState | undefined {
  return shape === SHAPE && state !== '' ? (JSON.parse(state) as HealthState) : undefined
}
