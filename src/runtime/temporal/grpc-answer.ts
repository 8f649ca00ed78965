import { type Connection, isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client'

/** gRPC's codes by which the server's answers are told apart. */
export const GRPC = {
  cancelled: 1,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  unimplemented: 12,
  unavailable: 14,
  unauthenticated: 16,
} as const

/** The server's answer for a run whose workflow task has failed, so that no worker can answer for it. */
export const TASK_FAILED = GRPC.failedPrecondition

/** The same code where no worker has lately asked the run's task queue, or that of its version, for work: the server then waits for none. */
export function isUnserved(error: unknown): boolean {
  const answer = grpcAnswer(error)
  return answer?.code === GRPC.failedPrecondition && answer.details.includes('no poller')
}

/** No answer in time: of the server, or of the worker that it waits for. */
export const TOO_LATE: readonly number[] = [GRPC.cancelled, GRPC.deadlineExceeded]

/** What the server answered instead of what it was asked for. */
export interface GrpcAnswer {
  readonly code: number
  readonly details: string
  readonly message: string
}

/** The server's answer behind an error of the client, which wraps it in one of its own; `undefined` where there is none. */
export function grpcAnswer(error: unknown): GrpcAnswer | undefined {
  const answer = error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : error
  return isGrpcServiceError(answer) ? answer : undefined
}

/** For what may be left out: `undefined` if the server does not have it, or does not answer. @throws any other error */
export function unlessUntold(error: unknown): undefined {
  if (!(error instanceof WorkflowNotFoundError) && !grpcAnswer(error)) throw error
}

export function answersWith(error: unknown, codes: readonly number[]): boolean {
  return codes.includes(grpcAnswer(error)?.code ?? 0)
}

/** Whether the server does not have what was asked for in its namespace. With the same code it says that it has no such namespace. */
export function isNotFound(error: unknown): boolean {
  return answersWith(error, [GRPC.notFound]) && !/^Namespace \S+ is not found/.test(grpcAnswer(error)!.details)
}

/** A client's connection, or a worker's. */
export type WorkflowConnection = Pick<Connection, 'workflowService' | 'withDeadline'>

/** A well server answers in milliseconds; a worker that shuts down waits for this at most. */
const ANSWER_MS = 5_000

/** What the server answers in time, by default within five seconds; `undefined` where it answers with one of the codes. */
export async function answerUnless<Answer>(
  codes: readonly number[],
  connection: WorkflowConnection,
  ask: (service: WorkflowConnection['workflowService']) => Promise<Answer>,
  untilMs = Date.now() + ANSWER_MS,
): Promise<Answer | undefined> {
  try {
    return await connection.withDeadline(untilMs, () => ask(connection.workflowService))
  } catch (error) {
    if (answersWith(error, codes)) return undefined
    throw error
  }
}
