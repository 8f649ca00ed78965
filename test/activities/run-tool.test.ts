import { ActivityCancellationDetails } from '@temporalio/common'
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { z } from 'zod'
import { createRunTool } from '../../activities/run-tool.ts'
import type { RunToolInput, RunToolResult } from '../../src/core/protocol.ts'
import { defineTool } from '../../src/tools/index.ts'
import { type Calling, RUN, startCalling } from '../support/calling.ts'
import { marketOf } from '../support/market.ts'

let calling: Calling
const PRINTED = { tool: 'print', usd: 0, key: '' }

let paid: { tool: string; usd: number; key: string }[]

const paying = (tool: string) =>
  defineTool({
    name: tool,
    description: tool,
    input: z.object({ usd: z.number() }),
    idempotent: false,
    run: ({ usd }, { idempotencyKey: key }) => {
      paid.push({ tool, usd, key })
      return `${tool} ${usd}`
    },
  })

beforeEach(async () => {
  paid = []
  calling = await startCalling({
    ...marketOf({ one: {} }, 'classes: { open: {} }'),
    app: { tools: [paying('send-invoice'), paying('refund')] },
  })
  await calling.open()
})

afterEach(() => calling.close())

it('runs what a reset run asks in other words at the same place, under another key, and nothing twice', async () => {
  const asked = [ask('send-invoice', 1000), ask('refund', 1000), ask('refund', 10)]
  for (const input of [...asked, ...asked]) expect(await run(input)).toBe(`${input.toolName} ${usdOf(input)}`)
  expect(paid).toMatchObject([
    { tool: 'send-invoice', usd: 1000 },
    { tool: 'refund', usd: 1000 },
    { tool: 'refund', usd: 10 },
  ])
  expect(new Set(paid.map(({ key }) => key)).size).toBe(3)
})

it('tells the calls of two answers apart whose vendor gives the same ids again', async () => {
  const { toolRecords } = calling.wired.ports
  const inputs = { [`${RUN.key}/1/a1`]: { usd: 5 }, [`${RUN.key}/1/b2`]: { usd: 7 } }
  const ports = { ...calling.wired.ports, toolRecords: { ...toolRecords, inputOf: async (id: string) => inputs[id] } }
  for (const callId of [...Object.keys(inputs), ...Object.keys(inputs)])
    await activity().run(createRunTool(ports), { ...PLACE, toolCallId: 'functions.x:0', toolName: 'refund', callId })
  expect(paid.map(({ usd }) => usd)).toEqual([5, 7])
  expect(new Set(paid.map(({ key }) => key)).size).toBe(2)
})

it('runs no tool for an answer that the store does not have, as after the restore of an older backup, and keeps nothing of it', async () => {
  const lenient = defineTool({
    name: 'print',
    description: 'prints',
    input: z.object({}),
    run: () => paid.push(PRINTED),
  })
  const registry = { ...calling.wired.ports.registry, tool: () => lenient }
  const runTool = createRunTool({ ...calling.wired.ports, registry })
  const asked = { ...PLACE, toolCallId: 'call-1', toolName: 'print', callId: `${RUN.key}/1/lost` }
  await expect(activity().run(runTool, asked)).rejects.toMatchObject({ name: 'LostContent' })
  const elsewhere = { ...RUN, key: 'of another store' }
  const its = { ...asked, run: elsewhere, callId: `${elsewhere.key}/1/lost` }
  await expect(activity().run(runTool, its)).rejects.toThrow('is not in this store')
  expect(paid).toEqual([])
  expect(await calling.wired.ports.toolRecords.latest(RUN.key, 1, 'call-1')).toBeUndefined()
})

