/**
 * What a Worker, a replay and a Client that are there already bring, beside what the plug-in and the client of ours add.
 */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client, type ClientPlugin, Connection, WorkflowClient } from '@temporalio/client'
import type { PayloadCodec } from '@temporalio/common'
import { NativeConnection, Runtime, Worker, type WorkerPlugin } from '@temporalio/worker'
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest'
import { connect } from '../../src/runtime/client.ts'
import { createPlugin, type SignalboxPlugin } from '../../src/runtime/plugin.ts'
import { localConnection } from '../../src/runtime/temporal/connection-options.ts'
import { createWorker } from '../../src/runtime/worker.ts'
import { type Store, StoreProblem } from '../../src/store/index.ts'
import { APP, YAML } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'
import { sharedBundle } from '../support/shared-bundle.ts'
import { soundConfiguration } from '../support/sound-configuration.ts'
import { FRUGAL } from '../support/stage.ts'

const temporalAddress = inject('temporalAddress')

let stage: Stage
let plugin: SignalboxPlugin

beforeAll(async () => {
  stage = await stageScene({ workers: 0 })
  plugin = await createPlugin({ config: soundConfiguration(YAML, stage.env), store: stage.store, ...APP })
})

afterAll(async () => {
  await plugin?.close()
  await stage?.close()
})

it('a replay with the plug-in has our workflows, where nobody has named a path', async () => {
  const history = JSON.parse(readFileSync(new URL('../replay/tools-2026-11-25.json', import.meta.url), 'utf8'))
  await Worker.runReplayHistory({ plugins: [plugin] }, history, 'clerk-1125-2257-paji69')
})

it('createWorker takes plug-ins of theirs beside ours, and other options of a Worker', async () => {
  const seen: string[] = []
  const theirs: WorkerPlugin = {
    name: 'theirs',
    configureWorker: options => {
      seen.push(...Object.keys(options.activities ?? {}))
      return options
    },
  }
  const { worker, run, shutdown } = await createWorker({
    config: soundConfiguration(YAML, stage.env),
    store: { path: stage.storePath },
    temporal: localConnection(temporalAddress),
    taskQueue: `${stage.taskQueue}-theirs`,
    ...APP,
    worker: { ...FRUGAL, ...sharedBundle(), plugins: [theirs], identity: 'rail-7', maxCachedWorkflows: 7 },
  })
  expect(seen).toContain('callModel')
  expect(worker.options).toMatchObject({ identity: 'rail-7', maxCachedWorkflows: 7 })
  const running = run()
  shutdown()
  await running
})

it('a default workflow of theirs keeps what it is given, and agents what is a brief', async () => {
  const connection = await NativeConnection.connect({ address: temporalAddress })
  const taskQueue = `${stage.taskQueue}-any-type`
  const workflowsPath = fileURLToPath(new URL('fixtures/of-any-type.ts', import.meta.url))
  const worker = await Worker.create({ connection, taskQueue, plugins: [plugin], workflowsPath, ...FRUGAL })
  const client = new Client({ connection })
  const signalbox = await connect({ client, taskQueue, store: stage.store })
  await worker.runUntil(async () => {
    const run = await signalbox.start('clerk', { input: 'What is the sum?' })
    expect(await run.outcome()).toMatchObject({ kind: 'answered' })
    const started = { taskQueue, workflowId: 'any-type', args: ['one', 2] }
    expect(await client.workflow.execute('imports', started)).toBe('imports of one and 2')
  })
  await connection.close()
})

it('a Worker ends and its plug-in is closed while the store is gone without a word', async () => {
  const silent = silentStore(stage.store)
  const config = soundConfiguration(YAML, stage.env)
  const joining = await createPlugin({ config, store: silent.store, ...APP })
  const connection = await NativeConnection.connect({ address: temporalAddress })
  const taskQueue = `${stage.taskQueue}-silent`
  const plugins = [joining]
  const worker = await Worker.create({ connection, taskQueue, plugins, ...FRUGAL, ...sharedBundle() })
  const running = worker.run()
  await silent.asked
  worker.shutdown()
  await running
  await joining.close()
  await connection.close()
})

