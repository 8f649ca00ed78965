/**
 * Calls through the real activity, with a real store and simulated vendors, and without a server.
 *
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { createCallModel } from '../../activities/call-model.ts'
import { type Configuration, readConfiguration } from '../../src/catalog/index.ts'
import type { CallModelInput, CallModelResult, RunRef } from '../../src/core/protocol.ts'
import { type RunningVendors, startVendors, type VendorScript } from '../../src/providers/simulated/index.ts'
import type { App } from '../../src/runtime/app.ts'
import { type WiredPorts, wirePorts } from '../../src/runtime/ports.ts'
import { openStore, type Store } from '../../src/store/index.ts'

export interface CallStage {
  readonly store: Store
  readonly storePath: string
  /** The vendors' addresses, as a configuration reads them. */
  readonly env: Readonly<Record<string, string>>
  readonly vendors: RunningVendors
  readonly wired: WiredPorts
  readonly configuration: Configuration
  /** Reads another configuration with the same vendors' addresses. */
  read(yaml: string): Configuration
  open(id: string, changes?: Partial<RunRef>): Promise<RunRef>
  /** A call with a transcript of its own; `changes` may give it another. */
  call(run: RunRef, taskClass: string, step: number, changes?: Partial<CallModelInput>): Promise<CallModelResult>
  close(): Promise<void>
}

/** @param yaml - `<name>_URL` holds the address of each vendor, in capitals. */
export async function setCallStage(yaml: string, script: VendorScript, app: App = {}): Promise<CallStage> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-calls-'))
  const storePath = join(folder, 'store.db')
  const store = await openStore({ path: storePath })
  const vendors = await startVendors(script)
  const env = Object.fromEntries(vendors.vendors.map(({ name, baseUrl }) => [`${name.toUpperCase()}_URL`, baseUrl]))
  const read = (text: string) => {
    const result = readConfiguration(text, { env })
    if (!result.ok) throw new Error(JSON.stringify(result.problems, null, 2))
    return result.configuration
  }
  const configuration = read(yaml)
  const wired = wirePorts({ configuration, store, app, searchAttributes: false })
  const callModel = createCallModel(wired.ports)
  return {
    store,
    storePath,
    env,
    vendors,
    wired,
    configuration,
    read,
    async open(id, changes = {}) {
      const run: RunRef = { id, key: `key-${id}`, workspace: 'default', labels: {}, ...changes }
      await store.ledger.openRun({ run, workflow: 'test', budget: {}, startedAtMs: Date.now() })
      return run
    },
    async call(run, taskClass, step, changes = {}) {
      const environment = new MockActivityEnvironment(undefined, { logger: new DefaultLogger('ERROR') })
      const input: CallModelInput = {
        run,
        step,
        taskClass,
        transcript: { lineage: `${run.key}/${step}`, length: 0 },
        additions: [userMessage('Tell me a story.')],
        memory: { draw: 0.5 },
        ...changes,
      }
      return (await environment.run(callModel, input)) as CallModelResult
    },
    async close() {
      await wired.close()
      await vendors.close()
      await store.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export function userMessage(text: string) {
  return { role: 'user' as const, content: [{ type: 'text' as const, text }] }
}