it('gives a tool that may run again the key of the try that was lost, and runs it no more once its end is kept', async () => {
  const { ports } = calling.wired
  const tool = { ...ports.registry.tool('refund')!, idempotent: true }
  const registry = { ...ports.registry, tool: () => tool }
  const lost = () => Promise.reject(new Error('the worker is lost'))
  const first = createRunTool({ ...ports, registry, toolRecords: { ...ports.toolRecords, finish: lost } })
  await expect(activity().run(first, ask('refund', 3))).rejects.toThrow('the worker is lost')
  const again = createRunTool({ ...ports, registry })
  const told = await activity().run(again, ask('refund', 3))
  expect(await activity().run(again, ask('refund', 3))).toEqual(told)
  expect(paid).toHaveLength(2)
  expect(paid[1]).toEqual(paid[0])
})

it('gives a tool that an older worker began the key that it was given then', async () => {
  const { toolRecords, now } = calling.wired.ports
  const input = { ...ask('refund', 3), toolCallId: 'workflow-7' }
  const tool = { ...calling.wired.ports.registry.tool('refund')!, idempotent: true }
  const registry = { ...calling.wired.ports.registry, tool: () => tool }
  const part = new MockActivityEnvironment().context.info.workflowExecution!.runId
  await toolRecords.begin({ ...PLACE, toolCallId: 'workflow-7', toolName: 'refund', part }, now())
  await activity().run(createRunTool({ ...calling.wired.ports, registry }), input)
  expect(paid).toEqual([{ tool: 'refund', usd: 3, key: `${RUN.key}/1/workflow-7` }])
})

it.each([
  ['a short result', 1],
  ['a long one', 1_000],
])(
  'gives %s of the try that ended first to both, where a worker that was believed lost went on',
  async (_what, times) => {
    const tries: ((words: string) => void)[] = []
    const slow = defineTool({
      name: 'slow',
      description: 'takes its time',
      input: z.object({}),
      run: () => new Promise<string>(resolve => tries.push(words => resolve(words.repeat(times)))),
    })
    const registry = { ...calling.wired.ports.registry, tool: () => slow }
    const asked = { ...PLACE, toolCallId: 'workflow-1', toolName: 'slow', input: {} }
    const begin = () => activity().run(createRunTool({ ...calling.wired.ports, registry }), asked)
    const [lost, second] = [begin(), begin()]
    await expect.poll(() => tries.length).toBe(2)
    tries[0]!('booked as 17; ')
    const told = await lost
    tries[1]!('booked as 18; ')
    expect(await second).toEqual(told)
    expect(told).toMatchObject({ result: { isError: false, preview: expect.stringContaining('booked as 17') } })
  },
)

it('keeps what a tool throws within the bound of its results', async () => {
  const wordy = defineTool({
    name: 'wordy',
    description: 'fails at length',
    input: z.object({}),
    maxResultBytes: 1_000,
    run: () => {
      throw new Error(`502: ${'<p>bad gateway</p>'.repeat(10_000)}`)
    },
  })
  const registry = { ...calling.wired.ports.registry, tool: () => wordy }
  const asked = { ...PLACE, toolCallId: 'workflow-1', toolName: 'wordy', input: {} }
  const told = await activity().run(createRunTool({ ...calling.wired.ports, registry }), asked)
  expect(told).toMatchObject({ result: { isError: true, preview: expect.stringContaining('502: <p>bad gateway') } })
  expect((told as Extract<RunToolResult, { kind: 'done' }>).result.bytes).toBeLessThanOrEqual(1_000)
})

it('says in the log that a tool is begun again, once it was lost with more than one worker, and not that it begins late', async () => {
  const lines: string[] = []
  const logger = new DefaultLogger('WARN', ({ message, meta }) =>
    lines.push(`${message} ${meta?.tool} ${meta?.attempt}`),
  )
  const render = defineTool({ name: 'render', description: 'draws', input: z.object({}), run: () => 'drawn' })
  const ports = { ...calling.wired.ports, registry: { ...calling.wired.ports.registry, tool: () => render } }
  const at = async (attempt: number, wasBegun: boolean) => {
    const activity = new MockActivityEnvironment({ attempt }, { logger })
    const call = { ...PLACE, toolCallId: `workflow-${attempt}`, toolName: 'render' }
    const part = activity.context.info.workflowExecution!.runId
    if (wasBegun) await ports.toolRecords.begin({ ...call, part }, ports.now())
    await activity.run(createRunTool(ports), { ...call, input: {} })
  }
  await at(2, true)
  await at(3, true)
  // Until then the store was away.
  await at(9, false)
  expect(lines).toEqual(['tool is begun again render 3'])
})

