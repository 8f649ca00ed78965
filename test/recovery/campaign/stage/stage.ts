/**
 * Everything that a campaign runs on, each part in a process of its own.
 *
 * @module
 */
import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect, type Signalbox } from '../../../../src/runtime/client.ts'
import type { Closers } from '../../../../src/runtime/closers.ts'
import { localConnection } from '../../../../src/runtime/temporal/connection-options.ts'
import { newMasterKey, openStore, type Store, type StoreSettings } from '../../../../src/store/index.ts'
import type { PostgresServer } from '../../../support/postgres.ts'
import { withClosers } from '../../../support/with-closers.ts'
import type { CampaignPlan } from '../plan/plan.ts'
import { masterKeysIn } from './master-keys.ts'
import { type CampaignServer, startServer } from './server.ts'
import { startVendorsProcess, type VendorsProcess } from './vendors.ts'
import { type CampaignWorker, startWorkers, type Workers } from './workers.ts'

export interface Stage {
  readonly folder: string
  readonly server: CampaignServer
  readonly vendors: VendorsProcess
  readonly workers: Workers
  readonly signalbox: Signalbox
  readonly store: Store
  readonly storeSettings: StoreSettings
  readonly toolLogPath: string
  /** Present where the store lies in PostgreSQL. */
  readonly postgres?: PostgresServer
  close(): Promise<void>
}

export interface StageOptions {
  readonly plan: CampaignPlan
  /** Exists; takes databases, logs and the plan. */
  readonly folder: string
  /** The workflows, bundled once for all workers. */
  readonly bundlePath: string
  /** Needed for a plan that keeps its store there. */
  readonly postgres?: PostgresServer
  readonly onReached: (worker: CampaignWorker, mark: string) => void
}

/** Three: a killed one is a third of what is under way. */
const WORKERS = 3

export function setStage(options: StageOptions): Promise<Stage> {
  return withClosers(later => build(options, later))
}

async function build(
  { plan, folder, bundlePath, postgres, onReached }: StageOptions,
  later: Closers['add'],
): Promise<Omit<Stage, 'close'>> {
  const planPath = join(folder, 'plan.json')
  writeFileSync(planPath, JSON.stringify(plan, null, 2))
  const vendors = await startVendorsProcess(planPath, join(folder, 'vendors.log'))
  later(() => vendors.stop())
  const server = await startServer(join(folder, 'temporal.db'), join(folder, 'server.log'))
  later(() => server.stop())
  const storeSettings = postgres ? { url: await postgres.newDatabase() } : { path: join(folder, 'store.db') }
  const masterKey = newMasterKey()
  const store = await openStore({ ...storeSettings, masterKeys: masterKeysIn(masterKey) })
  later(() => store.close())
  const temporal = localConnection(server.address)
  const taskQueue = `campaign-${randomUUID().slice(0, 8)}`
  const signalbox = await connect({ temporal, store, taskQueue })
  later(() => signalbox.close())
  const toolLogPath = join(folder, 'tools.jsonl')
  const place = { planPath, temporalAddress: server.address, taskQueue, store: storeSettings }
  const settings = { ...place, masterKey, toolLogPath, bundlePath, env: vendors.env }
  const workers = await startWorkers({ count: WORKERS, folder, settings, onReached })
  later(() => workers.close())
  return {
    folder,
    server,
    vendors,
    workers,
    signalbox,
    store,
    storeSettings,
    toolLogPath,
    ...(postgres && { postgres }),
  }
}
