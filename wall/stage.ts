/**
 * What a part of the wall runs on: a faulty vendor, one that stands by, and everything of ours between a call and the wire.
 *
 * @module
 */
import { join } from 'node:path'
import type { ActivityPorts } from '../activities/index.ts'
import { type RunningVendors, startVendors, type VendorScript } from '../src/providers/simulated/index.ts'
import { createHealth } from '../src/runtime/health/create-health.ts'
import { wirePorts } from '../src/runtime/ports/wire-ports.ts'
import { temporaryFolder } from '../src/runtime/temporary-folder.ts'
import { openStore, type Store } from '../src/store/index.ts'
import { createChance } from '../test/support/chance.ts'
import { soundConfiguration } from '../test/support/sound-configuration.ts'
import { withClosers } from '../test/support/with-closers.ts'
import { type Clock, createClock } from './clock.ts'
import { UPSTREAM, type WallProtocol } from './protocols.ts'
import { APP, BEHAVIOURS } from './questions.ts'
import { DEADLINES } from './scale.ts'

export interface Stage {
  readonly vendors: RunningVendors
  readonly store: Store
  readonly clock: Clock
  /** The ports of a worker that knows nothing of its endpoints yet. */
  newWorker(): ActivityPorts
  close(): Promise<void>
}

/** A vendor with one model, priced so that no two kinds of token cost the same. */
export interface StageVendor {
  readonly name: string
  readonly protocol: WallProtocol
  readonly contextWindow: number
  readonly billsAborted: 'nothing' | 'until-disconnect' | 'whole'
  /** Absent: an answer goes out in one piece. */
  readonly tokensPerSecond?: number
  /** So many times the price of the others. @defaultValue 1 */
  readonly dearer?: number
  readonly behaviours?: VendorScript['vendors'][number]['behaviours']
}

const PRICE = { input: 1, cachedInput: 0.1, cacheWrite: 1.25, output: 4 }
const MAX_OUTPUT = 64_000
const REASONING_TOKENS = 40

/** @param classes - The section of the configuration, in YAML. */
export function setStage(vendors: readonly StageVendor[], classes: string, seed: number): Promise<Stage> {
  return withClosers(async later => {
    const folder = temporaryFolder('signalbox-wall-', { add: later })
    const clock = createClock()
    const running = await startVendors({ vendors: vendors.map(scriptOf) }, { now: clock.now })
    later(() => running.close())
    const env = Object.fromEntries(running.vendors.map(({ name, baseUrl }) => [urlVariable(name), baseUrl]))
    const yaml = `providers:\n${vendors.map(providerYaml).join('')}classes:\n${classes}`
    const configuration = soundConfiguration(yaml, env)
    const store = await openStore({ path: join(folder, 'store.db') })
    later(() => store.close())
    const chance = createChance(seed)
    const newWorker = () => {
      const { ports, close } = wirePorts({ configuration, store, app: APP })
      later(close)
      return { ...ports, now: clock.now, chance, health: createHealth(clock.now, chance) }
    }
    return { vendors: running, store, clock, newWorker }
  })
}

export function endpointOf(vendor: string): string {
  return `${vendor}:wall/${vendor}`
}

function urlVariable(vendor: string): string {
  return `${vendor.toUpperCase()}_URL`
}

function priceOf({ dearer = 1 }: StageVendor) {
  const { input, cachedInput, cacheWrite, output } = PRICE
  return {
    input: input * dearer,
    cachedInput: cachedInput * dearer,
    cacheWrite: cacheWrite * dearer,
    output: output * dearer,
  }
}

function scriptOf(vendor: StageVendor) {
  const { name, protocol, contextWindow, billsAborted, tokensPerSecond, behaviours = BEHAVIOURS } = vendor
  const price = priceOf(vendor)
  const model = { contextWindow, maxOutput: MAX_OUTPUT, price, reasoningTokens: REASONING_TOKENS }
  return {
    name,
    protocol,
    models: { [UPSTREAM[protocol]]: model },
    behaviours: [...behaviours],
    billsAborted,
    tokensPerSecond,
  }
}

function providerYaml(vendor: StageVendor): string {
  const { name, protocol, contextWindow } = vendor
  const { connectMs, firstTokenMs, stallMs, totalMs } = DEADLINES
  const model = {
    upstream: UPSTREAM[protocol],
    contextWindow,
    maxOutput: MAX_OUTPUT,
    abilities: ['tools', 'json-schema', 'json-object', 'reasoning', 'cache'],
    price: priceOf(vendor),
  }
  return [
    `  ${name}:`,
    `    protocol: ${protocol}`,
    `    baseURL: "\${${urlVariable(name)}}"`,
    '    apiKey: none',
    `    timeouts: { connect: ${connectMs}ms, firstToken: ${firstTokenMs}ms, stall: ${stallMs}ms, total: ${totalMs}ms }`,
    `    models: { wall/${name}: ${JSON.stringify(model)} }`,
    '',
  ].join('\n')
}
