import { ownerOf } from '../../core/lineage-owner.ts'
import type { RunTable } from '../schema.ts'
import { chainOf } from '../transcripts/lineage-chain.ts'
import { one, type Statement, type Work } from '../work.ts'

const sealKeyOf: Statement<{ runKey: string }, Pick<RunTable, 'seal_key'>> = ({ runKey }, { queries }) =>
  queries.selectFrom('runs').select('seal_key').where('run_key', '=', runKey)

/** Also where it goes on from one that is, over whatever runs. */
export function* isSealedTranscript(lineage: string): Work<boolean> {
  for (const link of yield* chainOf(lineage)) if (yield* isSealedRun(ownerOf(link.lineage))) return true
  return false
}

function* isSealedRun(runKey: string): Work<boolean> {
  const run = yield* one(sealKeyOf, { runKey })
  return run !== undefined && run.seal_key !== null
}
