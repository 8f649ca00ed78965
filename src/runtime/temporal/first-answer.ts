import type { Client, Connection } from '@temporalio/client'
import { callersDeadlineMs } from './callers-deadline.ts'
import { answersWith, GRPC, grpcAnswer } from './grpc-answer.ts'
import { TemporalUnreachable } from './unreachable.ts'

/** Whether there is a server at the other end of a client, which may never have been connected. */
export interface FirstAnswer {
  /** It has answered something. */
  note(): void
  /** @throws TemporalUnreachable where it has answered nothing yet, and answers not now either. */
  require(): Promise<void>
}

/** The client's own tries take some twenty seconds; one address that swallows what is sent may take minutes. */
const ANSWERS_WITHIN_MS = 20_000

const SILENT = [GRPC.unavailable, GRPC.deadlineExceeded]

export function createFirstAnswer(client: Client): FirstAnswer {
  let hasAnswered = false
  const ask = async () => {
    const untilMs = Math.min(callersDeadlineMs(client), Date.now() + ANSWERS_WITHIN_MS)
    try {
      await client.connection.withDeadline(untilMs, () => client.workflowService.getSystemInfo({}))
    } catch (cause) {
      if (answersWith(cause, SILENT)) throw new TemporalUnreachable(serverOf(client), { cause })
      // Whatever else it says, it is there.
      if (!grpcAnswer(cause)) throw cause
    }
    hasAnswered = true
  }
  return {
    note: () => {
      hasAnswered = true
    },
    require: async () => {
      if (!hasAnswered) await ask()
    },
  }
}

function serverOf({ connection }: Client) {
  const { options } = connection as Partial<Pick<Connection, 'options'>>
  return { address: options?.address ?? 'its address', namedBy: 'client', client: {} } as const
}
