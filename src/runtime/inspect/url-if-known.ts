import { WorkflowNotFoundError } from '@temporalio/common'
import type { RunRef } from '../../core/protocol.ts'
import type { Signalbox } from '../client.ts'
import { describeKnown } from '../temporal/describe-known.ts'
import { grpcAnswer } from '../temporal/grpc-answer.ts'
import { isOfRun } from '../temporal/is-of-run.ts'

/**
 * Its page in the Temporal UI; `undefined` where the server does not say, and where it knows no such run, or only another one of that id.
 *
 * @param run - With its key where the store knows it.
 */
export async function urlIfKnown(
  signalbox: Signalbox,
  { id, key }: Pick<RunRef, 'id'> & Partial<Pick<RunRef, 'key'>>,
): Promise<string | undefined> {
  try {
    const { firstRunId } = (await describeKnown(signalbox.client, id))?.workflowExecutionInfo ?? {}
    if (key !== undefined && firstRunId && !isOfRun(firstRunId, key)) return undefined
    return await signalbox.run(id).url()
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || grpcAnswer(error)) return undefined
    throw error
  }
}
