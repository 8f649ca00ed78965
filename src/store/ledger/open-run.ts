import type { Policy } from '../../core/policy/policy.ts'
import type { NewRun } from '../../core/ports.ts'
import type { ForkedFrom, RunRef } from '../../core/protocol.ts'
import { sealedRoot } from '../../core/sealing.ts'
import { appendEvents } from '../events/append-events.ts'
import { tellBegun } from '../events/tell-above.ts'
import { insertNew } from '../insert-once.ts'
import type { LineageTable, RunTable } from '../schema.ts'
import { findRoot } from '../seals/key-rows.ts'
import { SealProblem } from '../seals/seal-problem.ts'
import { sealed } from '../seals/seal-text.ts'
import { one, type Statement, tell, type Work } from '../work.ts'
import { openAttemptsOf } from './attempt-rows.ts'
import { noteLatest, reopenIfEnded, wasThere } from './reopen.ts'
import { lockRun } from './run-row.ts'
import { openScope } from './scope-rows.ts'
import { abandonAttempts } from './settle-attempt.ts'

const insertRun = insertNew('runs')

const insertLineage: Statement<LineageTable, unknown> = (row, { queries }) => queries.insertInto('lineages').values(row)

/** The lineage of an agent's first step: it shares what the other run has, and goes on by itself. */
function lineageOf({ key }: RunRef, { transcript }: ForkedFrom): LineageTable {
  return { lineage: `${key}/1`, parent: transcript.lineage, parent_length: transcript.length }
}

/** A reader who has seen nothing begins after 0. */
const FIRST_OFFSET = 1

const setBegunAnew: Statement<{ runKey: string; atMs: number }, unknown> = ({ runKey, atMs }, { queries }) =>
  queries.updateTable('runs').set({ begun_anew_at_ms: atMs }).where('run_key', '=', runKey)

/** Writes the run with its scope and its first event; the second time it changes nothing, unless another part opens it. */
export function* openRun(newRun: NewRun): Work<void> {
  const { run, workflow, budget, forkedFrom, part, startedAtMs } = newRun
  const row = yield* rowOf(newRun)
  const isNew = yield* one(insertRun, row)
  if (!isNew) return yield* openAgain(newRun)
  if (part !== undefined) yield* noteLatest(run.key, part)
  yield* openScope(run.key, budget)
  if (forkedFrom) yield* tell(insertLineage, lineageOf(run, forkedFrom))
  yield* appendEvents(row, [{ kind: 'run-start', workflow }], startedAtMs)
  // Last, for all children of a run wait for its row; the scope before it is new and nobody else's.
  yield* tellBegun(newRun)
}

function* rowOf(newRun: NewRun): Work<RunTable> {
  const { run, workflow, budget, model, notices, retentionMs, forkedFrom, namespaceId, startedAtMs } = newRun
  const sealKey = run.sealed ? yield* keyOf(newRun) : null
  return {
    run_key: run.key,
    run_id: run.id,
    workflow,
    workspace: run.workspace,
    labels: JSON.stringify(run.labels),
    budget: JSON.stringify(budget),
    scope_id: run.scope ?? run.key,
    started_at_ms: startedAtMs,
    ended_at_ms: null,
    outcome: null,
    message: null,
    next_offset: FIRST_OFFSET,
    ended_part: null,
    latest_part: null,
    begun_anew_at_ms: null,
    policy: run.policy ? yield* policyText(run.policy, sealKey) : null,
    forked_from: forkedFrom ? JSON.stringify({ ...forkedFrom, say: undefined }) : null,
    seal_key: sealKey,
    retention_ms: retentionMs ?? null,
    purged_at_ms: null,
    last_purged_at_ms: null,
    namespace_id: namespaceId ?? null,
    bound_model: model ?? null,
    notices: notices ? JSON.stringify(notices) : null,
  }
}

/**
 * A part after the first, the beginning of a run that was reset, or what else is opened behind the point of a reset. A child's
 * predecessor may have no end here, where it was terminated: that it has ended is Temporal's word, for it runs no two workflows
 * under one id. Nobody else settles what that one had open while this one goes on, and calls would wait for its reservations.
 */
function* openAgain(newRun: NewRun): Work<void> {
  const { run, part, begins, startedAtMs } = newRun
  const row = yield* lockRun(run)
  if (part === undefined || (yield* wasThere(part, row))) return
  if (begins) {
    yield* tellBegun(newRun)
    yield* tell(setBegunAnew, { runKey: run.key, atMs: startedAtMs })
    yield* abandonAttempts(row, yield* openAttemptsOf(run.key), startedAtMs)
  }
  yield* reopenIfEnded(row, startedAtMs)
  yield* noteLatest(run.key, part)
}

/** Patterns of content rules may be what nobody shall read; any other policy is in the clear, for reports of many runs. */
function* policyText(policy: Policy, sealKey: string | null): Work<string> {
  const text = JSON.stringify(policy)
  return policy.content ? yield* sealed(sealKey, text) : text
}

/** The key of the run's tree, which its client has made. */
function* keyOf({ run: { id }, namespace }: NewRun): Work<string> {
  const root = yield* findRoot(sealedRoot({ workflowId: id, ...(namespace !== undefined && { namespace }) }))
  if (root?.content === 1) return root.key_id
  throw new SealProblem(
    'unknown-key',
    `The run ${id} is sealed, and this store does not have its key. Point DATABASE_URL at the store in which its client created it.`,
  )
}
