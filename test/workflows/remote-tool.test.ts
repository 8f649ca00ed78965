import { Context } from '@temporalio/activity'
import { NativeConnection, Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { z } from 'zod'
import { inspectRun } from '../../src/runtime/inspect/inspect-run.ts'
import { defineAgent, defineRemoteTool } from '../../src/tools/index.ts'
import { allEvents } from '../support/following.ts'
import { expectReplays } from '../support/replays.ts'
import { VENDORS } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

const QUEUE = 'weighing-house'

let stage: Stage
let connection: NativeConnection
let serving: Promise<void>
let worker: Worker
let tries = 0
let isFull = true

const activities = {
  weigh: async ({ parcel }: { parcel: string }) => ({ parcel, grams: 1200, notes: 'handle with care. '.repeat(60) }),
  jam: async () => {
    tries += 1
    throw new Error('the scales are jammed')
  },
  // As an activity in Python gives `bytes`.
  scan: async () => new Uint8Array(3),
  store: async () => {
    if (isFull) throw new Error('the house is full')
    return 'stored'
  },
  dawdle: () => Context.current().cancelled,
}

const remote = (name: string, activity: string, taskQueue: string, timeoutMs: number, maximumAttempts = 2) =>
  defineRemoteTool({
    name,
    description: `does ${activity}`,
    input: z.object({ parcel: z.string() }),
    activity,
    taskQueue,
    timeoutMs,
    retry: { maximumAttempts, initialIntervalMs: 10 },
  })

const tools = [
  remote('weigh', 'weigh', QUEUE, 20_000),
  remote('jam', 'jam', QUEUE, 20_000),
  remote('scan', 'scan', QUEUE, 20_000),
  remote('nobody', 'weigh', 'an-empty-house', 300),
  remote('dawdle', 'dawdle', QUEUE, 2_000),
  remote('store', 'store', QUEUE, 60_000, 100),
]

const call = (name: string, parcel: string | number) => ({ name, arguments: { parcel } })

const behaviours: (typeof VENDORS)['vendors'][number]['behaviours'] = [
  { match: 'storage', turns: [{ tools: [call('store', 'A1')] }, { text: 'It is stored.' }] },
  { match: 'weight', turns: [{ tools: [call('weigh', 'A1')] }, { text: 'It weighs 1200 g.' }] },
  {
    match: 'trouble',
    turns: [
      { tools: [call('jam', 'A1'), call('nobody', 'A1'), call('weigh', 7), call('scan', 'A1')] },
      { text: 'No luck.' },
    ],
  },
]

beforeAll(async () => {
  connection = await NativeConnection.connect({ address: inject('temporalAddress') })
  worker = await Worker.create({ connection, taskQueue: QUEUE, activities })
  serving = worker.run()
  stage = await stageScene({
    app: { tools, agents: [defineAgent({ name: 'porter', instructions: 'You carry.', tools, taskClass: 'cheap' })] },
    vendors: VENDORS.vendors.map(vendor => ({ ...vendor, behaviours })),
  })
})

afterAll(async () => {
  await stage?.close()
  worker?.shutdown()
  await serving
  await connection?.close()
})

describe('a tool on another task queue', () => {
  it('runs there, and its long result is kept here and shown to the model whole', async () => {
    const run = await stage.signalbox.start('porter', { input: 'Tell me the weight.' })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', calls: 2, toolCalls: 1 })
    const { key } = (await stage.store.reports.run(run.id))!
    const messages = await stage.store.transcripts.read({ lineage: `${key}/1`, length: 4 })
    expect(JSON.stringify(messages.at(-1))).toContain('handle with care. '.repeat(60))
  })

  it('is in a workflow’s hand where it says how much of history that may take', async () => {
    const run = await stage.signalbox.start('weighing', { input: 'A1' })
    const weighed = { parcel: 'A1', grams: 1200, notes: 'handle with care. '.repeat(60) }
    expect(await run.outcome()).toMatchObject({ kind: 'answered', output: weighed })
  })

  it('tells the model of what it throws, of a queue that nobody serves, of wrong arguments, and of bytes', async () => {
    const run = await stage.signalbox.start('porter', { input: 'There will be trouble.' })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', toolCalls: 4 })
    const ends = (await allEvents(run.events())).filter(event => event.kind === 'tool-end')
    const previews = Object.fromEntries(ends.map(event => [event.toolName, event.preview]))
    expect(ends.every(event => event.isError)).toBe(true)
    expect(previews.jam).toContain('the scales are jammed')
    expect(tries).toBe(2)
    expect(previews.nobody).toContain('within 300 ms')
    expect(previews.weigh).toContain('bad arguments for weigh')
    expect(previews.scan).toMatch(
      /^"what scan gave is not JSON: \$ is a Uint8Array, which JSON cannot hold; give its base64/,
    )
  })

  it('tells a workflow apart whether it failed, was never begun, or nobody knows', async () => {
    const asked = ['jam', 'nobody', 'dawdle', 'weigh'].map(tool => [tool, { parcel: 'A1' }])
    const run = await stage.signalbox.start('toolFailures', { input: asked })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', output: ['failed', 'failed', 'unknown', null] })
  })

  it('lets whoever looks at the run see what it throws while it is tried again', async () => {
    const run = await stage.signalbox.start('porter', { input: 'Into storage with it.' })
    const words = 'its activity store was tried'
    await expect
      .poll(async () => (await inspectRun(stage.signalbox, run.id)).note)
      .toMatch(new RegExp(`^${words} .* and is being retried; its last error: the house is full$`))
    isFull = false
    expect(await run.outcome()).toMatchObject({ kind: 'answered' })
    expect((await inspectRun(stage.signalbox, run.id)).note).toBeUndefined()
  })
})

it('has written no history that would not replay', () => expectReplays(stage, 4))
