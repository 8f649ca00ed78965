/**
 * What activities ask of the namespace that they are in. Workers of several may share one plug-in.
 *
 * @module
 */
import { Context } from '@temporalio/activity'

type ClientHere = Context['client']

/** Asks once in each namespace: what was told is remembered, and a question that failed is asked again. */
export function onceInEach<Told>(ask: (client: ClientHere) => Promise<Told>): () => Promise<Told> {
  const known = new Map<string, { readonly told: Told }>()
  return async () => {
    const { client } = Context.current()
    const { namespace } = client.options
    const before = known.get(namespace)
    if (before) return before.told
    const told = await ask(client)
    known.set(namespace, { told })
    return told
  }
}
