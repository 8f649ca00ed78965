/**
 * What the call-model activity runs on without a Temporal server: its ports on simulated vendors and a store of its own.
 *
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ActivityCancellationDetails } from '@temporalio/common'
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import type { CallModelPorts } from '../../activities/call-model/ports.ts'
import { createCallModel } from '../../activities/call-model.ts'
import type { Configuration } from '../../src/catalog/index.ts'
import type { Message } from '../../src/core/messages.ts'
import type { CallModelInput, CallModelResult } from '../../src/core/protocol.ts'
import { type RunningVendors, startVendors, type VendorScript } from '../../src/providers/simulated/index.ts'
import type { App } from '../../src/runtime/app/app.ts'
import { type WiredPorts, wirePorts } from '../../src/runtime/ports/wire-ports.ts'
import type { Store } from '../../src/store/index.ts'
import { expectLedgerMatchesMeter } from './invariants.ts'
import { openNewStore } from './new-store.ts'
import { soundConfiguration } from './sound-configuration.ts'
import { vendorUrls } from './vendor-urls.ts'
import { withClosers } from './with-closers.ts'

export interface CallSceneOptions extends VendorScript {
  /** `<name>_URL` holds the address of each vendor, in capitals. */
  readonly yaml: string
  readonly app?: App
  /** The vendors' clock. */
  readonly now?: () => number
  /** Why the ledger is not held against the vendors' meters when the scene is closed. */
  readonly unmetered?: string
}

export interface CallScene {
  readonly store: Store
  readonly storePath: string
  /** The vendors' addresses, as a configuration reads them. */
  readonly env: Readonly<Record<string, string>>
  readonly vendors: RunningVendors
  readonly wired: WiredPorts
  readonly configuration: Configuration
  /** Reads another configuration with the same vendors' addresses. */
  read(yaml: string): Configuration
  close(): Promise<void>
}

/** Where it cannot be set, as with a configuration that is wrong, nothing of it stays. */
export function setCallScene({ yaml, app = {}, now, unmetered, ...script }: CallSceneOptions): Promise<CallScene> {
  return withClosers(async later => {
    const folder = await mkdtemp(join(tmpdir(), 'signalbox-calls-'))
    later(() => rm(folder, { recursive: true, force: true }))
    const storePath = join(folder, 'store.db')
    const store = await openNewStore({ path: storePath })
    later(() => store.close())
    const vendors = await startVendors(script, now ? { now } : {})
    later(() => vendors.close())
    if (unmetered === undefined) later(() => expectLedgerMatchesMeter({ store, vendors }))
    const env = vendorUrls(vendors)
    const read = (text: string) => soundConfiguration(text, env)
    const configuration = read(yaml)
    const wired = wirePorts({ configuration, store, app })
    later(() => wired.close())
    return { store, storePath, env, vendors, wired, configuration, read }
  })
}

/** The same ports where no server is behind the activity that would name its namespace; a directory that is swapped stays so. */
export function withoutServer<Ports extends object>(ports: Ports): Ports {
  return Object.assign(Object.create(ports), {
    namespaceId: async () => undefined,
    searchAttributes: async () => false,
  })
}

/** A call that is under way. */
export interface Underway {
  readonly result: Promise<CallModelResult>
  /** What its heartbeats have said so far. */
  readonly beats: readonly unknown[]
  /** As when the run is cancelled. */
  cancel(): void
  /** As when the worker shuts down: the activity throws, and another one goes on. */
  lose(): void
  /** As when the server has heard nothing of its worker for too long, and has given the activity to another one. */
  giveUp(): void
}

/** What a server would say, which is not there. */
export interface Server {
  readonly othersServe?: boolean
  /** Which try this is. */
  readonly attempt?: number
  /** The id of the Temporal run that asks. */
  readonly part?: string
}

export function beginCall(ports: CallModelPorts, asked: CallModelInput, server: Server = {}): Underway {
  const { othersServe = false, attempt = 1, part } = server
  const activityId = `${asked.step}`
  const info = { attempt, activityId, ...(part && { workflowExecution: { workflowId: asked.run.id, runId: part } }) }
  const environment = new MockActivityEnvironment(info, { logger: new DefaultLogger('ERROR') })
  const beats: unknown[] = []
  environment.on('heartbeat', details => beats.push(details))
  return {
    beats,
    result: environment.run(
      createCallModel({ ...ports, othersServe: async () => othersServe }),
      asked,
    ) as Promise<CallModelResult>,
    cancel: () => environment.cancel('CANCELLED', new ActivityCancellationDetails({ cancelRequested: true })),
    lose: () => environment.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true })),
    giveUp: () => environment.cancel('NOT_FOUND', new ActivityCancellationDetails({ notFound: true })),
  }
}

export function userMessage(text: string): Message {
  return { role: 'user', content: [{ type: 'text', text }] }
}
