/**
 * A decision that was said to a run, where one below it has asked: people hear of those by the run above.
 *
 * @module
 */
import type { WorkflowHandle } from '@temporalio/client'
import type { Store } from '../../store/index.ts'
import { unlessStoreFails } from '../store/unless-store-fails.ts'
import { keyOf } from './follow-events.ts'
import { NotAccepted } from './not-accepted.ts'
import { asksBelow } from './runs-below.ts'

interface Said {
  readonly workflow: WorkflowHandle
  readonly storeIfThere: () => Promise<Store | undefined>
  readonly toolCallId: string
}

/** @throws NotAccepted that names the run which has asked, as far as the store tells it; any other error as it is */
export async function rethrowWithAsker(error: unknown, said: Said): Promise<never> {
  if (!(error instanceof NotAccepted)) throw error
  const asker = await unlessStoreFails(askerBelow(said), undefined)
  if (asker === undefined) throw error
  const { workflowId } = said.workflow
  const words = `'${said.toolCallId}' is not asked by run ${workflowId} itself but by ${asker} below it; decide on that run`
  throw new NotAccepted(words, error.cause)
}

async function askerBelow({ workflow, storeIfThere, toolCallId }: Said): Promise<string | undefined> {
  const store = await storeIfThere()
  if (!store) return undefined
  const asks = await asksBelow(store, await keyOf(workflow, store.reports))
  return asks.find(({ approval }) => approval.toolCallId === toolCallId)?.run
}
