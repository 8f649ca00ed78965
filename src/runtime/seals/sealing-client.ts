/**
 * A Temporal client that reads and writes sealed payloads too.
 *
 * @module
 */
import { Client, WorkflowClient } from '@temporalio/client'
import { createCodec } from './codec.ts'
import type { KnownSeals } from './known-seals.ts'

/** A client like theirs that seals what their own codecs have written. Theirs stays as it is. */
export function sealingClient(theirs: Client, seals: KnownSeals): Client {
  const { loadedDataConverter, namespace, identity, interceptors, workflow } = theirs.options
  const payloadCodecs = [...loadedDataConverter.payloadCodecs, createCodec(seals)]
  const connection = withoutPlugins(theirs.connection)
  const dataConverter = { ...loadedDataConverter, payloadCodecs }
  return waitingAs(theirs, new Client({ connection, namespace, identity, interceptors, workflow, dataConverter }))
}

/** Their plug-ins have configured their client already; asked again for ours, one that encrypts would encrypt twice. */
function withoutPlugins(connection: Client['connection']): Client['connection'] {
  if (!connection.plugins?.length) return connection
  return Object.create(connection, { plugins: { value: [] } })
}

/** The client of Temporal's test environment skips time while it waits for a result. One of another copy of the SDK knows no seals. */
function waitingAs({ workflow }: Client, client: Client): Client {
  const Kind = workflow.constructor as typeof WorkflowClient
  if (Kind === WorkflowClient || !(workflow instanceof WorkflowClient)) return client
  return Object.assign(client, {
    workflow: new Kind({ ...client.workflow.options, connection: client.connection }),
  })
}
