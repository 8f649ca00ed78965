/**
 * Lets one way of routing serve all runs of a set, and adds up what the vendors bill.
 *
 * @module
 */
import type { KnownPrompt } from '../../src/core/protocol.ts'
import { rememberPrompt, warmTokens } from '../../src/core/routing/cache/warmth.ts'
import { createHealth } from '../../src/runtime/health/create-health.ts'
import { drawRuns, type SimulatedRun } from './runs.ts'
import type { EndpointSet } from './sets.ts'
import { CACHE_TTL_MS, createVendor, type Vendor, type VendorReply } from './vendor.ts'
import { endpointsOf, type Way } from './ways.ts'

/** After which a call whose candidates have all failed tries again. */
const ALL_DOWN_MS = 5_000

/** USD for all runs of the set. */
export function costOfWay(seed: number, set: EndpointSet, way: Way): number {
  const world = createWorld(seed, set)
  let usd = 0
  for (const run of drawRuns(seed, set.name)) usd += serve(world, run, way)
  return usd
}

/** USD for all runs on one endpoint alone, which are held up while it is down. */
export function costOfSingle(seed: number, set: EndpointSet, index: number): number {
  const only = endpointsOf(set)[index]!
  return costOfWay(seed, set, () => [only])
}

interface World {
  readonly vendors: ReadonlyMap<string, Vendor>
  readonly health: ReturnType<typeof createHealth>
  readonly clock: { nowMs: number }
}

function createWorld(seed: number, set: EndpointSet): World {
  const vendors = new Map(
    endpointsOf(set).map(({ id }, index) => [id, createVendor(seed, set.name, set.endpoints[index]!)]),
  )
  const clock = { nowMs: 0 }
  const health = createHealth(
    () => clock.nowMs,
    () => 0.5,
  )
  return { vendors, clock, health }
}

function serve(world: World, run: SimulatedRun, way: Way): number {
  let promptTokens = 0
  let usd = 0
  let known: KnownPrompt | undefined
  world.clock.nowMs = Math.max(world.clock.nowMs, run.startMs)
  for (const [step, { addedTokens, outputTokens, thinkMs }] of run.steps.entries()) {
    promptTokens += addedTokens
    const asked = { run: run.index, step, promptTokens, outputTokens, ...(known && { known }) }
    const { endpoint, reply, wastedUsd } = call(world, asked, way)
    usd += wastedUsd + reply.usd
    // What was said is as long for every endpoint in the next prompt, so that all serve the same runs.
    const inputTokens = promptTokens
    promptTokens += outputTokens
    const length = 2 * step + 2
    known = rememberPrompt(known, { endpoint, promptTokens, length, inputTokens, atMs: world.clock.nowMs })
    world.clock.nowMs += thinkMs
  }
  return usd
}

interface Asked {
  readonly run: number
  readonly step: number
  readonly promptTokens: number
  readonly outputTokens: number
  readonly known?: KnownPrompt
}

/** Works down the way's candidates until one answers, in rounds as long as all fail. */
function call(world: World, asked: Asked, way: Way) {
  let wastedUsd = 0
  for (;;) {
    const { known } = asked
    const { clock, health } = world
    const choice = { ...asked, nowMs: clock.nowMs, health: health.now(), ...(known && { last: known.endpoint }) }
    for (const { id } of way(choice)) {
      let reply = attempt(world, asked, id)
      if (reply.kind === 'failed' && id === known?.endpoint) {
        // As the worker does: once more where the prompt is warm.
        wastedUsd += reply.usd
        reply = attempt(world, asked, id)
      }
      if (reply.kind === 'answered') return { endpoint: id, reply, wastedUsd }
      wastedUsd += reply.usd
    }
    world.clock.nowMs += ALL_DOWN_MS
  }
}

function attempt(world: World, asked: Asked, id: string): VendorReply {
  const { run, step, promptTokens, outputTokens, known } = asked
  const { health } = world
  health.claim(id)
  const reply = world.vendors.get(id)!.ask(run, step, promptTokens, outputTokens, world.clock.nowMs)
  const warm = warmTokens(
    known?.warm?.find(({ endpoint }) => endpoint === id),
    CACHE_TTL_MS,
    world.clock.nowMs,
  )
  world.clock.nowMs += reply.totalMs
  if (reply.kind !== 'answered') {
    const kind = reply.kind === 'down' ? 'overloaded' : 'cut-off'
    health.record(id, { kind: 'fault', fault: { kind, message: '', evidence: {} } })
    return reply
  }
  const { firstTokenMs, totalMs, readTokens } = reply
  const said = { firstTokenMs, totalMs, outputTokens: reply.outputTokens, readTokens }
  health.record(id, { kind: 'answered', ...said, ...(warm > 0 && { warmTokens: warm }) })
  return reply
}
