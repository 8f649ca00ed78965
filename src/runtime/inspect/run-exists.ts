import type { Signalbox } from '../client.ts'
import { describeKnown } from '../temporal/describe-known.ts'

/** Whether the server knows a run of that id, open or not. */
export async function runExists({ client }: Signalbox, id: string): Promise<boolean> {
  return (await describeKnown(client, id)) !== undefined
}

/** @throws WorkflowNotFoundError when the server knows no run of that id. */
export async function assertRun({ client }: Signalbox, id: string): Promise<void> {
  await client.workflow.getHandle(id).describe()
}
