import type { FoundEnd, RunSeen } from '../../core/ports.ts'
import type { Store } from '../../store/index.ts'
import { isEarlierChild } from '../finding/meant-run.ts'
import type { Asking } from '../temporal/describe-known.ts'
import { howEnded } from '../temporal/how-ended.ts'

/** {@link howEnded} for runs of a store, which knows of several trees that have used one id. */
export function howEndedIn(
  { reports }: Pick<Store, 'reports'>,
  asking: Asking,
): (run: RunSeen) => Promise<FoundEnd | undefined> {
  return run => {
    const { namespaceId: id } = run
    return howEnded(asking, run, () => isEarlierChild(reports, run, async () => (id === undefined ? {} : { id })))
  }
}
