import { join } from 'node:path'
import { type RunningVendors, startVendors } from '../../src/providers/simulated/index.ts'
import { connect, type Signalbox } from '../../src/runtime/client.ts'
import type { Closers } from '../../src/runtime/closers.ts'
import { openStore, type Store, type StoreSettings } from '../../src/store/index.ts'
import { startPostgres } from '../../test/support/postgres.ts'
import { withClosers } from '../../test/support/with-closers.ts'
import { type Child, startChild } from '../child.ts'
import type { OurSettings } from '../processes/our-worker.ts'
import { reachServer } from '../server.ts'
import { configurationOf, vendorScript } from './market.ts'

export interface StageOptions {
  readonly workers: number
  readonly store: 'sqlite' | 'postgres'
  /** Shared budgets, in USD, by the name of their workspace. */
  readonly budgets: Readonly<Record<string, string>>
  readonly firstTokenMs: number
}

export interface BudgetStage {
  readonly signalbox: Signalbox
  readonly store: Store
  readonly vendors: RunningVendors
  close(): Promise<void>
}

/** Sets the stage; what was set up is taken down again when setting it fails midway. */
export function setBudgetStage(options: StageOptions): Promise<BudgetStage> {
  return withClosers(later => build(options, later))
}

async function build(options: StageOptions, later: Closers['add']): Promise<Omit<BudgetStage, 'close'>> {
  const { temporal, folder } = await reachServer(later)
  const vendors = await startVendors(vendorScript(options.firstTokenMs))
  later(() => vendors.close())
  const settings = await storeFor(options, folder, later)
  const taskQueue = `bench-budget-${process.pid}-${options.store}`
  const yaml = configurationOf(
    vendors.vendors.map(({ baseUrl }) => baseUrl),
    options.budgets,
  )
  const worker: OurSettings = {
    temporal,
    taskQueue,
    yaml,
    store: settings,
    workflows: 'spenders.ts',
    logLevel: 'ERROR',
  }
  const workers: Child[] = []
  later(() => Promise.all(workers.map(child => child.stop())))
  while (workers.length < options.workers) workers.push(await startChild('our-worker.ts', worker))
  const store = await openStore(settings)
  later(() => store.close())
  const signalbox = await connect({ temporal, taskQueue, store, env: {} })
  later(() => signalbox.close())
  return { signalbox, store, vendors }
}

async function storeFor({ store }: StageOptions, folder: string, later: Closers['add']): Promise<StoreSettings> {
  if (store === 'sqlite') return { path: join(folder, 'signalbox.db') }
  const server = await startPostgres()
  later(() => server.stop())
  return { url: server.url }
}
