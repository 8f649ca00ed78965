import type { Store } from '../../store/index.ts'
import type { Asking } from '../temporal/describe-known.ts'
import { namespaceIdOf } from '../temporal/namespace-id.ts'
import { type Closing, closeEnded } from './close-ended.ts'
import { howEndedIn } from './how-ended-in.ts'

/** {@link closeEnded} for one run and the open ones below it. The lowest come first, so that a run's last event is its own end. */
export async function closeTree(client: Asking, store: Store, runKey: string): Promise<void> {
  const below = await store.reports.openBelow(runKey)
  const keys = [runKey, ...below.map(({ key }) => key)].toReversed()
  const seen = await Promise.all(keys.map(key => store.ledger.seen({ key })))
  await closeEnded(
    closingWith(client, store),
    seen.filter(run => run !== undefined),
  )
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