it('a Worker that is told to end is not held up by a call that waits, which asks nobody any more', async () => {
  const connection = await NativeConnection.connect({ address: temporalAddress })
  const taskQueue = `${stage.taskQueue}-told`
  const how = { shutdownGraceTime: '1m', ...FRUGAL, ...sharedBundle() } as const
  const worker = await Worker.create({ connection, taskQueue, plugins: [plugin], ...how })
  const running = worker.run()
  const limited = { kind: 'rate-limit', retryAfterMs: 4_000, times: 1 } as const
  for (const vendor of ['one', 'two']) await stage.vendors.setFaults(vendor, [limited])
  const signalbox = await connect({ client: new Client({ connection }), taskQueue, store: stage.store })
  const run = await signalbox.start('clerk', { input: 'What is the sum?', taskClass: 'cheap' })
  for await (const event of run.events()) if (event.kind === 'wait') break
  const asked = stage.vendors.meter().length
  worker.shutdown()
  await running
  expect(stage.vendors.meter()).toHaveLength(asked)
  await run.terminate()
  await connection.close()
})

/** What is asked of its budgets, and whether it answers at all, fails once it is abandoned. */
function silentStore(store: Store) {
  const abandoned = new AbortController()
  const asked = new AbortController()
  const silence = async () => {
    asked.abort()
    if (!abandoned.signal.aborted) await once(abandoned.signal, 'abort')
    throw new StoreProblem('unreachable', 'it is not asked any more')
  }
  const abandon = () => {
    abandoned.abort()
    return () => {}
  }
  const { budgets, reports } = store
  const silent = { budgets: { ...budgets, holdingRuns: silence }, reports: { ...reports, runs: silence } }
  return { asked: once(asked.signal, 'abort'), store: { ...store, abandon, ...silent } }
}

it('a plug-in that joins Workers of two namespaces looks for lost runs in that of each', async () => {
  const asked: string[] = []
  const connection = {
    withDeadline: (_: number, ask: () => unknown) => ask(),
    workflowService: {
      describeNamespace: async ({ namespace }: { namespace: string }) => {
        asked.push(namespace)
        return { namespaceInfo: { id: namespace } }
      },
    },
  } as unknown as NativeConnection
  const openRun = { id: 'r', key: 'k', workspace: 'default', labels: {}, namespaceId: 'elsewhere' }
  const store = { ...stage.store, budgets: { ...stage.store.budgets, openRuns: async () => [openRun] } }
  const own = await createPlugin({ config: plugin.configuration, store: store as never, ...APP })
  const workers = ['first', 'second'].map(namespace => {
    const options = own.configureWorker({ connection, namespace, taskQueue: 'theirs', ...sharedBundle() })
    return { options, getState: () => 'RUNNING', shutdown() {} } as unknown as Worker
  })
  for (const worker of workers) await own.runWorker(worker, () => new Promise(resolve => setTimeout(resolve, 50)))
  expect(asked).toEqual(['first', 'second'])
  await own.close()
})

