import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningVendors, startVendors, type VendorScript } from '../../src/providers/simulated/index.ts'
import type { App } from '../../src/runtime/app/app.ts'
import { connect, type Signalbox } from '../../src/runtime/client.ts'
import { localConnection } from '../../src/runtime/temporal/connection-options.ts'
import { type CreateWorkerOptions, createWorker, type SignalboxWorker } from '../../src/runtime/worker.ts'
import { newMasterKey, parseMasterKeys, type Store, type StoreSettings } from '../../src/store/index.ts'
import { expectLedgerMatchesMeter } from './invariants.ts'
import { openNewStore } from './new-store.ts'
import { sharedBundle } from './shared-bundle.ts'
import { soundConfiguration } from './sound-configuration.ts'
import { vendorUrls } from './vendor-urls.ts'
import { withClosers } from './with-closers.ts'

export interface StageOptions extends VendorScript, Pick<CreateWorkerOptions, 'workflowsPath' | 'shutdownGraceMs'> {
  readonly temporalAddress: string
  /** The configuration; `<name>_URL` holds the address of each vendor, in capitals. */
  readonly yaml: string
  readonly app?: App
  readonly worker?: CreateWorkerOptions['worker']
  /** Started with the stage. @defaultValue 1 */
  readonly workers?: number
}

/** The whole product on one machine: vendors, store, worker, client. */
export interface Stage {
  readonly vendors: RunningVendors
  readonly store: Store
  readonly storePath: string
  /** As `SIGNALBOX_MASTER_KEY` has it. */
  readonly masterKey: string
  readonly signalbox: Signalbox
  readonly env: Record<string, string>
  /** By which commands find the server, the store and its keys. */
  readonly commandEnv: Record<string, string>
  readonly taskQueue: string
  /** All that were started, in their order. */
  readonly workers: readonly SignalboxWorker[]
  /** Starts another worker on the same queue. It looks for runs that have ended at once, in its own time, if not told otherwise. */
  startWorker(
    how?: Pick<CreateWorkerOptions, 'reconcileEveryMs' | 'store' | 'agents' | 'config'>,
  ): Promise<SignalboxWorker & { readonly done: Promise<void> }>
  close(): Promise<void>
}

/**
 * Without a thread of its own for workflows, whose start costs more than most tests; workers that a command starts have it. And with
 * two polls of each kind where ten are usual, so that the server answers fewer of them. A task for a worker that has left is given to
 * another after two seconds, and not after ten. Its build is named: the SDK would take a digest of the bundle for it.
 */
export const FRUGAL = {
  debugMode: true,
  buildId: 'tests',
  maxConcurrentWorkflowTaskPolls: 2,
  maxConcurrentActivityTaskPolls: 2,
  stickyQueueScheduleToStartTimeout: '2s',
} as const

/**
 * Sets the stage with one worker running; `close` clears it, and so does a failure on the way. Once the workers are gone it throws
 * where the ledger and the vendors' meters differ.
 */
export function setStage(options: StageOptions): Promise<Stage> {
  return withClosers(async later => {
    const folder = await mkdtemp(join(tmpdir(), 'signalbox-stage-'))
    later(() => rm(folder, { recursive: true, force: true }))
    const storePath = join(folder, 'store.db')
    const vendors = await startVendors({ vendors: options.vendors })
    later(() => vendors.close())
    const env = vendorUrls(vendors)
    const config = soundConfiguration(options.yaml, env)
    const temporal = localConnection(options.temporalAddress)
    const taskQueue = `stage-${storePath.slice(-24, -9)}`
    const masterKey = newMasterKey()
    const settings = { path: storePath, masterKeys: keysOf(masterKey) }
    const store = await openNewStore(settings)
    later(() => store.close())
    later(() => expectLedgerMatchesMeter({ store, vendors }))
    const running: (SignalboxWorker & { readonly done: Promise<void> })[] = []
    later(async () => {
      for (const { worker, shutdown } of running) if (worker.getState() === 'RUNNING') shutdown()
      await Promise.allSettled(running.map(worker => worker.done))
    })
    const startWorker: Stage['startWorker'] = async how => {
      const { workflowsPath, shutdownGraceMs = 200, worker, app } = options
      const own = await createWorker({
        config,
        store: settings,
        temporal,
        taskQueue,
        shutdownGraceMs,
        ...(workflowsPath !== undefined && { workflowsPath }),
        worker: { ...FRUGAL, ...(workflowsPath === undefined && sharedBundle()), ...worker },
        ...app,
        ...how,
      })
      const started = { ...own, done: own.run() }
      running.push(started)
      return started
    }
    for (let started = 0; started < (options.workers ?? 1); started += 1) await startWorker()
    const signalbox = await connect({ temporal, store, taskQueue, uiUrl: 'http://127.0.0.1:1' })
    later(() => signalbox.close())
    const commandEnv = {
      TEMPORAL_ADDRESS: options.temporalAddress,
      DATABASE_URL: `sqlite:${storePath}`,
      SIGNALBOX_MASTER_KEY: masterKey,
    }
    return {
      vendors,
      store,
      storePath,
      masterKey,
      signalbox,
      env,
      commandEnv,
      taskQueue,
      workers: running,
      startWorker,
    }
  })
}

function keysOf(text: string): NonNullable<StoreSettings['masterKeys']> {
  const parsed = parseMasterKeys(text)
  if (!parsed.ok) throw new Error(parsed.problem)
  return () => parsed.masterKeys
}
