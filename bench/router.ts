/**
 * What the router adds to a call. Alone: `npx node bench/router.ts --json`.
 *
 * @module
 */
import { newStateOf } from '../activities/call-model/plan/other-class.ts'
import { planCall } from '../activities/call-model/plan/plan.ts'
import { keptRoute } from '../activities/call-model/plan/route-record.ts'
import { inServingClass } from '../activities/call-model/plan/serving-class.ts'
import type { CallModelPorts } from '../activities/call-model/ports.ts'
import { prepareCall } from '../activities/call-model/prepare/prepare.ts'
import type { Prepared } from '../activities/call-model/prepare/prepared.ts'
import { decideRemedy } from '../src/core/faults/decide-remedy.ts'
import { resumeState } from '../src/core/faults/resume-call.ts'
import type { CallModelInput } from '../src/core/protocol.ts'
import { wirePorts } from '../src/runtime/ports/wire-ports.ts'
import { openStore } from '../src/store/index.ts'
import { soundConfiguration } from '../test/support/sound-configuration.ts'
import { printIfAlone } from './alone.ts'
import { median, rounded } from './numbers.ts'

export interface RouterBench {
  /** Of this process, all its threads, for one call. */
  readonly cpuMs: number
  readonly endpoints: number
  /** The fewest that any of the calls had. */
  readonly candidates: number
}

const PROVIDERS = 50
const MODELS = 10
const WARM_UP = 1_000
const ROUNDS = 7
const CALLS_PER_ROUND = 1_000

/**
 * Everything between a prepared call and the gate of its first attempt, and what is learned from its answer: rules lead to the
 * class, needs, policies of three levels, the plan of `measured` with a warm prefix over 500 endpoints, the first decision, the
 * claim, the record of the route, and the sample that health takes in. Token estimation is left out, and so is the store.
 */
export async function benchRouter(): Promise<RouterBench> {
  const store = await openStore({ path: ':memory:' })
  const { ports: wired, close } = wirePorts({ configuration: soundConfiguration(YAML), store, app: {} })
  // A copy, as each call has one: what the ports read anew each time, it reads once.
  const ports: CallModelPorts = { ...wired, tokens: { estimate: () => 700, bound: () => 3_000 } }
  try {
    let candidates = Number.POSITIVE_INFINITY
    const cpuMs: number[] = []
    for (let round = 0; round <= ROUNDS; round += 1) {
      const calls = await preparedCalls(ports, round === 0 ? WARM_UP : CALLS_PER_ROUND)
      const before = process.cpuUsage()
      for (const call of calls) candidates = Math.min(candidates, await route(ports, call))
      const { user, system } = process.cpuUsage(before)
      if (round > 0) cpuMs.push((user + system) / 1_000 / calls.length)
    }
    return { cpuMs: rounded(median(cpuMs), 3), endpoints: ports.directory.endpoints.length, candidates }
  } finally {
    await close()
    await store.close()
  }
}

async function route(ports: CallModelPorts, prepared: Prepared): Promise<number> {
  const served = inServingClass(ports, prepared, prepared.call.messages)
  const plan = planCall(ports, served, prepared.call.messages)
  const state = resumeState(newStateOf({ prepared: served, plan }), [])
  const [, decision] = decideRemedy(state, { kind: 'begin', nowMs: ports.now(), chance: ports.chance() })
  if (decision.do !== 'ask') throw new Error(`the first decision was to ${decision.do}. This is a bug`)
  if (!(await ports.health.claim(decision.endpoint))) throw new Error('an endpoint that is well was not to be had')
  keptRoute(ports, served, plan, new Map())
  ports.health.record(decision.endpoint, { kind: 'answered', firstTokenMs: 300, totalMs: 4_000, outputTokens: 200 })
  return plan.route.candidates.length
}

async function preparedCalls(ports: CallModelPorts, count: number): Promise<Prepared[]> {
  const calls: Prepared[] = []
  for (let index = 0; index < count; index += 1) {
    const prepared = await prepareCall(ports, inputAt(index, ports), {})
    if ('fault' in prepared) throw new Error(prepared.fault.message)
    calls.push(prepared)
  }
  return calls
}

/** A run in the middle, whose prefix is warm at one endpoint. */
function inputAt(index: number, { directory, now }: CallModelPorts): CallModelInput {
  const endpoint = directory.endpoints[(index * 31) % directory.endpoints.length]!.id
  const promptTokens = 1_100 + ((index * 7_919) % 100_000)
  const warm = [{ endpoint, tokens: promptTokens, atMs: now() - 20_000 }]
  return {
    run: { id: `run-${index}`, key: `key-${index}`, workspace: 'press', labels: { team: 'press' } },
    step: 9,
    taskClass: 'auto',
    transcript: { lineage: `key-${index}`, length: 0 },
    additions: [{ role: 'user', content: [{ type: 'text', text: 'Name the next thing to do.' }] }],
    memory: {
      draw: (index * 0.618_033_988_75) % 1,
      known: { endpoint, promptTokens, length: 0, calls: 8, grownTokens: 700, gapMs: 20_000, warm },
    },
  }
}

const MODEL_NAMES = Array.from({ length: MODELS }, (_, index) => `author/model-${index}`)

function modelAt(provider: number, index: number): string {
  const input = 0.1 + ((provider * 7 + index) % 13) / 4
  const price = `{ input: ${input}, cachedInput: ${input / 10}, output: ${(input * 4).toFixed(2)} }`
  return `      ${MODEL_NAMES[index]}: { contextWindow: 200000, maxOutput: 16384, abilities: [tools, json-schema, cache], price: ${price} }`
}

/** One provider in ten keeps what it is sent, which a policy forbids. */
function providerAt(provider: number): string {
  const retention = provider % 10 === 0 ? '90d' : 'none'
  return [
    `  provider-${provider}:`,
    '    protocol: openai-compatible',
    `    baseURL: http://127.0.0.1:${9_000 + provider}/v1`,
    '    apiKey: none',
    `    dataPolicy: { retention: ${retention}, training: false, region: eu }`,
    '    models:',
    ...MODEL_NAMES.map((_, index) => modelAt(provider, index)),
  ].join('\n')
}

const YAML = `
providers:
${Array.from({ length: PROVIDERS }, (_, provider) => providerAt(provider)).join('\n')}
classes:
  auto: { rules: [{ when: { promptTokens: ">500000" }, use: long }, { use: strong }] }
  long: { models: [author/model-0] }
  strong: { models: [[${MODEL_NAMES.join(', ')}]], sort: measured, secondsWorth: 0.002 USD, maxOutputTokens: 2000 }
policy: { maxRetention: 30d, training: deny, maxPrice: { output: 100 } }
workspaces: { press: { policy: { regions: [eu] } } }
`

export function routerWords({ cpuMs, endpoints, candidates }: RouterBench): string {
  return `The router adds ${cpuMs} ms of CPU to a call over ${endpoints} endpoints, ${candidates} or more of them candidates, without token estimation and the store`
}

await printIfAlone(import.meta.url, 'router', benchRouter, routerWords)