it('a plug-in says what its configuration lacks, and takes a changed one for as long as any of its Workers runs', async () => {
  const path = join(dirname(stage.storePath), 'followed.yaml')
  const third = `three: { protocol: openai, baseURL: "\${THREE_URL}", apiKey: none, models: { acme/tall: {} } }`
  await writeFile(path, YAML.replace('providers:', `providers:\n  ${third}`))
  const elsewhere = process.cwd()
  process.chdir(dirname(path))
  const own = await createPlugin({ config: 'followed.yaml', env: stage.env, store: stage.store, ...APP })
  process.chdir(elsewhere)
  const { logger } = Runtime.instance()
  const [said, warned] = (['info', 'warn'] as const).map(level => vi.spyOn(logger, level).mockImplementation(() => {}))
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const serve = () => {
    const options = own.configureWorker({ taskQueue: 'theirs', ...sharedBundle() })
    const told = new AbortController()
    const ended = own.runWorker({ options, getState: () => 'STOPPED' } as unknown as Worker, async () => {
      await once(told.signal, 'abort')
    })
    return () => {
      told.abort()
      return ended
    }
  }
  const [endFirst, endLast] = [serve(), serve()]
  expect(warned!.mock.calls).toContainEqual([expect.stringMatching(/provider three is disabled: .*THREE_URL/)])
  await endFirst()
  await writeFile(path, YAML.replace('patience: 300ms', 'patience: 20s'))
  vi.advanceTimersByTime(1_000)
  await expect.poll(() => said!.mock.calls).toEqual([[expect.stringContaining('followed.yaml was reloaded')]])
  await endLast()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
  vi.restoreAllMocks()
  await own.close()
})

it('a plug-in names its option where it is to look in a namespace that is not there', async () => {
  const connection = await NativeConnection.connect({ address: temporalAddress })
  const given = { config: plugin.configuration, store: stage.store, connection, namespace: 'elsewhere', ...APP }
  await expect(createPlugin(given)).rejects.toThrow(
    "createPlugin was told to look in the namespace 'elsewhere', which the Temporal server does not have; correct its option `namespace`",
  )
  await connection.close()
})

it('a plug-in that a connection and what is made of it are both given joins once', async () => {
  const connection = await NativeConnection.connect({ address: temporalAddress, plugins: [plugin] })
  const taskQueue = `${stage.taskQueue}-twice`
  const { interceptors, dataConverter } = plugin.configureWorker({ taskQueue, ...sharedBundle() })
  const worker = await Worker.create({ connection, taskQueue, plugins: [plugin], ...sharedBundle(), ...FRUGAL })
  expect(worker.options.interceptors.activity).toHaveLength(interceptors!.activity!.length)
  expect(worker.options.loadedDataConverter.payloadCodecs).toHaveLength(dataConverter!.payloadCodecs!.length)
  const served = vi.spyOn(plugin, 'runWorker')
  await worker.runUntil(async () => {})
  expect(served).toHaveBeenCalledOnce()
  const lazy = Connection.lazy({ address: temporalAddress, plugins: [plugin] })
  expect(new Client({ connection: lazy, plugins: [plugin] }).options.loadedDataConverter.payloadCodecs).toHaveLength(1)
  await Promise.all([connection.close(), lazy.close()])
})

it('connect takes a Client with what it is told of queries, and its connection’s plug-ins once', async () => {
  const codec: PayloadCodec = { encode: async payloads => payloads, decode: async payloads => payloads }
  const theirs: ClientPlugin = {
    name: 'theirs',
    configureClient: options => ({ ...options, dataConverter: { payloadCodecs: [codec] } }),
  }
  const connection = Connection.lazy({ address: temporalAddress, plugins: [theirs] })
  const workflow = { queryRejectCondition: 'NOT_OPEN' } as const
  const client = new Client({ connection, workflow })
  const signalbox = await connect({ client, store: stage.store })
  expect(signalbox.client.workflow.options).toMatchObject(workflow)
  // Theirs and ours: applied again, theirs would encode twice, or replace ours.
  expect(signalbox.client.options.loadedDataConverter.payloadCodecs).toEqual([codec, expect.anything()])
  await connection.close()
})

it('connect goes on waiting as their Client waits, which skips time in tests', async () => {
  class Waiting extends WorkflowClient {}
  const connection = Connection.lazy({ address: temporalAddress })
  const client = new Client({ connection })
  Object.assign(client, { workflow: new Waiting({ ...client.workflow.options, connection }) })
  const signalbox = await connect({ client, store: stage.store })
  expect(signalbox.client.workflow).toBeInstanceOf(Waiting)
  expect(signalbox.client.workflow.options.loadedDataConverter.payloadCodecs).toHaveLength(1)
  await connection.close()
})
