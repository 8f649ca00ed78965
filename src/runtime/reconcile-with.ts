/**
 * One look through what runs hold, by hand.
 *
 * @module
 */
import type { Signalbox } from './client.ts'
import { type Reconciled, reconcile } from './reconcile.ts'
import { howEnded } from './temporal/how-ended.ts'

/** {@link reconcile} with the store and the server of a client. */
export async function reconcileWith({ client, store }: Signalbox): Promise<readonly Reconciled[]> {
  const { namespace } = client.options
  return reconcile({
    store: await store(),
    howEnded: run => howEnded(client.connection, namespace, run),
    now: Date.now,
  })
}
