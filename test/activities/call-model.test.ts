import { CancelledFailure } from '@temporalio/common'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Ask, NewAttempt, ReplyAnswer } from '../../src/core/ports.ts'
import type { Budget, CallModelInput, CallModelResult } from '../../src/core/protocol.ts'
import type { FaultRuleInput, RunningVendors, VendorScript } from '../../src/providers/simulated/index.ts'
import type { WiredPorts } from '../../src/runtime/ports/wire-ports.ts'
import type { Store } from '../../src/store/index.ts'
import { beginCall } from '../support/call-scene.ts'
import { type Calling, callOf as input, RUN, startCalling } from '../support/calling.ts'
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
      models: { small: SMALL, riddle: SMALL, wordy: { ...SMALL, answerTokens: [9_000, 9_000] } },
      behaviours: [
        { match: 'wrong shape', turns: [{ value: { ok: 'maybe', reason: 'who knows' } }] },
        { match: 'right shape', turns: [{ value: { ok: true, reason: 'so it is' } }] },
        { match: 'sum', turns: [{ tools: [{ name: 'add', arguments: { a: 1, b: 2 } }] }] },
      ],
    },
    {
      name: 'two',
      protocol: 'anthropic',
      models: { large: LARGE },
      behaviours: [{ match: 'dear riddle', turns: [{ value: { ok: 'maybe', reason: 'who knows' } }] }],
    },
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
      acme/wordy: { ${ENDPOINT}, price: { input: 1, output: 4 } }
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
  lasting: { models: [acme/small], maxOutputTokens: 500, patience: 50s }
  unpriced: { models: [acme/riddle] }
  wordy: { models: [acme/wordy] }
  dear: { models: [acme/large, acme/small] }
  escalating: { models: [acme/small], escalateTo: above }
  above: { models: [acme/large] }
  low: { models: [acme/small], maxOutputTokens: 500, escalateTo: high }
  high: { models: [acme/large], maxOutputTokens: 500, minOutputTokens: 500, onBudget: low }
  bound: { models: [acme/small], escalateTo: above, policy: { denyProviders: [two] } }
`

const WITHOUT_TWO = `${YAML.slice(0, YAML.indexOf('  two:'))}classes:
  limited: { models: [acme/small], maxOutputTokens: 500 }
