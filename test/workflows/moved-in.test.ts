/**
 * A team's own Worker and Client, with workflows and activities from before, a codec and interceptors of their own, into which
 * ours move.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Client, Connection } from '@temporalio/client'
import type { DataConverter } from '@temporalio/common'
import {
  type ActivityInterceptorsFactory,
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Worker,
  type WorkerOptions,
} from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { connect, type Signalbox } from '../../src/runtime/client.ts'
import { failingOf } from '../../src/runtime/hearing/failing.ts'
import { createBundlePlugin } from '../../src/runtime/joining/join-bundle.ts'
import { createPlugin, type SignalboxPlugin } from '../../src/runtime/plugin.ts'
import { localConnection } from '../../src/runtime/temporal/connection-options.ts'
import { eventOf } from '../support/following.ts'
import { historyOf } from '../support/history.ts'
import { APP, YAML } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'
import { sharedBundle } from '../support/shared-bundle.ts'
import { soundConfiguration } from '../support/sound-configuration.ts'
import { FRUGAL } from '../support/stage.ts'
import { THEIR_CODEC } from '../support/their-codec.ts'
import type { TheirActivities } from './fixtures/by-hand.ts'

const taskQueue = `moved-in-${process.pid}`

let stage: Stage
let plugin: SignalboxPlugin
let client: Client
let signalbox: Signalbox
let end: () => Promise<void>

const seen: string[] = []
const seeing: ActivityInterceptorsFactory = ({ info }) => ({
  inbound: {
    execute(input, next) {
      seen.push(info.activityType)
      return next(input)
    },
  },
})

const activities: TheirActivities = {
  async callModel({ prompt }) {
    if (prompt === 'slow') await delay(3_000)
    if (prompt === 'fail') throw new Error('no model of theirs is there')
    return `${prompt}, by hand`
  },
}

const dataConverter: DataConverter = { payloadCodecs: [THEIR_CODEC] }

beforeAll(async () => {
  const address = inject('temporalAddress')
  stage = await stageScene({ workers: 0 })
  const connection = await NativeConnection.connect({ address })
  plugin = await createPlugin({
    config: soundConfiguration(YAML, stage.env),
    store: stage.store,
    connection,
    telemetry: { metrics: true },
    ...APP,
  })
  const worker = await Worker.create({
    connection,
    taskQueue,
    activities,
    dataConverter,
    plugins: [plugin],
    interceptors: { activity: [seeing] },
    ...FRUGAL,
    ...sharedBundle(),
  })
  const serving = worker.run()
  client = new Client({ connection: await Connection.connect({ address }), dataConverter })
  signalbox = await connect({ client, taskQueue, store: stage.store })
  end = async () => {
    worker.shutdown()
    await serving
    await signalbox.close()
    await plugin.close()
    await client.connection.close()
    await connection.close()
    await stage.close()
  }
})

afterAll(() => end?.())

let count = 0
const theirs = (workflow: string, argument: string) => {
  count += 1
  return client.workflow.start(workflow, { taskQueue, workflowId: `${taskQueue}-${count}`, args: [argument] })
}

describe('what was there before', () => {
  it('keeps its own activities, also one that is named as one of ours is', async () => {
    expect(await (await theirs('byHand', 'a title')).result()).toBe('a title, by hand')
    const run = await signalbox.start('clerk', { input: 'What is the sum?' })
    expect(await run.outcome()).toMatchObject({ kind: 'answered', toolCalls: 2 })
  })

  it('fails as it always did, with nothing aborted that is under way', async () => {
    const handle = await theirs('byHandHasty', 'slow')
    await expect(handle.result()).rejects.toMatchObject({
      cause: { cause: { message: 'no model of theirs is there' } },
    })
    const types = (await historyOf(client, handle.workflowId)).map(event => event.type)
    expect(types).not.toContain('activityTaskCancelRequested')
    const shown = await handle.query<{ readonly currentDetails?: string }>('__temporal_workflow_metadata')
    expect(shown.currentDetails || undefined).toBeUndefined()
  })

  it('is seen by its interceptors, as are our activities', async () => {
    await (await theirs('byHand', 'a title')).result()
    const run = await signalbox.start('clerk', { input: 'What is the sum?' })
    await run.outcome()
    expect(new Set(seen)).toEqual(new Set(['callModel', 'openRun', 'runTool', 'closeRun']))
  })
})

describe('an agent of ours started by Temporal’s own means', () => {
  it('is a run of its own as a child of a workflow that is none, and its result is its outcome', async () => {
    const handle = await theirs('byHandAsking', 'What is the sum?')
    expect(await handle.result()).toMatchObject({ kind: 'answered', text: expect.stringContaining('3 and 7') })
    const spent = await stage.store.reports.attempts({ label: { key: 'team', value: 'rail' }, limit: 5 })
    expect(spent.length).toBeGreaterThan(0)
  })

  it('is one too where that workflow hands on what a run of ours has started it with', async () => {
    const run = await signalbox.start('delegatingByHand', { input: 'What is the sum?' })
    expect(await run.outcome()).toMatchObject({
      kind: 'answered',
      output: { kind: 'answered', text: expect.stringContaining('3 and 7') },
    })
  })

  it('tells such a workflow by a failure, with the outcome in its details, that it has failed', async () => {
    const handle = await theirs('byHandFailing', 'word '.repeat(150_000))
    expect(await handle.result()).toBe('signalbox.ended: failed')
  })

  it('is started by a Schedule with a brief', async () => {
    const schedule = await client.schedule.create({
      scheduleId: `${taskQueue}-nightly`,
      spec: {},
      action: {
        type: 'startWorkflow',
        workflowType: 'clerk',
        taskQueue,
        args: [{ input: 'What is the sum?', terms: { budget: { usd: '0.50' }, workspace: 'default' } }],
      },
    })
    await schedule.trigger()
    const startedIn = async () => (await schedule.describe()).info.recentActions[0]?.action.workflow.workflowId
    await expect.poll(startedIn).toBeDefined()
    const run = signalbox.run((await startedIn())!)
    expect(await run.outcome()).toMatchObject({ kind: 'answered' })
    await schedule.delete()
  })
})

/** Another Worker of theirs, on a queue of its own. */
async function serving(options: Partial<WorkerOptions>) {
  const connection = await NativeConnection.connect({ address: inject('temporalAddress') })
  const config = soundConfiguration(YAML, stage.env)
  const own = await createPlugin({ config, store: stage.store, connection, ...APP })
  const close = async () => {
    await own.close()
    await connection.close()
  }
  const queue = `${taskQueue}-bundled`
  const asked = { connection, taskQueue: queue, activities, plugins: [own], ...FRUGAL, ...options }
  const worker = await Worker.create(asked).catch(async (error: unknown) => {
    await close()
    throw error
  })
  return { worker, close, queue }
}

