import type { Store } from '../../store/index.ts'
import type { Asking } from '../temporal/describe-known.ts'
import { namespaceIdOf } from '../temporal/namespace-id.ts'
import { type Closing, closeEnded } from './close-ended.ts'
import { howEndedIn } from './how-ended-in.ts'

/**
 * {@link closeEnded} for one run and the open ones below it. The lowest come first, so that a run's last event is its own end.
 *
 * @returns whether they were closed. Where one of them has something in a batch, a worker closes them: it has the vendor's key.
 */
export async function closeTree(client: Asking, store: Store, runKey: string): Promise<boolean> {
  const below = await store.reports.openBelow(runKey)
  const keys = [runKey, ...below.map(({ key }) => key)].toReversed()
  const batches = await Promise.all(keys.map(key => store.ledger.openBatches({ key })))
  if (batches.flat().length > 0) return false
  const seen = await Promise.all(keys.map(key => store.ledger.seen({ key })))
  await closeEnded(
    closingWith(client, store),
    seen.filter(run => run !== undefined),
  )
  return true
}

/** What closing needs, of a store and the server of a client. */
export function closingWith(client: Asking, store: Store): Closing {
  return {
    store,
    namespaceId: () => namespaceIdOf(client.connection, client.options.namespace),
    howEnded: howEndedIn(store, client),
    now: Date.now,
  }
}
