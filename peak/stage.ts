/**
 * Two vendors, and two routers that share nothing but a store: each has its own connection to it, its own health, and its own
 * connections to the vendors, as two worker processes have.
 *
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfiguration } from '../src/catalog/index.ts'
import { type RunningVendors, startVendors, type VendorScript } from '../src/providers/simulated/index.ts'
import { type WiredPorts, wirePorts } from '../src/runtime/ports.ts'
import { openStore, type Store } from '../src/store/index.ts'

export const FIRST = 'first'
export const SECOND = 'second'

/** Asked in this order: what the first does not serve shows at the second. */
const CLASSES = `
  served: { models: [peak/${FIRST}, peak/${SECOND}], sort: order, maxOutputTokens: 200 }
  alone: { models: [peak/${FIRST}], maxOutputTokens: 200, patience: 60s }
`

const MODEL = { contextWindow: 100_000, maxOutput: 8_000, price: { input: 1, output: 4 }, firstTokenMs: 30 }

export interface Stage {
  readonly vendors: RunningVendors
  /** Of the first router's connection. */
  readonly store: Store
  readonly routers: readonly WiredPorts[]
  close(): Promise<void>
}

/** @param limited - What the first vendor lets through. */
export async function setStage(limited?: VendorScript['vendors'][number]['rateLimit']): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-peak-'))
  const vendors = await startVendors({
    vendors: [vendor(FIRST, limited), vendor(SECOND)],
  })
  const env = Object.fromEntries(vendors.vendors.map(({ name, baseUrl }) => [`${name.toUpperCase()}_URL`, baseUrl]))
  const read = readConfiguration(`providers:\n${[FIRST, SECOND].map(provider).join('')}classes:${CLASSES}`, { env })
  if (!read.ok) throw new Error(JSON.stringify(read.problems, null, 2))
  const { configuration } = read
  const stores = await Promise.all([1, 2].map(() => openStore({ path: join(folder, 'store.db') })))
  const routers = stores.map(store => wirePorts({ configuration, store, app: {}, searchAttributes: false }))
  await Promise.all(routers.map(router => router.begin()))
  return {
    vendors,
    store: stores[0]!,
    routers,
    async close() {
      await Promise.all(routers.map(router => router.close()))
      await vendors.close()
      for (const store of stores) await store.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function vendor(name: string, rateLimit?: VendorScript['vendors'][number]['rateLimit']) {
  return { name, protocol: 'openai' as const, models: { [name]: MODEL }, ...(rateLimit && { rateLimit }) }
}

function provider(name: string): string {
  const model = '{ contextWindow: 100000, maxOutput: 8000, price: { input: 1, output: 4 } }'
  return `  ${name}: { protocol: openai, baseURL: "\${${name.toUpperCase()}_URL}", apiKey: none, models: { peak/${name}: ${model} } }\n`
}