it('says in the log that a tool failed or was late, in which run, and nothing of what it said', async () => {
  const lines: unknown[] = []
  const logger = new DefaultLogger('WARN', ({ message, meta: { run, tool, withinMs } = {} }) =>
    lines.push([message, run, tool, withinMs]),
  )
  const runs = {
    broken: () => Promise.reject(new Error('no such order: 17')),
    slow: () => new Promise(() => {}),
    well: async () => 1,
  }
  for (const [name, run] of Object.entries(runs)) {
    const tool = defineTool({ name, description: 'does', input: z.object({}), timeoutMs: 20, run })
    const ports = { ...calling.wired.ports, registry: { ...calling.wired.ports.registry, tool: () => tool } }
    const activity = new MockActivityEnvironment({}, { logger })
    await activity.run(createRunTool(ports), { ...PLACE, toolCallId: `${name}-1`, toolName: name, input: {} })
  }
  expect(lines).toEqual([
    ['tool failed', RUN.id, 'broken', undefined],
    ['tool failed', RUN.id, 'slow', 20],
  ])
})

it('says in the log that a tool, which runs at most once, may have taken effect before its worker was lost', async () => {
  const lines: unknown[] = []
  const logger = new DefaultLogger('WARN', ({ message, meta: { run, step, tool } = {} }) =>
    lines.push([message, run, step, tool]),
  )
  const { toolRecords } = calling.wired.ports
  const call = { ...PLACE, toolCallId: 'workflow-1', toolName: 'refund' }
  const activity = new MockActivityEnvironment({ attempt: 2 }, { logger })
  await toolRecords.begin({ ...call, part: activity.context.info.workflowExecution!.runId }, calling.wired.ports.now())
  const told = await activity.run(createRunTool(calling.wired.ports), { ...call, input: { usd: 5 } })
  expect(told).toMatchObject({ result: { isError: true, failure: 'unknown' } })
  expect(paid).toEqual([])
  expect(lines).toEqual([['tool may have taken effect', RUN.id, PLACE.step, 'refund']])
})

it('says of a tool that was not offered, however often it is begun, that there is none', async () => {
  const { toolRecords } = calling.wired.ports
  const call = { ...PLACE, toolCallId: 'workflow-unoffered', toolName: 'refund', unoffered: {} }
  const activity = new MockActivityEnvironment({ attempt: 2 })
  await toolRecords.begin({ ...call, part: activity.context.info.workflowExecution!.runId }, calling.wired.ports.now())
  const told = await activity.run(createRunTool(calling.wired.ports), { ...call, input: { usd: 5 } })
  expect(told).toMatchObject({ result: { isError: true } })
  expect(told).not.toHaveProperty('result.failure')
  expect(paid).toEqual([])
})

it('tells a tool for whom its run works, so that no model has to say so', async () => {
  const asking = { ...RUN, workspace: 'press', labels: { customer: 'ann' } }
  const about = defineTool({
    name: 'about',
    description: 'says for whom it works',
    input: z.object({}),
    run: (_, { runId, workspace, labels }) => ({ runId, workspace, labels }),
  })
  const registry = { ...calling.wired.ports.registry, tool: () => about }
  const asked = { run: asking, step: 1, toolCallId: 'workflow-1', toolName: 'about', input: {} }
  const told = await activity().run(createRunTool({ ...calling.wired.ports, registry }), asked)
  const words = JSON.stringify({ runId: RUN.id, workspace: 'press', labels: { customer: 'ann' } })
  expect(told).toMatchObject({ result: { isError: false, preview: words } })
})

