import { isGrpcServiceError } from '@temporalio/client'

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
