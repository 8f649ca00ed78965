/**
 * That a run has ended of which the store does not know it: it was terminated, or ended before a worker had opened it. Its state, which a
 * worker may still tell, would be that of a run that goes on.
 *
 * @module
 */
import { WorkflowNotFoundError } from '@temporalio/common'
import type { RunReport } from '../../store/index.ts'
import type { Signalbox } from '../client.ts'
import { endWords } from '../temporal/how-ended.ts'

/**
 * How it ended, and why the store lacks it; `undefined` while it is open, and where the server does not have it.
 *
 * @param report - What the store has of it.
 */
export async function unrecordedEnd(
  { client }: Signalbox,
  id: string,
  report: RunReport | undefined,
): Promise<string | undefined> {
  try {
    const { raw } = await client.workflow.getHandle(id).describe()
    const how = endWords(raw.workflowExecutionInfo?.status)
    return how && `${how}, ${report ? LATER : NEVER}`
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined
    throw error
  }
}

const LATER =
  'and the store does not have its end yet: a worker writes it down within minutes, `signalbox budget reconcile` at once'

const NEVER = 'and is not in the store: no worker had opened it, unless its workers have another store'