it.each([
  ['an object', { code: 'E_STOCK', left: 0 }, /E_STOCK/],
  ['an object that is no text', Object.create(null), /./],
  [
    'errors without a message',
    new AggregateError([new Error('refused at ::1'), new Error('refused')]),
    /^"refused at ::1; refused"$/,
  ],
  ['an error that says nothing', new RangeError(), /RangeError/],
  [
    'a request that did not come through',
    new TypeError('fetch failed', { cause: new AggregateError([new Error('refused at ::1'), new Error('refused')]) }),
    /^"fetch failed: refused at ::1; refused"$/,
  ],
  ['an error whose cause it tells itself', new Error('no row: gone', { cause: new Error('gone') }), /^"no row: gone"$/],
  ['an error that is its own cause', itsOwnCause(), /^"no: no again"$/],
  ['an object with words of its own', { message: 'none left', config: { key: 'CANARY' } }, /^"none left"$/],
  [
    'an object with others in it',
    { status: 401, request: { headers: { authorization: 'CANARY' } } },
    /^(?!.*CANARY).*401/s,
  ],
  ['an error whose message is a number', Object.assign(new Error(), { message: 502 }), /^"502"$/],
  ['an error that has lost its message', Object.assign(new TypeError(), { message: undefined }), /^"TypeError"$/],
])('tells the model what a tool has thrown where it is %s', async (_what, thrown, words) => {
  const run = () => Promise.reject(thrown)
  const rash = defineTool({ name: 'rash', description: 'throws', input: z.object({}), run })
  const registry = { ...calling.wired.ports.registry, tool: () => rash }
  const asked = { ...PLACE, toolCallId: 'workflow-1', toolName: 'rash', input: {} }
  const told = await activity().run(createRunTool({ ...calling.wired.ports, registry }), asked)
  expect(told).toMatchObject({ result: { isError: true, preview: expect.stringMatching(words) } })
})

it('tells the model of what a tool has thrown that nobody can look into', async () => {
  const fail = () => {
    throw new Error('closed')
  }
  const closed = new Proxy({}, { get: fail, getPrototypeOf: fail })
  const rash = defineTool({
    name: 'rash',
    description: 'throws',
    input: z.object({}),
    run: () => {
      throw closed
    },
  })
  const registry = { ...calling.wired.ports.registry, tool: () => rash }
  const asked = { ...PLACE, toolCallId: 'workflow-1', toolName: 'rash', input: {} }
  const told = await activity().run(createRunTool({ ...calling.wired.ports, registry }), asked)
  expect(told).toMatchObject({ result: { isError: true, preview: '"something that cannot be put into words"' } })
})

it.each([
  [false, /it may or may not have taken effect/],
  [true, /^"slow gave nothing within 50 ms"$/],
])('says of a tool that came to no end in its time what is known: idempotent %s', async (idempotent, words) => {
  const never = () => new Promise(() => {})
  const slow = defineTool({
    name: 'slow',
    description: 's',
    input: z.object({}),
    idempotent,
    timeoutMs: 50,
    run: never,
  })
  const registry = { ...calling.wired.ports.registry, tool: () => slow }
  const asked = { ...PLACE, toolCallId: 'workflow-1', toolName: 'slow', input: {} }
  const told = await activity().run(createRunTool({ ...calling.wired.ports, registry }), asked)
  expect(told).toMatchObject({ result: { isError: true, failure: 'unknown', preview: expect.stringMatching(words) } })
})

function itsOwnCause(): Error {
  const error = new Error('no')
  error.cause = new Error('no again', { cause: error })
  return error
}

const PLACE = { run: RUN, step: 1 }

const ask = (toolName: string, usd: number): RunToolInput => ({
  ...PLACE,
  toolCallId: 'workflow-1',
  toolName,
  input: { usd },
})

const usdOf = ({ input }: RunToolInput) => (input as { usd: number }).usd

async function run(input: RunToolInput): Promise<unknown> {
  const result: RunToolResult = await activity().run(createRunTool(calling.wired.ports), input)
  return result.kind === 'done' ? JSON.parse(result.result.preview) : result
}

