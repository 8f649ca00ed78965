import type { Client, Connection } from '@temporalio/client'
import { callersDeadlineMs } from './callers-deadline.ts'
import { answersWith, GRPC, grpcAnswer } from './grpc-answer.ts'
import { AWAY } from './server-away.ts'
import { type SoughtServer, TemporalUnreachable } from './unreachable.ts'

/** Whether there is a server at the other end of a client, which may never have been connected. */
export interface FirstAnswer {
  /** It has answered something. */
  note(): void
  /** @throws TemporalUnreachable where it has answered nothing yet, and answers not now either. */
  require(): Promise<void>
  /** The same verbs; where the server cannot be reached they throw TemporalUnreachable, with gRPC's error as its cause. */
  naming<Verbs extends object>(verbs: Verbs): Verbs
}

/** The client's own tries take some twenty seconds; one address that swallows what is sent may take minutes. */
const ANSWERS_WITHIN_MS = 20_000

/** @param sought - Whom the client was connected to. @defaultValue the client's own address */
export function createFirstAnswer(client: Client, sought: SoughtServer = serverOf(client)): FirstAnswer {
  let hasAnswered = false
  const ask = async () => {
    const untilMs = Math.min(callersDeadlineMs(client), Date.now() + ANSWERS_WITHIN_MS)
    try {
      await client.connection.withDeadline(untilMs, () => client.workflowService.getSystemInfo({}))
    } catch (cause) {
      if (answersWith(cause, AWAY)) throw new TemporalUnreachable(sought, { cause })
      // Any other answer shows that it is there.
      if (!grpcAnswer(cause)) throw cause
    }
    hasAnswered = true
  }
  const named = (error: unknown) => {
    if (error instanceof TemporalUnreachable || !answersWith(error, AWAY) || isCallersEnd(client, error)) return error
    const cause = grpcAnswer(error)!
    return new TemporalUnreachable(hasAnswered ? { ...sought, lost: cause.details } : sought, { cause })
  }
  return {
    note: () => {
      hasAnswered = true
    },
    require: async () => {
      if (!hasAnswered) await ask()
    },
    naming: verbs => eachNaming(verbs, named),
  }
}

/** Whoever sets a deadline of their own may have waited for something else, such as the end of a run. */
function isCallersEnd(client: Client, error: unknown): boolean {
  return answersWith(error, [GRPC.deadlineExceeded]) && callersDeadlineMs(client) < Number.POSITIVE_INFINITY
}

type Verb = (...given: unknown[]) => Promise<unknown>

function eachNaming<Verbs extends object>(verbs: Verbs, named: (error: unknown) => unknown): Verbs {
  const naming =
    (verb: Verb): Verb =>
    (...given) =>
      verb(...given).catch(error => {
        throw named(error)
      })
  return Object.fromEntries(Object.entries(verbs).map(([name, verb]) => [name, naming(verb)])) as Verbs
}

function serverOf({ connection }: Client): SoughtServer {
  const { options } = connection as Partial<Pick<Connection, 'options'>>
  return { address: options?.address ?? 'its address', namedBy: 'client', client: {} }
}
