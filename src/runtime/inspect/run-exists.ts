import { WorkflowNotFoundError } from '@temporalio/common'
import type { Signalbox } from '../client.ts'

/** Whether the server knows a run of that id, open or not. */
export async function runExists(signalbox: Signalbox, id: string): Promise<boolean> {
  try {
    await assertRun(signalbox, id)
    return true
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false
    throw error
  }
}

/** @throws WorkflowNotFoundError when the server knows no run of that id. */
export async function assertRun({ client }: Signalbox, id: string): Promise<void> {
  await client.workflow.getHandle(id).describe()
}
