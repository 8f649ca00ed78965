/**
 * Which run of the store a person means by an id, and a word where that is not sure.
 *
 * @module
 */
import type { Signalbox } from '../runtime/client.ts'
import type { OwnNamespace } from '../runtime/finding/meant-run.ts'
import type { Records } from '../runtime/store/records.ts'
import { withSignalbox } from './connections.ts'
import type { Terminal } from './terminal.ts'

/**
 * The key of the run that is meant, for what only reads.
 *
 * @param own - The namespace in which the command asks. @defaultValue asked of the server, only where the store has runs of that id in
 * several
 */
export async function keyToRead(
  terminal: Terminal,
  { reports }: Pick<Records, 'reports'>,
  id: string,
  own = () => namespaceHere(terminal),
): Promise<string> {
  const { doubtfulWords, meantRun } = await import('../runtime/finding/meant-run.ts')
  const meant = await meantRun(reports, id, own)
  if (meant.doubtful.length > 0) terminal.note(`note: ${doubtfulWords(id, meant)}; the one that began last is shown`)
  return meant.key
}

/** {@link keyToRead} for a client, whose namespace says which run is meant. */
export async function keyHere(
  { client }: Signalbox,
  { reports }: Pick<Records, 'reports'>,
  id: string,
): Promise<string> {
  const { keyMeant } = await import('../runtime/finding/meant-run.ts')
  return keyMeant(reports, id, client)
}

/** If no server is to be asked. */
export const NO_NAMESPACE = async () => undefined

/** `undefined` where no server can say. */
export async function namespaceHere(terminal: Terminal): Promise<OwnNamespace | undefined> {
  const [{ ownNamespace }, { knownProblem }] = await Promise.all([
    import('../runtime/finding/meant-run.ts'),
    import('../runtime/problems.ts'),
  ])
  try {
    return await withSignalbox(terminal, ({ client }) => ownNamespace(client), { store: false })
  } catch (error) {
    if (!knownProblem(error)) throw error
    return undefined
  }
}
