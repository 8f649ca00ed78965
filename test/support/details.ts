import type { Client } from '@temporalio/client'
import { vi } from 'vitest'

/** What the Temporal UI shows of a run, once it has these words. */
export function detailsWith(client: Client, workflowId: string, words: string): Promise<string> {
  const handle = client.workflow.getHandle(workflowId)
  const read = async () => {
    const { currentDetails = '' } = await handle.query<{ currentDetails?: string }, []>('__temporal_workflow_metadata')
    if (!currentDetails.includes(words)) throw new Error(`'${words}' is not in the details: ${currentDetails}`)
    return currentDetails
  }
  return vi.waitFor(read, { timeout: 60_000, interval: 150 })
}
