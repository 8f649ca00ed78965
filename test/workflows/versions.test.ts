import { setTimeout as delay } from 'node:timers/promises'
import { NativeConnection, Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { connect } from '../../src/runtime/client.ts'
import { RunUnheard } from '../../src/runtime/hearing/run-unheard.ts'
import { createPlugin } from '../../src/runtime/plugin.ts'
import { localConnection } from '../../src/runtime/temporal/connection-options.ts'
import { servedQueue } from '../../src/runtime/temporal/served-queue.ts'
import { whoServes } from '../../src/runtime/temporal/who-serves.ts'
import { createWorker, type SignalboxWorker } from '../../src/runtime/worker.ts'
import { eventOf } from '../support/following.ts'
import { APP, YAML } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'
import { sharedBundle } from '../support/shared-bundle.ts'
import { soundConfiguration } from '../support/sound-configuration.ts'
import { FRUGAL } from '../support/stage.ts'
import { toldUnheard } from '../support/unheard.ts'

const DEPLOYMENT = 'press'
const RAIL = { deploymentName: 'rail', taskQueue: 'rail' }

let stage: Stage
const serving: { readonly worker: Pick<SignalboxWorker, 'shutdown'>; readonly done: Promise<void> }[] = []

beforeAll(async () => {
  stage = await stageScene({ workers: 0 })
})

afterAll(async () => {
  await shutDown()
  await stage?.close()
})

async function shutDown(workers = serving.splice(0)): Promise<void> {
  for (const { worker } of workers) worker.shutdown()
  await Promise.all(workers.map(({ done }) => done))
}

describe('workers with versions', () => {
  it('serve nothing before they are promoted; a run stays with its version and moves on with its next part', async () => {
    await serve('build-1')
    const run = await stage.signalbox.start('walker', { input: 'Take a long walk.' })
    await delay(1_500)
    expect(await stage.store.reports.run(run.id)).toBeUndefined()
    const { client } = stage.signalbox
    const handle = client.workflow.getHandle(run.id)
    const command = `temporal worker deployment set-current-version --deployment-name ${DEPLOYMENT} --build-id build-1`
    // The server knows a version only once its worker has asked for work.
    await expect.poll(() => whoServes(client, handle)).toContain(`not current: \`${command}\``)
    expect(await stage.store.reports.run(run.id)).toBeUndefined()
    await promote('build-1')
    const asked = await eventOf(run.events(), 'approval-ask')
    await serve('build-2')
    await promote('build-2')
    await run.approve(asked.toolCallId)
    expect(await run.outcome()).toMatchObject({ kind: 'answered', calls: 8 })
    expect(await whoServes(client, handle)).not.toContain('current')
    const builds = await buildsOfParts(run.id)
    expect(builds[0]).toEqual(['build-1'])
    expect(builds.at(-1)).toEqual(['build-2'])
    // Pinned: no part is served by two.
    expect(builds.every(each => each.length === 1)).toBe(true)
  })

  it('leave a run to its version, and whoever asks it is told of which one no worker is there', async () => {
    await shutDown()
    await serve('build-3')
    await promote('build-3')
    const run = await stage.signalbox.start('walker', { input: 'Take a long walk.' })
    await eventOf(run.events(), 'approval-ask')
    // The walker continues as new every two steps, and asks at the end of its second part.
    await expect.poll(async () => (await buildsOfParts(run.id))[2]).toEqual(['build-3'])
    const gone = serving.splice(0)
    await serve('build-4')
    await promote('build-4')
    await shutDown(gone)
    const { client } = stage.signalbox
    const error = await toldUnheard(client, () => run.state(), { withinMs: 5_000 })
    expect(error).toBeInstanceOf(RunUnheard)
    expect((error as Error).message).toMatch(
      /in time: it stays with version build-3 of the deployment press, and (no worker of that version|the last worker of that version)/,
    )
    await client.workflow.getHandle(run.id).terminate()
  })
})

describe('a Worker that was there already, with versions of its own', () => {
  it('moves a run whose parts upgrade by themselves to the version that became current meanwhile, with our plug-in in both', async () => {
    await serveJoined('build-1')
    await promote('build-1', RAIL)
    const { client } = stage.signalbox
    const signalbox = await connect({ client, store: stage.store, taskQueue: 'rail' })
    const run = await signalbox.start('walker', { input: 'Take a long walk.' })
    const asked = await eventOf(run.events(), 'approval-ask')
    await serveJoined('build-2')
    await promote('build-2', RAIL)
    await run.approve(asked.toolCallId)
    expect(await run.outcome()).toMatchObject({ kind: 'answered', calls: 8 })
    const builds = await buildsOfParts(run.id)
    expect(builds[0]).toEqual(['build-1'])
    expect(builds.at(-1)).toEqual(['build-2'])
  })
})

async function serveJoined(buildId: string): Promise<void> {
  const connection = await NativeConnection.connect({ address: inject('temporalAddress') })
  const plugin = await createPlugin({ config: soundConfiguration(YAML, stage.env), store: stage.store, ...APP })
  const version = { deploymentName: 'rail', buildId }
  const worker = await Worker.create({
    connection,
    taskQueue: 'rail',
    plugins: [plugin],
    workerDeploymentOptions: { version, useWorkerVersioning: true, defaultVersioningBehavior: 'AUTO_UPGRADE' },
    ...FRUGAL,
    ...sharedBundle(),
  })
  const done = worker.run().finally(async () => {
    await plugin.close()
    await connection.close()
  })
  serving.push({ worker, done })
}

async function serve(buildId: string): Promise<void> {
  const config = soundConfiguration(YAML, stage.env)
  const worker = await createWorker({
    config,
    store: { path: stage.storePath },
    temporal: localConnection(inject('temporalAddress')),
    taskQueue: stage.taskQueue,
    shutdownGraceMs: 200,
    deployment: { name: DEPLOYMENT, buildId },
    worker: { ...FRUGAL, ...sharedBundle() },
    ...APP,
  })
  serving.push({ worker, done: worker.run() })
}

/** What `temporal worker deployment set-current-version` does, as soon as the server has heard of the version. */
async function promote(
  buildId: string,
  { deploymentName, taskQueue } = { deploymentName: DEPLOYMENT, taskQueue: stage.taskQueue },
): Promise<void> {
  const { workflowService, options } = {
    ...stage.signalbox.client,
    workflowService: stage.signalbox.client.workflowService,
  }
  const wish = { namespace: options.namespace, deploymentName, buildId, identity: 'a test' }
  for (let tries = 0; ; tries += 1) {
    try {
      await workflowService.setWorkerDeploymentCurrentVersion(wish)
      break
    } catch (error) {
      if (tries === 250) throw error
    }
    await delay(200)
  }
  // It says so before the task queue follows it.
  const place = { namespace: options.namespace, taskQueue }
  const current = async () => (await servedQueue(workflowService, place)).versioningInfo?.currentDeploymentVersion
  await expect.poll(current).toMatchObject({ deploymentName, buildId })
}

/** The versions whose workers have served each part of the run, oldest first: a part names the one before it. */
async function buildsOfParts(workflowId: string, part?: string): Promise<readonly (readonly string[])[]> {
  const { events } = await stage.signalbox.client.workflow.getHandle(workflowId, part).fetchHistory()
  const builds = (events ?? []).flatMap(event => {
    const version = event.workflowTaskCompletedEventAttributes?.deploymentVersion
    return version?.buildId ? [version.buildId] : []
  })
  const before = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId
  return [...(before ? await buildsOfParts(workflowId, before) : []), [...new Set(builds)]]
}
