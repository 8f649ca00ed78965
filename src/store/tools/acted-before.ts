import type { ForkedFrom } from '../../core/protocol.ts'
import { ownerOf } from '../../core/runs/lineage-owner.ts'
import { opened } from '../seals/seal-text.ts'
import { all, inTurn, one, type Statement, type Work } from '../work.ts'

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

/** Goes back from fork to fork: what the first run did from its step on was done before all of them. */
export function* actedBefore(runKey: string): Work<ReadonlyMap<string, string>> {
  const acted = new Map<string, string>()
  let fork = yield* forkedFrom(runKey)
  if (fork?.actAgain) return acted
  while (fork) {
    const { run, step, transcript } = fork
    const key = ownerOf(transcript.lineage)
    const names = yield* inTurn(yield* all(namesSince, { runKey: key, step }), row => opened(row.tool_name))
    for (const name of names) acted.set(name, acted.get(name) ?? run)
    fork = yield* forkedFrom(key)
  }
  return acted
}

function* forkedFrom(runKey: string): Work<ForkedFrom | undefined> {
  const { forked_from: found = null } = (yield* one(findForkedFrom, { runKey })) ?? {}
  return found === null ? undefined : (JSON.parse(found) as ForkedFrom)
}
