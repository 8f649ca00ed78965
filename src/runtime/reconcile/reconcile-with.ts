/**
 * One look through what runs hold, by hand.
 *
 * @module
 */
import type { Signalbox } from '../client.ts'
import { howEnded } from '../temporal/how-ended.ts'
import { namespaceIdOf } from '../temporal/namespace-id.ts'
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
  return reconcile({
    store: await store(),
    foreign,
    namespaceId: () => namespaceIdOf(client.connection, namespace),
    howEnded: run => howEnded(client, run),
    now: Date.now,
  })
}
