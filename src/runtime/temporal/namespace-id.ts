/**
 * Asks the Temporal server which namespace this is: `default` is a namespace on every server, and has another id on each.
 *
 * @module
 */
import { Context } from '@temporalio/activity'
import { answerUnless, GRPC, type WorkflowConnection } from './grpc-answer.ts'

/** `undefined` where the server names none: those for tests have no namespaces to describe. */
export async function namespaceIdOf(connection: WorkflowConnection, namespace: string): Promise<string | undefined> {
  const described = await answerUnless([GRPC.unimplemented], connection, service =>
    service.describeNamespace({ namespace }),
  )
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
