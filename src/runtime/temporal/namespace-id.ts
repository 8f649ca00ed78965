/**
 * Asks the Temporal server which namespace this is: `default` is a namespace on every server, and has another id on each.
 *
 * @module
 */
import { answerUnless, GRPC, type WorkflowConnection } from './grpc-answer.ts'
import { onceInEach } from './once-in-each.ts'

/** `undefined` where the server names none: those for tests have no namespaces to describe. */
export async function namespaceIdOf(connection: WorkflowConnection, namespace: string): Promise<string | undefined> {
  const described = await answerUnless([GRPC.unimplemented], connection, service =>
    service.describeNamespace({ namespace }),
  )
  return described?.namespaceInfo?.id || undefined
}

/** {@link namespaceIdOf} for the activities of the workers of a plug-in, which may serve several namespaces: asked once in each. */
export function createNamespaceIdHere(): () => Promise<string | undefined> {
  return onceInEach(({ connection, options }) => namespaceIdOf(connection, options.namespace))
}
