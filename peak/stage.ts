/**
 * Two vendors, and two workers in processes of their own that share nothing but a store.
 *
 * @module
 */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { onStage } from '../bench/on-stage.ts'
import type { RunRef } from '../src/core/protocol.ts'
import { type RunningVendors, startVendors, type VendorScript } from '../src/providers/simulated/index.ts'
import type { Closers } from '../src/runtime/closers.ts'
import { temporaryFolder } from '../src/runtime/temporary-folder.ts'
import { openStore } from '../src/store/index.ts'
import { withClosers } from '../test/support/with-closers.ts'
import type { WorkerSettings } from './processes/words.ts'
import { type PeakWorker, startWorker } from './worker.ts'

export const FIRST = 'first'
const SECOND = 'second'

export const WORKERS = 2

const MODEL = { contextWindow: 100_000, maxOutput: 8_000, price: { input: 1, output: 4 }, firstTokenMs: 30 }

type RateLimit = VendorScript['vendors'][number]['rateLimit']

export interface Stage {
  /** In this process: their meter has what all workers asked. */
  readonly vendors: RunningVendors
  readonly workers: readonly PeakWorker[]
  /** Everything is called in its name. */
  readonly run: RunRef
  close(): Promise<void>
}

/** @param limited - What the first vendor lets through. */
export function onPeakStage<Done>(limited: RateLimit, work: (stage: Stage) => Promise<Done>): Promise<Done> {
  return onStage(() => withClosers(later => build(limited, later)), work)
}

async function build(limited: RateLimit, later: Closers['add']): Promise<Omit<Stage, 'close'>> {
  const folder = temporaryFolder('signalbox-peak-', { add: later })
  const vendors = await startVendors({ vendors: [vendor(FIRST, limited), vendor(SECOND)] })
  later(() => vendors.close())
  // In a database that outlives the scenario nobody may know the endpoints yet, nor have answers to these calls.
  const mark = randomUUID().slice(0, 8)
  const run: RunRef = { id: `peak-${mark}`, key: `key of peak ${mark}`, workspace: 'default', labels: {} }
  const settings: WorkerSettings = { yaml: yamlOf(vendors, mark), store: storeIn(folder) }
  await openRun(settings, run)
  const workers: PeakWorker[] = []
  later(() => Promise.all(workers.map(worker => worker.stop())))
  while (workers.length < WORKERS) workers.push(await startWorker(settings))
  return { vendors, workers, run }
}

/** `DATABASE_URL` names a PostgreSQL server; without it the store is a file. */
function storeIn(folder: string): WorkerSettings['store'] {
  const url = process.env.DATABASE_URL
  return url ? { url } : { path: join(folder, 'store.db') }
}

async function openRun({ store: settings }: WorkerSettings, run: RunRef): Promise<void> {
  const store = await openStore(settings)
  await store.ledger.openRun({ run, workflow: 'peak', budget: {}, startedAtMs: Date.now() })
  await store.close()
}

/** Of the kind that tells nobody of its limits. */
function vendor(name: string, rateLimit?: RateLimit) {
  return { name, protocol: 'openai-compatible' as const, models: { [name]: MODEL }, ...(rateLimit && { rateLimit }) }
}

/** Asked in this order: what the first does not serve shows at the second. */
function yamlOf({ vendors }: RunningVendors, mark: string): string {
  const model = (name: string) => `peak/${name}-${mark}`
  const providers = vendors.map(({ name, baseUrl }) => {
    const limits = '{ contextWindow: 100000, maxOutput: 8000, price: { input: 1, output: 4 }'
    const models = `{ ${model(name)}: ${limits}, upstream: ${name} } }`
    return `  ${name}-${mark}: { protocol: openai, baseURL: '${baseUrl}', apiKey: none, models: ${models} }\n`
  })
  return `
providers:
${providers.join('')}
classes:
  served: { models: [${model(FIRST)}, ${model(SECOND)}], sort: order, maxOutputTokens: 200 }
  alone: { models: [${model(FIRST)}], maxOutputTokens: 200, patience: 60s }
`
}
