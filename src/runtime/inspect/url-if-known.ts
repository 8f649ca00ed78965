import { WorkflowNotFoundError } from '@temporalio/common'
import type { Signalbox } from '../client.ts'
import { grpcAnswer } from '../temporal/grpc-answer.ts'

/** Its page in the Temporal UI; `undefined` where the server knows no such run, or does not say. */
export async function urlIfKnown(signalbox: Signalbox, id: string): Promise<string | undefined> {
  try {
    return await signalbox.run(id).url()
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || grpcAnswer(error)) return undefined
    throw error
  }
}
