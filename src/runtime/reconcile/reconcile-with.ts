/**
 * One look through what runs hold, by hand.
 *
 * @module
 */
import type { Signalbox } from '../client.ts'
import { namespaceIdOf } from '../temporal/namespace-id.ts'
import { howEndedIn } from './how-ended-in.ts'
import { type Reconciliation, reconcile } from './reconcile.ts'

interface Wish {
  /** Ends runs of other namespaces too that this one does not have: those of a server that is gone. @defaultValue false */
  readonly foreign?: boolean
}

/** {@link reconcile} with the store and the server of a client. */
export async function reconcileWith(
  { client, store }: Signalbox,
  { foreign = false }: Wish = {},
): Promise<Reconciliation> {
  const { namespace } = client.options
  const opened = await store()
  return reconcile({
    store: opened,
    foreign,
    namespaceId: () => namespaceIdOf(client.connection, namespace),
    howEnded: howEndedIn(opened, client),
    now: Date.now,
  })
}
