import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ActivityCancellationDetails } from '@temporalio/common'
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createCallModel } from '../../activities/call-model.ts'
import { readConfiguration } from '../../src/catalog/index.ts'
import type { Budget, CallModelInput, CallModelResult } from '../../src/core/protocol.ts'
import {
  type FaultRuleInput,
  type RunningVendors,
  startVendors,
  type VendorScript,
} from '../../src/providers/simulated/index.ts'
import { type WiredPorts, wirePorts } from '../../src/runtime/ports.ts'
import { openStore, type Store } from '../../src/store/index.ts'
import { APP } from '../support/scene.ts'

const SMALL = { contextWindow: 100_000, maxOutput: 60_000, price: { input: 1, cachedInput: 0.1, output: 4 } }
const LARGE = {
  contextWindow: 100_000,
  maxOutput: 60_000,
  price: { input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15 },
}

const VENDORS: VendorScript = {
  vendors: [
    {
      name: 'one',
      protocol: 'openai',
      models: { small: SMALL, riddle: SMALL },
      behaviours: [{ match: 'wrong shape', turns: [{ value: { ok: 'maybe', reason: 'who knows' } }] }],
    },
    { name: 'two', protocol: 'anthropic', models: { large: LARGE } },
  ],
}

const ENDPOINT = 'contextWindow: 100000, maxOutput: 60000, abilities: [tools, json-schema, json-object]'

const YAML = `
providers:
  one:
    protocol: openai
    baseURL: "\${ONE_URL}"
    apiKey: none
    models:
      acme/small: { ${ENDPOINT}, price: { input: 1, cachedInput: 0.1, output: 4 } }
      acme/riddle: { ${ENDPOINT}, upstream: riddle }
  two:
    protocol: anthropic
    baseURL: "\${TWO_URL}"
    apiKey: none
    models:
      acme/large: { ${ENDPOINT}, price: { input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15 } }
classes:
  open: { models: [acme/small, acme/large] }
  limited: { models: [acme/small, acme/large], maxOutputTokens: 500 }
  patient: { models: [acme/small], maxOutputTokens: 500, patience: 5s }
  unpriced: { models: [acme/riddle] }
`

let folder: string
let store: Store
let vendors: RunningVendors
let wired: WiredPorts

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-call-'))
  store = await openStore({ path: join(folder, 'store.db') })
  vendors = await startVendors(VENDORS)
  const env = Object.fromEntries(vendors.vendors.map(({ name, baseUrl }) => [`${name.toUpperCase()}_URL`, baseUrl]))
  const read = readConfiguration(YAML, { env })
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  wired = wirePorts({ configuration: read.configuration, store, app: APP, searchAttributes: false })
})

afterEach(async () => {
  await wired.close()
  await vendors.close()
  await store.close()
  await rm(folder, { recursive: true, force: true })
})

describe('a call', () => {
  it('that was answered is answered from the journal, and not bought again', async () => {
    await open({})
    const first = await call(input({ taskClass: 'limited' }))
    const second = await call(input({ taskClass: 'limited' }))
    expect(second).toEqual(first)
    expect(vendors.meter()).toHaveLength(1)
  })

  it('that asks something else at the same step is a call of its own', async () => {
    await open({})
    await call(input({ taskClass: 'limited' }))
    const other = await call(input({ taskClass: 'limited', prompt: 'Something else.' }))
    expect(other.kind).toBe('answered')
    expect(vendors.meter()).toHaveLength(2)
  })

  it('of a class that is not there says which was meant', async () => {
    await open({})
    expect(await call(input({ taskClass: 'limted' }))).toMatchObject({
      kind: 'fault',
      fault: { kind: 'no-route', message: expect.stringContaining("did you mean 'limited'?") },
    })
  })
})

describe('a truncated answer', () => {
  it('is asked for once more with more output where nobody set a limit', async () => {
    await open({})
    await fail('one', [{ kind: 'length', afterTokens: 5, times: 1 }])
    const result = await call(input({ taskClass: 'open' }))
    expect(result).toMatchObject({ kind: 'answered', answer: { truncated: false } })
    expect(attemptsOf(result)).toEqual(['one:acme/small truncated', 'one:acme/small answered'])
    const [first, second] = await store.ledger.attemptsOf(result.kind === 'answered' ? result.answer.callId : '')
    expect(second?.reason).toBe('more output: truncated')
    expect(first?.cost).toMatchObject({ lowPico: first?.cost?.highPico })
  })

  it('is accepted after all when the second try fails', async () => {
    await open({})
    await fail('one', [{ kind: 'length', afterTokens: 5, times: 1 }, { kind: 'unauthenticated' }])
    await fail('two', [{ kind: 'unauthenticated' }])
    const result = await call(input({ taskClass: 'open' }))
    expect(result).toMatchObject({ kind: 'answered', answer: { truncated: true, endpoint: 'one:acme/small' } })
  })

  it('is accepted, and says so, where the limit is the caller’s own', async () => {
    await open({})
    await fail('one', [{ kind: 'length', afterTokens: 5 }])
    const result = await call(input({ taskClass: 'limited' }))
    expect(result).toMatchObject({ kind: 'answered', answer: { truncated: true } })
    expect(result.attempts).toHaveLength(1)
  })
})

