/**
 * A decision that was said to a run, where one below it has asked: people hear of those by the run above.
 *
 * @module
 */
import type { WorkflowHandle } from '@temporalio/client'
import type { Store } from '../../store/index.ts'
import { keyOfRun } from '../finding/key-of-run.ts'
import { unlessStoreFails } from '../store/unless-store-fails.ts'
import { NotAccepted } from './not-accepted.ts'
import { isAsked, isNotAsked } from './once-asked.ts'
import { type AskBelow, asksBelow } from './runs-below.ts'

interface Said {
  readonly workflow: WorkflowHandle
  readonly storeIfThere: () => Promise<Store | undefined>
  readonly toolCallId: string
}

/** The run does not ask for the decision; runs below it do. */
export class AskedBelow extends NotAccepted {
  /** At least one. */
  readonly asks: readonly AskBelow[]

  constructor(message: string, refused: NotAccepted, asks: readonly AskBelow[]) {
    super(message, refused.cause)
    this.asks = asks
  }
}

/** @throws AskedBelow where the store knows of a run below that has asked; else the error as it is. */
export async function rethrowWithAsker(error: unknown, said: Said): Promise<never> {
  if (!(error instanceof NotAccepted) || !isNotAsked(error)) throw error
  const asks = await unlessStoreFails(asksOfOthers(said), [])
  const [first] = asks
  if (!first) throw error
  const { workflowId } = said.workflow
  const words = `'${said.toolCallId}' is not asked by run ${workflowId} itself but by ${first.run} below it; decide on that run`
  throw new AskedBelow(words, error, asks)
}

/** None where the run has asked itself: vendors may give calls of two runs the same id. */
async function asksOfOthers({ workflow, storeIfThere, toolCallId }: Said): Promise<readonly AskBelow[]> {
  const store = await storeIfThere()
  if (!store) return []
  const key = await keyOfRun(workflow, store.reports)
  if (await isAsked(store.events, key, toolCallId)) return []
  return (await asksBelow(store, key)).filter(({ approval }) => approval.toolCallId === toolCallId)
}
