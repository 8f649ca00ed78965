/**
 * Asks the Temporal server which namespace this is: `default` is a namespace on every server, and has another id on each.
 *
 * @module
 */
import { Context } from '@temporalio/activity'
import { isGrpcServiceError } from '@temporalio/client'
import type { WorkflowConnection } from './how-ended.ts'

/** gRPC's code of servers for tests, which have no namespaces to describe. */
const UNIMPLEMENTED = 12

/** A well server answers in milliseconds. */
const ANSWER_MS = 5_000

/** `undefined` where the server names none. */
export async function namespaceIdOf(connection: WorkflowConnection, namespace: string): Promise<string | undefined> {
  const described = await connection
    .withDeadline(Date.now() + ANSWER_MS, () => connection.workflowService.describeNamespace({ namespace }))
    .catch((error: unknown) => {
      if (isGrpcServiceError(error) && error.code === UNIMPLEMENTED) return undefined
      throw error
    })
  return described?.namespaceInfo?.id || undefined
}

/** {@link namespaceIdOf} for the activities of a worker, which serves one namespace: asked once. */
export function createNamespaceIdHere(): () => Promise<string | undefined> {
  let known: { readonly id: string | undefined } | undefined
  return async () => {
    if (known) return known.id
    const { connection, options } = Context.current().client
    known = { id: await namespaceIdOf(connection, options.namespace) }
    return known.id
  }
}
