/**
 * A decision that was sent to the wrong run of a tree. People see the questions of a whole tree at its top run, and may decide there,
 * although only the run that asked can take the answer.
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

interface SentDecision {
  /** The run that it was sent to. */
  readonly workflow: WorkflowHandle
  readonly storeIfThere: () => Promise<Store | undefined>
  readonly toolCallId: string
}

/** The run does not ask for this decision, but at least one run below it does. */
export class AskedBelow extends NotAccepted {
  /** What those runs ask. */
  readonly asks: readonly AskBelow[]

  constructor(message: string, refused: NotAccepted, asks: readonly AskBelow[]) {
    super(message, refused.cause)
    this.asks = asks
  }
}

/**
 * Throws the error of a refused decision, and names the run to decide on if it is another one.
 *
 * @throws AskedBelow if the store knows of runs below that asked; else the error itself.
 */
export async function rethrowWithAsker(error: unknown, sent: SentDecision): Promise<never> {
  if (!(error instanceof NotAccepted) || !isNotAsked(error)) throw error
  const asks = await unlessStoreFails(asksOfRunsBelow(sent), [])
  const [first] = asks
  if (!first) throw error
  const { workflowId } = sent.workflow
  const words = `'${sent.toolCallId}' is not asked by run ${workflowId} itself but by ${first.run} below it; decide on that run`
  throw new AskedBelow(words, error, asks)
}

/**
 * The questions with this tool call id in the runs below. None if the run itself asks under this id: vendors may use one id for tool
 * calls of two runs.
 */
async function asksOfRunsBelow({ workflow, storeIfThere, toolCallId }: SentDecision): Promise<readonly AskBelow[]> {
  const store = await storeIfThere()
  if (!store) return []
  const key = await keyOfRun(workflow, store.reports)
  if (await isAsked(store.events, key, toolCallId)) return []
  return (await asksBelow(store, key)).filter(({ approval }) => approval.toolCallId === toolCallId)
}
