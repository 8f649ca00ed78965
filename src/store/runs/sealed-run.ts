import type { RunTable } from '../schema.ts'
import { one, type Statement, type Work } from '../work.ts'

const sealKeyOf: Statement<{ runKey: string }, Pick<RunTable, 'seal_key'>> = ({ runKey }, { queries }) =>
  queries.selectFrom('runs').select('seal_key').where('run_key', '=', runKey)

export function* isSealedRun(runKey: string): Work<boolean> {
  const run = yield* one(sealKeyOf, { runKey })
  return run !== undefined && run.seal_key !== null
}
