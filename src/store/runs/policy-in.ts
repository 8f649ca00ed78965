import type { Policy } from '../../core/policy.ts'
import type { RunTable } from '../schema.ts'
import { openedIfPossible } from '../seals/seal-text.ts'
import type { Work } from '../work.ts'

/** The run's own policy; `undefined` where it has none, or where it is sealed and its key is out of reach. */
export function* policyIn({ policy }: Pick<RunTable, 'policy'>): Work<Policy | undefined> {
  const text = policy === null ? undefined : yield* openedIfPossible(policy)
  return text === undefined ? undefined : (JSON.parse(text) as Policy)
}
