import { sql } from 'kysely'
import type { ForkedFrom } from '../../core/protocol.ts'
import { ownerOf } from '../../core/runs/lineage-owner.ts'
import { opened } from '../seals/seal-text.ts'
import { all, inTurn, one, type Statement, together, type Work } from '../work.ts'

const findForkedFrom: Statement<{ runKey: string }, { forked_from: string | null }> = ({ runKey }, { queries }) =>
  queries.selectFrom('runs').select('forked_from').where('run_key', '=', runKey)

const namesSince: Statement<{ runKey: string; step: number }, { tool_name: string }> = (
  { runKey, step },
  { queries },
) =>
  queries
    .selectFrom('tool_records')
    .select('tool_name')
    .distinct()
    .where('run_key', '=', runKey)
    .where('step', '>=', step)

type Below = { runKey: string; step: number; top: string; beginning: string }

/**
 * Of runs below one that began when a step of it was asked, or later: agents work within the steps that ask them. Their keys begin with the
 * key of the run above them.
 */
const namesBelowSince: Statement<Below, { tool_name: string }> = ({ runKey, step, top, beginning }, { queries }) => {
  const askedAt = queries
    .selectFrom('calls')
    .select(({ fn }) => fn.min('started_at_ms').as('atMs'))
    .where('run_key', '=', runKey)
    .where('step', '=', step)
  const begun = sql`cast(${beginning} as text)`
  return queries
    .selectFrom('tool_records')
    .innerJoin('runs', 'runs.run_key', 'tool_records.run_key')
    .select('tool_name')
    .distinct()
    .where('scope_id', '=', top)
    .where(sql<boolean>`substr(${sql.ref('runs.run_key')}, 1, length(${begun})) = ${begun}`)
    .where('runs.started_at_ms', '>=', askedAt)
}

/** The keys of runs below another begin with that at the top of their tree, which alone may be a fork. */
function topOf(runKey: string): string {
  return runKey.split('/')[0]!
}

/**
 * Goes back from fork to fork: what the first run did from its step on was done before all of them. Agents below a run act for it: they
 * count there, and are held to it here.
 */
export function* actedBefore(runKey: string): Work<ReadonlyMap<string, string>> {
  const acted = new Map<string, string>()
  let fork = yield* forkedFrom(topOf(runKey))
  if (fork?.actAgain) return acted
  while (fork) {
    const { run, step, transcript } = fork
    const key = ownerOf(transcript.lineage)
    for (const name of yield* toolsSince(key, step)) acted.set(name, acted.get(name) ?? run)
    fork = yield* forkedFrom(topOf(key))
  }
  return acted
}

/** The names of the tools that the run has called from the step on, and of those that runs below it have called for it, sorted. */
export function* toolsSince(runKey: string, step: number): Work<readonly string[]> {
  const since = { runKey, step }
  const below = { ...since, top: topOf(runKey), beginning: `${runKey}/` }
  const rows = yield* together(all(namesSince, since), all(namesBelowSince, below))
  const names = yield* inTurn(rows.flat(), row => opened(row.tool_name))
  return [...new Set(names)].toSorted()
}

function* forkedFrom(runKey: string): Work<ForkedFrom | undefined> {
  const { forked_from: found = null } = (yield* one(findForkedFrom, { runKey })) ?? {}
  return found === null ? undefined : (JSON.parse(found) as ForkedFrom)
}