describe('a call that is cancelled', () => {
  it('keeps the cost of a truncated answer that was at hand beside that of the attempt on the wire', async () => {
    await open({})
    await fail('one', [
      { kind: 'length', afterTokens: 5, times: 1 },
      { kind: 'stall', afterTokens: 5 },
    ])
    const environment = new MockActivityEnvironment(undefined, { logger: new DefaultLogger('ERROR') })
    const calling = environment.run(createCallModel(wired.ports), input({ taskClass: 'open' }))
    const attempts = () => store.reports.attempts({ run: RUN.id, limit: 5 })
    await expect.poll(async () => (await attempts()).length, { timeout: 5_000 }).toBe(2)
    environment.cancel('CANCELLED', new ActivityCancellationDetails({ cancelRequested: true }))
    const result = (await calling) as CallModelResult
    expect(result.kind).toBe('cancelled')
    expect(attemptsOf(result)).toEqual(['one:acme/small truncated', 'one:acme/small cancelled'])
    expect(BigInt(result.cost.lowPico)).toBeGreaterThan(0n)
    expect((await attempts()).map(({ outcome }) => outcome)).not.toContain('open')
  })
})

describe('an answer that misses its schema', () => {
  it('is malformed, and the next endpoint is asked', async () => {
    await open({})
    const result = await call(input({ taskClass: 'limited', schema: 'Verdict', prompt: 'Give the wrong shape.' }))
    expect(result).toMatchObject({ kind: 'answered', answer: { value: { ok: expect.any(Boolean) } } })
    expect(attemptsOf(result)).toEqual(['one:acme/small malformed-reply', 'two:acme/large answered'])
  })
})

describe('an endpoint without a known price', () => {
  it('runs, and is counted as unpriced, where no money is limited; it cannot where it is', async () => {
    await open({})
    const free = await call(input({ taskClass: 'unpriced' }))
    expect(free).toMatchObject({ kind: 'answered', cost: { lowPico: '0', highPico: '0', unpriced: 1 } })
    const run = { ...RUN, moneyLimited: true }
    expect(await call(input({ taskClass: 'unpriced', run, step: 2 }))).toMatchObject({
      kind: 'fault',
      fault: { kind: 'no-route', message: expect.stringContaining('price') },
    })
  })
})

describe('a budget', () => {
  it('is never overspent by calls side by side: the later wait for what the earlier give back', async () => {
    await open({ usd: '0.0048' })
    const inputs = Array.from({ length: 8 }, (_, at) => input({ taskClass: 'patient', step: at + 1 }))
    const results = await Promise.all(inputs.map(call))
    const billed = vendors.meter().reduce((sum, row) => sum + BigInt(row.billedPico), 0n)
    expect(billed).toBeLessThanOrEqual(4_800_000_000n)
    expect(results.filter(result => result.kind === 'answered').length).toBeGreaterThanOrEqual(4)
    for (const result of results) expect(['answered', 'over-budget']).toContain(result.kind)
  })

  it('lowers the output before it moves to another endpoint', async () => {
    await open({ usd: '0.0016' })
    const result = await call(input({ taskClass: 'limited' }))
    expect(result).toMatchObject({ kind: 'answered', answer: { endpoint: 'one:acme/small' } })
  })
})

function attemptsOf(result: CallModelResult): readonly string[] {
  return result.attempts.map(({ endpoint, fault, outcome }) => `${endpoint} ${fault ?? outcome}`)
}

async function open(budget: Budget): Promise<void> {
  await store.ledger.openRun({ run: RUN, workflow: 'test', budget, startedAtMs: Date.now() })
}

const RUN = { id: 'run-1', key: 'key-1', workspace: 'default', labels: {} }

interface Asked extends Partial<CallModelInput> {
  readonly prompt?: string
}

function input({ prompt = 'Tell me a story.', ...rest }: Asked): CallModelInput {
  const step = rest.step ?? 1
  return {
    run: RUN,
    step,
    taskClass: 'open',
    transcript: { lineage: `key-1/${step}`, length: 0 },
    additions: [{ role: 'user', content: [{ type: 'text', text: prompt }] }],
    memory: { draw: 0.5 },
    ...rest,
  }
}

async function call(asked: CallModelInput): Promise<CallModelResult> {
  const environment = new MockActivityEnvironment(undefined, { logger: new DefaultLogger('ERROR') })
  return (await environment.run(createCallModel(wired.ports), asked)) as CallModelResult
}

function fail(vendor: string, faults: readonly FaultRuleInput[]): Promise<void> {
  return vendors.setFaults(vendor, faults)
}