describe('a bundle that was made ahead', () => {
  const workflowsPath = fileURLToPath(new URL('./fixtures/by-hand.ts', import.meta.url))
  const logger = new DefaultLogger('ERROR')
  it('has our workflows beside their own, with nothing but their path', async () => {
    const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger, plugins: [createBundlePlugin()] })
    const { worker, close, queue } = await serving({ workflowBundle })
    const plain = await connect({
      temporal: localConnection(inject('temporalAddress')),
      taskQueue: queue,
      store: stage.store,
    })
    await worker.runUntil(async () => {
      const run = await plain.start('clerk', { input: 'What is the sum?' })
      expect(await run.outcome()).toMatchObject({ kind: 'answered', toolCalls: 2 })
      const byHand = { taskQueue: queue, workflowId: `${queue}-1`, args: ['a title'] }
      expect(await plain.client.workflow.execute('byHand', byHand)).toBe('a title, by hand')
    })
    await plain.close()
    await close()
  })

  it('without ours is no bundle for a worker with our plug-in, and the worker says how to make one', async () => {
    const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger })
    await expect(serving({ workflowBundle })).rejects.toThrow(/only your own workflows.*createBundlePlugin/)
  })
})

it('leaves a type that it does not know yet to a Worker that has it, while Workers are exchanged', async () => {
  const old = await serving({ workflowsPath: fileURLToPath(new URL('./fixtures/own.ts', import.meta.url)) })
  const plain = new Client({ connection: client.connection as Connection })
  // A task that fails again is given out again when its time is over: 10 s by default. A busy machine may need a second for a whole one.
  const asked = {
    taskQueue: old.queue,
    workflowId: `${old.queue}-new`,
    args: ['a title'],
    workflowTaskTimeout: '5s',
  } as const
  await old.worker.runUntil(async () => {
    const { workflowId } = await plain.workflow.start('byHand', asked)
    await expect
      .poll(async () => (await failingOf(plain, workflowId))?.words)
      .toMatch(/no agent of this worker is called 'byHand', nor any of its workflows, which are: .*everything/)
  })
  await old.close()
  const now = await serving(sharedBundle())
  await now.worker.runUntil(async () => {
    const handle = plain.workflow.getHandle(asked.workflowId)
    expect(await handle.result()).toBe('a title, by hand')
    const types = (await historyOf(plain, asked.workflowId)).map(event => event.type)
    expect(types).not.toContain('markerRecorded')
  })
  await now.close()
})

it('seals on top of their codec, and their client reads what was sealed', async () => {
  const run = await signalbox.start('clerk', { input: 'Please publish this.', policy: { zdr: true } })
  const { toolCallId } = await eventOf(run.events(), 'approval-ask')
  await run.approve(toolCallId, { by: 'Ada' })
  expect(await run.outcome()).toMatchObject({ kind: 'answered' })
})

it('lets a reader leave while nothing happens', async () => {
  const run = await signalbox.start('clerk', { input: 'Please publish this.' })
  const leaving = new AbortController()
  const kinds: string[] = []
  for await (const event of run.events({ signal: leaving.signal })) {
    kinds.push(event.kind)
    if (event.kind === 'approval-ask') setTimeout(() => leaving.abort(), 300)
  }
  expect(kinds).toContain('approval-ask')
  expect(kinds).not.toContain('run-end')
  await expect.poll(async () => (await run.state()).pending).toHaveLength(1)
  await run.cancel()
  expect(await run.outcome()).toMatchObject({ kind: 'cancelled' })
})