function activity(scheduledTimestampMs?: number): MockActivityEnvironment {
  const scheduled = scheduledTimestampMs === undefined ? {} : { scheduledTimestampMs }
  return new MockActivityEnvironment(scheduled, { logger: new DefaultLogger('ERROR') })
}

it.each(['the store fails', 'its worker goes'])('runs once what had not begun when %s', async why => {
  const { toolRecords } = calling.wired.ports
  const callId = `${RUN.key}/1/a1`
  const asked = { ...PLACE, toolCallId: 'a', toolName: 'refund', callId }
  const lost = activity()
  const inputOf = async () => {
    if (why === 'the store fails') throw new Error('the store is away')
    lost.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true }))
    return { usd: 5 }
  }
  const first = createRunTool({ ...calling.wired.ports, toolRecords: { ...toolRecords, inputOf } })
  await expect(lost.run(first, asked)).rejects.toThrow()
  const again = { ...toolRecords, inputOf: async () => ({ usd: 5 }) }
  const told = await activity().run(createRunTool({ ...calling.wired.ports, toolRecords: again }), asked)
  expect(told).toMatchObject({ result: { isError: false, preview: '"refund 5"' } })
  expect(paid).toHaveLength(1)
})

it('gives what a tool came to before its worker was lost, also where the next one has no such tool', async () => {
  const toolRecords = { ...calling.wired.ports.toolRecords, inputOf: async () => ({ usd: 5 }) }
  const ports = { ...calling.wired.ports, toolRecords }
  const ofAnother = createRunTool({ ...ports, registry: { ...ports.registry, tool: () => undefined } })
  const asked = { ...PLACE, toolCallId: 'a', toolName: 'refund', callId: `${RUN.key}/1/a1` }
  await expect(activity(Date.now()).run(ofAnother, asked)).rejects.toThrow('this one is of another version')
  const told = await activity().run(createRunTool(ports), asked)
  expect(await activity(Date.now()).run(ofAnother, asked)).toEqual(told)
  expect(paid).toHaveLength(1)
})

it('says of a tool that was begun, and then was taken away for good, that it may have taken effect', async () => {
  const toolRecords = { ...calling.wired.ports.toolRecords, inputOf: async () => ({ usd: 5 }) }
  const ports = { ...calling.wired.ports, toolRecords }
  const lost = activity()
  const goes = defineTool({
    name: 'refund',
    description: 'refunds, and its worker goes',
    input: z.object({ usd: z.number() }),
    run: () => {
      const going = new ActivityCancellationDetails({ workerShutdown: true })
      setImmediate(() => lost.cancel('WORKER_SHUTDOWN', going))
      return new Promise(() => {})
    },
  })
  const asked = { ...PLACE, toolCallId: 'a', toolName: 'refund', callId: `${RUN.key}/1/a1` }
  const first = createRunTool({ ...ports, registry: { ...ports.registry, tool: () => goes } })
  await expect(lost.run(first, asked)).rejects.toThrow()
  const later = createRunTool({ ...ports, registry: { ...ports.registry, tool: () => undefined } })
  const preview = expect.stringContaining('may or may not have taken effect')
  // The second time from the store, as when the run is reset.
  for (let times = 0; times < 2; times += 1)
    expect(await activity().run(later, asked)).toMatchObject({ result: { isError: true, failure: 'unknown', preview } })
})

it('does not begin a tool for a run that was cancelled while its arguments were read', async () => {
  const environment = activity()
  const { toolRecords } = calling.wired.ports
  const begin: typeof toolRecords.begin = async (...asked) => {
    const begun = await toolRecords.begin(...asked)
    environment.cancel('CANCELLED', new ActivityCancellationDetails({ cancelRequested: true }))
    return begun
  }
  const ports = { ...calling.wired.ports, toolRecords: { ...toolRecords, begin } }
  expect(await environment.run(createRunTool(ports), ask('refund', 3))).toEqual({ kind: 'cancelled' })
  expect(paid).toEqual([])
})
