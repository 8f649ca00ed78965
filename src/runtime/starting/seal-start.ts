/**
 * The key of a run that is about to start.
 *
 * @module
 */
import type { Client } from '@temporalio/client'
import { DEFAULT_WORKSPACE, type Terms } from '../../core/protocol.ts'
import { SEALED, sealedRoot, type WorkflowPlace } from '../../core/sealing.ts'
import type { Store } from '../../store/index.ts'
import { keyOf } from '../seals/codec.ts'
import { startedWith } from '../temporal/started-with.ts'
import { WrongStart } from '../wrong-start.ts'

/** What the start of a sealed run needs beside its options. */
export interface SealedStart {
  /** Tells the workflow that it is sealed; absent if only its payloads are encrypted. */
  readonly memo?: Readonly<Record<string, string>>
  /** Discards the key that was made, because the id is taken, unless the run that has it is sealed with that key. */
  undo(client: Client): Promise<void>
}

/**
 * Makes the key before anything of the run is sent. `undefined`: the run is not to be sealed.
 *
 * @throws WrongStart for an id with a slash; Error when it must be and this client has no store, in which keys are kept.
 */
export async function sealStart(
  store: Store | undefined,
  place: WorkflowPlace,
  { workspace = DEFAULT_WORKSPACE, policy }: Terms,
): Promise<SealedStart | undefined> {
  const rule = await store?.seals.rule(workspace)
  const content = policy?.zdr === true || rule?.zdr === true
  if (!content && !rule?.encryptPayloads) return undefined
  if (!store) throw new Error(NO_STORE)
  const { workflowId } = place
  if (workflowId.includes('/'))
    throw new WrongStart(
      `a sealed run cannot be called '${workflowId}': what follows a slash names its children; take another id`,
    )
  const root = sealedRoot(place)
  const made = await store.seals.ensure(root, { content, workspace })
  const undo = async (client: Client) => {
    if (!made) return
    const key = (await store.seals.of(root))?.sealer.keyId
    // Of two starts at once one makes the key and both seal with it: the server may have taken the other.
    if (key === undefined || key !== (await keyInHistory(client, workflowId))) await store.seals.discard(root)
  }
  return { undo, ...(content && { memo: { [SEALED]: SEALED } }) }
}

async function keyInHistory(client: Client, workflowId: string): Promise<string | undefined> {
  const { payload } = (await startedWith(client, { workflowId })) ?? {}
  return payload && keyOf(payload)
}

const NO_STORE =
  'a run under zero data retention is sealed with a key of its own, which is kept in the store, and this client was connected without one; connect it with `store`, or set DATABASE_URL to the store that the workers use. Nothing was sent'
