/** A plug-in that joins Workers of two namespaces, of which one has our search attributes. */
import { Client, Connection } from '@temporalio/client'
import { NativeConnection, Worker } from '@temporalio/worker'
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest'
import { connect, type Signalbox } from '../../src/runtime/client.ts'
import { createClosers } from '../../src/runtime/closers.ts'
import { createPlugin } from '../../src/runtime/plugin.ts'
import { namespaceIdOf } from '../../src/runtime/temporal/namespace-id.ts'
import { APP, YAML } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'
import { sharedBundle } from '../support/shared-bundle.ts'
import { soundConfiguration } from '../support/sound-configuration.ts'
import { FRUGAL } from '../support/stage.ts'

const WITHOUT = 'without-attributes'
const taskQueue = 'two-namespaces'
const address = inject('temporalAddress')

const closers = createClosers()
const clients: Signalbox[] = []
let stage: Stage
let connection: Connection

beforeAll(async () => {
  stage = await stageScene({ workers: 0 })
  closers.add(() => stage.close())
  connection = await Connection.connect({ address })
  closers.add(() => connection.close())
  await register(WITHOUT)
  const native = await NativeConnection.connect({ address })
  closers.add(() => native.close())
  const config = soundConfiguration(YAML, stage.env)
  const plugin = await createPlugin({ config, store: stage.store, connection: native, ...APP })
  closers.add(() => plugin.close())
  for (const namespace of ['default', WITHOUT]) {
    const worker = await Worker.create({
      connection: native,
      namespace,
      taskQueue,
      plugins: [plugin],
      ...FRUGAL,
      ...sharedBundle(),
    })
    const serving = worker.run()
    closers.add(() => serving)
    closers.add(() => worker.shutdown())
    clients.push(await connect({ client: new Client({ connection, namespace }), store: stage.store, taskQueue }))
  }
})

afterAll(() => closers.close())

it('lets runs set search attributes where their own namespace has them, and ends them where it has none', async () => {
  const attributes = clients.map(async signalbox => {
    const run = await signalbox.start('clerk', { input: 'What is the sum?' })
    expect(await run.outcome()).toMatchObject({ kind: 'answered' })
    return Object.keys((await signalbox.client.workflow.getHandle(run.id).describe()).searchAttributes)
  })
  const [had, without] = await Promise.all(attributes)
  expect(had).toContain('SignalboxOutcome')
  expect(without).not.toContain('SignalboxOutcome')
})

it('records of each run in which namespace it is, so that no Worker looks for another’s', async () => {
  const runs = await Promise.all(clients.map(each => each.start('clerk', { input: 'What is the sum?' })))
  await Promise.all(runs.map(run => run.outcome()))
  const recorded = await Promise.all(runs.map(({ id }) => stage.store.reports.run(id)))
  const ids = ['default', WITHOUT].map(namespace => namespaceIdOf(connection, namespace))
  expect(recorded.map(run => run?.namespaceId)).toEqual(await Promise.all(ids))
})

async function register(namespace: string): Promise<void> {
  const workflowExecutionRetentionPeriod = { seconds: 86_400 as never }
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod })
  // The server's own parts learn of it within seconds.
  await vi.waitFor(() => connection.workflowService.describeNamespace({ namespace }), { timeout: 100_000 })
}