`

let calling: Calling
let store: Store
let vendors: RunningVendors
let wired: WiredPorts

beforeEach(async () => {
  // Its agents name classes that are not here.
  const { agents: _, ...app } = APP
  calling = await startCalling({ yaml: YAML, ...VENDORS, app })
  ;({ store, vendors, wired } = calling)
})

afterEach(() => calling.close())

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

  it('that nobody answers says of each endpoint that it asked why not', async () => {
    await open({})
    await fail('one', [{ kind: 'unauthenticated' }])
    await fail('two', [{ kind: 'payment-required' }])
    const result = await call(input({ taskClass: 'limited' }))
    expect(attemptsOf(result)).toEqual(['one:acme/small unauthenticated', 'two:acme/large quota-exhausted'])
    expect(result).toMatchObject({
      fault: {
        kind: 'quota-exhausted',
        message: expect.stringMatching(/^two:acme\/large .*Also asked: one:acme\/small \(unauthenticated\)\.$/),
      },
    })
  })

  it('that was answered is answered from the journal when the names that it was asked by are gone', async () => {
    await open({})
    const asked = input({ taskClass: 'limited', policy: { denyProviders: ['two'] } })
    const first = await call(asked)
    wired.use(calling.read(WITHOUT_TWO.replace('limited:', 'renamed:')))
    expect(first.kind).toBe('answered')
    expect(await call(asked)).toEqual(first)
  })

  it('that every worker of a rollout hands over is answered at the only endpoint of its class', async () => {
    await open({})
    const asked = input({ taskClass: 'patient' })
    // Temporal's own pauses would come to a minute over these six.
    for (let nth = 1; nth <= 6; nth++) expect(await cutShort(asked, 'lose')).toMatchObject({ nextRetryDelay: '1s' })
    const result = await call(asked)
    expect(result).toMatchObject({ kind: 'answered', answer: { endpoint: 'one:acme/small' } })
    expect(await reasonsOf(result)).toEqual(['planned', ...Array(6).fill('resumed: handed over')])
  })

  it('that stalls four workers until the server gives them up is not asked for again', async () => {
    await open({})
    const asked = input({ taskClass: 'patient' })
    for (let nth = 1; nth <= 4; nth++) expect(await cutShort(asked, 'giveUp')).toBeInstanceOf(CancelledFailure)
    expect(await call(asked)).toMatchObject({
      kind: 'fault',
      fault: { kind: 'unreachable', message: expect.stringContaining('were lost') },
    })
  })

  it('that has begun goes on when its own policy names a provider that is gone', async () => {
    await open({})
    const asked = input({ taskClass: 'limited', policy: { denyProviders: ['two'] } })
    await loseWorkerOf(asked)
    wired.use(calling.read(WITHOUT_TWO))
    const result = await call(asked)
    expect(attemptsOf(result)).toEqual(['one:acme/small abandoned', 'one:acme/small answered'])
    // One that is new is told that there is no such provider.
    expect(await call({ ...asked, step: 2 })).toMatchObject({ kind: 'fault', attempts: [] })
  })

  it('that has begun and whose class is gone ends with what it has spent, and leaves no attempt open', async () => {
    await open({ usd: '1' })
    const asked = input({ taskClass: 'limited' })
    await loseWorkerOf(asked)
    wired.use(calling.read(WITHOUT_TWO.replace('limited:', 'renamed:')))
    const result = await call(asked)
    expect(result).toMatchObject({ kind: 'fault', fault: { kind: 'no-route' } })
    expect(attemptsOf(result)).toEqual(['one:acme/small abandoned'])
    expect(BigInt(result.cost.highPico)).toBeGreaterThan(0n)
    expect((await calling.attempts()).map(({ outcome }) => outcome)).toEqual(['abandoned'])
  })
})

/** Before its answer is in the journal. */
async function loseWorkerOf(asked: CallModelInput): Promise<void> {
  const commitAnswer = async () => {
    throw new Error('the worker is lost')
  }
  const lost = { ...wired.ports, ledger: { ...wired.ports.ledger, commitAnswer } }
  await expect(beginCall(lost, asked).result).rejects.toThrow('the worker is lost')
}

it('loses no answer where its words could not be handed on as they came', async () => {
  await open({})
  await fail('one', [{ kind: 'stall', delayMs: 1_000, times: 1 }])
  let refused = 0
  const write = async () => {
    refused += 1
    throw new Error('the store is away')
  }
  const ports = { ...wired.ports, events: { ...wired.ports.events, write } }
  expect(await beginCall(ports, input({ taskClass: 'open' })).result).toMatchObject({ kind: 'answered' })
  expect((await calling.attempts()).map(({ outcome }) => outcome)).toEqual(['answered'])
  expect(refused).toBe(1)
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

  it('is asked for with more output by who goes on after a lost worker', async () => {
    await open({})
    await fail('one', [{ kind: 'stall', requests: [2] }])
    const lost = calling.begin(input({ taskClass: 'wordy' }))
    const out = expect(lost.result).rejects.toThrow()
    await expect.poll(() => vendors.meter().length).toBe(2)
    lost.lose()
    await out
    const result = await call(input({ taskClass: 'wordy' }))
    expect(result).toMatchObject({ kind: 'answered', answer: { truncated: false } })
    expect(await reasonsOf(result)).toEqual(['planned', 'more output: truncated', 'resumed: handed over'])
  })

  it('is not lost to a worker that was told to end before it could ask for more', async () => {
    await open({})
    await fail('one', [{ kind: 'length', afterTokens: 5, times: 1 }, { kind: 'unauthenticated' }])
    const result = await callAsToldToEnd(input({ taskClass: 'wordy' }))
    expect(result).toMatchObject({ kind: 'answered', answer: { truncated: true } })
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
  /** What it gives of its answer, cancelled in the middle. */
  async function saidBy(changes: Asked): Promise<string | undefined> {
    await open({})
    await fail('one', [{ kind: 'stall', afterTokens: 5 }])
    const cancelled = calling.begin(input({ taskClass: 'open', ...changes }))
    const kinds = async () => (await store.events.read(RUN.key, 0, 100)).map(({ kind }) => kind)
    await expect.poll(kinds).toContain('text-delta')
    cancelled.cancel()
    const result = await cancelled.result
    return result.kind === 'cancelled' ? result.said : expect.fail(`it ended as ${result.kind}`)
  }

  it('gives what people could read of its answer', async () => {
    expect(await saidBy({})).toMatch(/\w/)
  })

  it('gives nothing of a summary: it is no answer to anybody', async () => {
    expect(await saidBy({ sumsUpFor: 'open' })).toBeUndefined()
  })

  it('keeps the cost of a truncated answer that was at hand beside that of the attempt on the wire', async () => {
    await open({})
    await fail('one', [
      { kind: 'length', afterTokens: 5, times: 1 },
      { kind: 'stall', afterTokens: 5 },
    ])
    const cancelled = calling.begin(input({ taskClass: 'open' }))
    const attempts = () => store.reports.attempts({ run: RUN.id, limit: 5 })
    await expect.poll(async () => (await attempts()).length).toBe(2)
    cancelled.cancel()
    const result = await cancelled.result
    expect(result.kind).toBe('cancelled')
    expect(attemptsOf(result)).toEqual(['one:acme/small truncated', 'one:acme/small cancelled'])
    expect(BigInt(result.cost.lowPico)).toBeGreaterThan(0n)
    expect((await attempts()).map(({ outcome }) => outcome)).not.toContain('open')
  })
})

describe('an answer that misses its schema', () => {
  const verdict = (more: Asked) => input({ taskClass: 'limited', schema: 'Verdict', ...more })

  it('is given back once where that is cheaper than the next endpoint, and told what is wrong with it', async () => {
    await open({})
    await fail('one', [{ kind: 'wrong-value', times: 1 }])
    const result = await call(verdict({}))
    expect(result).toMatchObject({ kind: 'answered', answer: { endpoint: 'one:acme/small', truncated: false } })
    expect(attemptsOf(result)).toEqual(['one:acme/small malformed-reply', 'one:acme/small answered'])
    expect(await reasonsOf(result)).toEqual(['planned', 'repair: schema'])
    const [first, second] = vendors.meter()
    expect(second!.inputTokens! - first!.inputTokens!).toBeGreaterThan(20)
    const { transcript, known } = result.kind === 'answered' ? result.answer : expect.fail()
    expect(await store.transcripts.read(transcript)).toHaveLength(2)
    expect(known).toBeUndefined()
  })

  it('is given back in a worker that was told to end, too: the next one would not have it', async () => {
    await open({})
    await fail('one', [{ kind: 'wrong-value', times: 1 }])
    const result = await callAsToldToEnd(verdict({}))
    expect(result).toMatchObject({ kind: 'answered', answer: { endpoint: 'one:acme/small' } })
    expect(await reasonsOf(result)).toEqual(['planned', 'repair: schema'])
  })

  it('is malformed, and the next endpoint is asked, when it is no better then', async () => {
    await open({})
    const result = await call(verdict({ prompt: 'Give the wrong shape.' }))
    expect(result).toMatchObject({ kind: 'answered', answer: { value: { ok: expect.any(Boolean) } } })
    expect(attemptsOf(result)).toEqual([
      'one:acme/small malformed-reply',
      'one:acme/small malformed-reply',
      'two:acme/large answered',
    ])
  })

  it('is asked of the next endpoint at once where that costs less than giving it back', async () => {
    await open({})
    const result = await call(verdict({ taskClass: 'dear', prompt: 'Give a dear riddle.' }))
    expect(attemptsOf(result)).toEqual(['two:acme/large malformed-reply', 'one:acme/small answered'])
  })

  it('is escalated to the class that its own names, in the ledger too', async () => {
    await open({})
    await fail('one', [{ kind: 'wrong-value' }])
    const result = await call(verdict({ taskClass: 'escalating' }))
    expect(attemptsOf(result).at(-1)).toBe('two:acme/large answered')
    expect(await reasonsOf(result)).toEqual(['planned', 'repair: schema', 'escalated: schema'])
    const rows = await store.ledger.attemptsOf(result.kind === 'answered' ? result.answer.callId : '')
    expect(rows.map(({ taskClass }) => taskClass)).toEqual(['escalating', 'escalating', 'above'])
  })

  it('goes on in that class when the worker that escalated it is lost', async () => {
    await open({})
    await fail('one', [{ kind: 'wrong-value' }])
    await fail('two', [{ kind: 'stall' }])
    const asked = verdict({ taskClass: 'escalating' })
    const lost = calling.begin(asked)
    const out = expect(lost.result).rejects.toThrow()
    await expect.poll(() => vendors.meter().some(({ vendor }) => vendor === 'two')).toBe(true)
    lost.lose()
    await out
    await fail('two', [])
    const result = await call(asked)
    expect(await reasonsOf(result)).toEqual(['planned', 'repair: schema', 'escalated: schema', 'resumed: handed over'])
    expect(result).toMatchObject({ kind: 'answered', answer: { endpoint: 'two:acme/large' } })
  })

  it('goes on in that class when the worker is lost before anybody was asked there', async () => {
    await open({})
    await fail('one', [{ kind: 'wrong-value' }])
    const asked = verdict({ taskClass: 'escalating' })
    const { beginAttempt } = wired.ports.ledger
    const lost = {
      ...wired.ports.ledger,
      beginAttempt: async (attempt: NewAttempt) => {
        if (attempt.endpoint.provider === 'two') throw new Error('the worker is lost')
        return beginAttempt(attempt)
      },
    }
    await expect(beginCall({ ...wired.ports, ledger: lost }, asked).result).rejects.toThrow('the worker is lost')
    const result = await call(asked)
    expect(await reasonsOf(result)).toEqual(['planned', 'repair: schema', 'escalated: schema'])
    expect(result).toMatchObject({ kind: 'answered', answer: { endpoint: 'two:acme/large' } })
  })

  it('is given back once more with more output where its repair ended at the limit', async () => {
    await open({})
    await fail('one', [
      { kind: 'wrong-value', times: 1 },
      { kind: 'length', afterTokens: 5, times: 1 },
    ])
    const result = await call(verdict({ taskClass: 'escalating' }))
    expect(await reasonsOf(result)).toEqual(['planned', 'repair: schema', 'more output: truncated'])
    const [, repaired, grown] = vendors.meter().map(({ inputTokens }) => inputTokens)
    expect(grown).toBe(repaired)
  })

  it('is not escalated past a policy of the class that was asked', async () => {
    await open({})
    await fail('one', [{ kind: 'wrong-value' }])
    const result = await call(verdict({ taskClass: 'bound' }))
    expect(result).toMatchObject({ kind: 'fault', fault: { kind: 'malformed-reply' } })
    expect(vendors.meter().some(({ vendor }) => vendor === 'two')).toBe(false)
  })

  it('is not escalated again to a class that the call has left for its budget', async () => {
    await open({ usd: '0.006' })
    await fail('one', [{ kind: 'wrong-value' }])
    const result = await call(verdict({ taskClass: 'low' }))
    expect(result).toMatchObject({ kind: 'fault', fault: { kind: 'malformed-reply' } })
    expect(await reasonsOf(result)).toEqual(['planned', 'repair: schema'])
    const kinds = (await store.events.read(RUN.id, 0, 50)).map(({ kind }) => kind)
    expect(kinds).toContain('step-down')
  })

  it('is not given back when it is truncated', async () => {
    await open({})
    await fail('one', [{ kind: 'length', afterTokens: 5 }])
    const result = await call(verdict({}))
    expect(attemptsOf(result)).toEqual(['one:acme/small answered'])
    expect(result).toMatchObject({ answer: { truncated: true } })
  })
})

describe('an endpoint that another call probes', () => {
  it('is asked soon after the probe has come back, not when it would have been given up', async () => {
    await open({})
    const { health } = wired.ports
    const endpoint = 'one:acme/small'
    health.record(endpoint, {
      kind: 'fault',
      fault: { kind: 'quota-exhausted', message: '', evidence: { retryAfterMs: 1 } },
    })
    await expect.poll(() => health.claim(endpoint)).toBe(true)
    const asked = call(input({ taskClass: 'patient' }))
    setTimeout(() => health.record(endpoint, { kind: 'answered' }), 100)
    expect(attemptsOf(await asked)).toEqual([`${endpoint} answered`])
  })
})

it('a call that goes on after a worker whose clock is ahead waits no longer for that', async () => {
  await open({})
  await fail('one', [{ kind: 'rate-limit', retryAfterMs: 6_000 }])
  const asked = input({ taskClass: 'patient' })
  const now = () => Date.now() + 2 * 3_600_000
  expect(await beginCall({ ...wired.ports, now }, asked).result).toMatchObject({ kind: 'wait' })
  const put = await call(asked)
  expect(put.kind === 'wait' && put.ms).toBeLessThan(10_000)
})

it('a call that waits for seconds in its activity tells in the events of its run for what, and one that waits less does not', async () => {
  await open({})
  const waits = async () => (await store.events.read(RUN.id, 0, 100)).filter(({ kind }) => kind === 'wait')
  const limited = (retryAfterMs: number) =>
    ({ kind: 'fault', fault: { kind: 'rate-limited', message: '', evidence: { status: 429, retryAfterMs } } }) as const
  wired.ports.health.record('one:acme/small', limited(100))
  await call(input({ taskClass: 'patient' }))
  expect(await waits()).toEqual([])
  wired.ports.health.record('one:acme/small', limited(40_000))
  const waiting = calling.begin(input({ taskClass: 'lasting', step: 2 }))
  await expect.poll(waits).toMatchObject([{ step: 2, reason: expect.stringMatching(/^one .*429/) }])
  const [{ ms } = { ms: 0 }] = (await waits()) as { ms: number }[]
  expect(ms).toBeGreaterThan(10_000)
  expect((await store.events.read(RUN.id, 0, 100)).map(({ kind }) => kind).slice(-2)).toEqual(['step-start', 'wait'])
  await expect.poll(() => waiting.beats.at(-1)).toMatch(/^waiting \d+ s: one /)
  waiting.cancel()
  expect(await waiting.result).toMatchObject({ kind: 'cancelled' })
})

describe('an endpoint that an empty account has closed', () => {
  it('ends the calls that find no other with that fault, at once and unasked', async () => {
    await open({})
    const fault = { kind: 'quota-exhausted', message: 'one has no money left', evidence: { status: 402 } } as const
    wired.ports.health.record('one:acme/small', { kind: 'fault', fault })
    const result = await call(input({ taskClass: 'patient' }))
    expect(result).toMatchObject({ kind: 'fault', fault })
    expect(attemptsOf(result)).toEqual([])
  })
})

describe('a tool call that cannot be read', () => {
  it('is asked for once more, and told why', async () => {
    await open({})
    await fail('one', [{ kind: 'broken-tool-json', times: 1 }])
    const result = await call(input({ taskClass: 'limited', prompt: 'What is the sum?', tools: ['add'] }))
    expect(result).toMatchObject({ kind: 'answered', answer: { toolCalls: [{ toolName: 'add' }] } })
    expect(await reasonsOf(result)).toEqual(['planned', 'repair: tool-call'])
  })
})

describe('a tool call where no tool was offered', () => {
  it.each([{ schema: 'Verdict' }, {}])('is no answer (%j): it is asked for once more, and told so', async shape => {
    await open({})
    const { ports } = wired
    const asked: Ask[] = []
    const models: typeof ports.models = {
      async ask(ask) {
        asked.push(ask)
        const reply = await ports.models.ask(ask)
        return asked.length === 1 && reply.kind === 'answer' ? callingToo(reply) : reply
      },
    }
    const wanted = input({ taskClass: 'limited', prompt: 'Give the right shape.', ...shape })
    const result = await beginCall({ ...ports, models }, wanted).result
    expect(attemptsOf(result)).toEqual(['one:acme/small malformed-reply', 'one:acme/small answered'])
    expect(await reasonsOf(result)).toEqual(['planned', 'repair: tool-call'])
    expect(JSON.stringify(asked[1]!.prompt)).toContain('called a tool, and there is none here')
    expect(result).toMatchObject({ answer: { toolCalls: [], ...('schema' in shape && { value: { ok: true } }) } })
  })

  function callingToo(reply: ReplyAnswer): ReplyAnswer {
    const call = { type: 'tool-call' as const, toolCallId: 'call_9', toolName: 'made_up', input: {} }
    return { ...reply, finish: 'tool-calls', message: { ...reply.message, content: [...reply.message.content, call] } }
  }
})

describe('a schema that an endpoint rejects', () => {
  it('goes out in its next way, also in the calls after it', async () => {
    await open({})
    await fail('one', [{ kind: 'schema-rejected' }])
    const asked = { taskClass: 'limited', schema: 'Verdict', prompt: 'Give the right shape.' }
    const first = await call(input(asked))
    expect(attemptsOf(first)).toEqual(['one:acme/small invalid-request', 'one:acme/small answered'])
    expect(await reasonsOf(first)).toEqual(['planned', 'schema as json: invalid-request'])
    const second = await call(input({ ...asked, step: 2 }))
    expect(attemptsOf(second)).toEqual(['one:acme/small answered'])
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
    const inputs = Array.from({ length: 8 }, (_, at) => input({ taskClass: 'lasting', step: at + 1 }))
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

async function reasonsOf(result: CallModelResult): Promise<readonly string[]> {
  const rows = await store.reports.attempts({ run: RUN.id, limit: 10 })
  return rows
    .toSorted((a, b) => a.attempt - b.attempt)
    .slice(0, result.attempts.length)
    .map(({ reason }) => reason)
}

function attemptsOf(result: CallModelResult): readonly string[] {
  return result.attempts.map(({ endpoint, fault, outcome }) => `${endpoint} ${fault ?? outcome}`)
}

interface Asked extends Partial<CallModelInput> {
  readonly prompt?: string
}

const open = (budget: Budget) => calling.open({ budget })
const call = (asked: CallModelInput) => calling.call(asked)

/** Its worker is told to end while the first answer is on its way. */
function callAsToldToEnd(asked: CallModelInput): Promise<CallModelResult> {
  const stop = new AbortController()
  const { models } = wired.ports
  const ask = (what: Ask) => models.ask(what).finally(() => stop.abort())
  return beginCall({ ...wired.ports, models: { ...models, ask }, stopping: stop.signal }, asked).result
}

/** Begins the call, and has it cut once its request is on the wire. Gives what its activity throws. */
async function cutShort(asked: CallModelInput, how: 'lose' | 'giveUp'): Promise<unknown> {
  await fail('one', [{ kind: 'stall', times: 1 }])
  const before = vendors.meter().length
  const cut = calling.begin(asked)
  const thrown = cut.result.then(
    () => undefined,
    error => error,
  )
  await expect.poll(() => vendors.meter().length).toBe(before + 1)
  cut[how]()
  return thrown
}

function fail(vendor: string, faults: readonly FaultRuleInput[]): Promise<void> {
  return vendors.setFaults(vendor, faults)
}
