/**
 * One look through what runs hold, by hand.
 *
 * @module
 */
import type { Store } from '../../store/index.ts'
import type { Closed, Closing } from '../ending/close-ended.ts'
import { closingWith } from '../ending/close-tree.ts'
import type { Asking } from '../temporal/describe-known.ts'
import { reconcile } from './reconcile.ts'

/** A client of ours. */
interface Reaching {
  readonly client: Asking
  readonly store: () => Promise<Store>
}

/** {@link reconcile} with the store and the server of a client. */
export async function reconcileWith({ client, store }: Reaching, wish: Pick<Closing, 'foreign'> = {}): Promise<Closed> {
  return reconcile({ ...closingWith(client, await store()), ...wish })
}
