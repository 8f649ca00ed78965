import { Client, Connection } from '@temporalio/client'
import type { TemporalConnection } from '../../src/runtime/temporal/connection-options.ts'
import { withClosers } from '../../test/support/with-closers.ts'
import { startChild } from '../child.ts'
import { reachServer } from '../server.ts'

export interface LongStage {
  readonly temporal: TemporalConnection
  readonly client: Client
  readonly server: string
  readonly vendorUrl: string
  /** Begins the names of task queues and workflows. */
  readonly mark: string
  readonly folder: string
  close(): Promise<void>
}

/** Sets the stage; `close` takes down what was set up, also when setting it fails midway. */
export function setLongStage(): Promise<LongStage> {
  return withClosers(async later => {
    const { temporal, words, folder } = await reachServer(later)
    const vendors = await startChild('../long/processes/long-vendors.ts', {})
    later(() => vendors.stop())
    const connection = await Connection.connect(temporal.client)
    later(() => connection.close())
    const client = new Client({ connection, namespace: temporal.namespace })
    const mark = `long-${process.pid}`
    return { temporal, client, server: words, vendorUrl: String(vendors.ready), mark, folder }
  })
}
