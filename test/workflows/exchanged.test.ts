import { Client, Connection } from '@temporalio/client'
import proto from '@temporalio/proto'
import { MockActivityEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import type { App } from '../../src/runtime/app/app.ts'
import { failingOf } from '../../src/runtime/hearing/failing.ts'
import { localConnection } from '../../src/runtime/temporal/connection-options.ts'
import { createOthersServeHere } from '../../src/runtime/temporal/others-serve-here.ts'
import { createWorker } from '../../src/runtime/worker.ts'
import { defineAgent } from '../../src/tools/index.ts'
import { allEvents, eventOf } from '../support/following.ts'
import { refusingProxy } from '../support/refusing-proxy.ts'
import { APP, YAML } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'
import { sharedBundle } from '../support/shared-bundle.ts'
import { soundConfiguration } from '../support/sound-configuration.ts'
import { FRUGAL } from '../support/stage.ts'

const { TASK_QUEUE_TYPE_ACTIVITY } = proto.temporal.api.enums.v1.TaskQueueType

let stage: Stage

beforeAll(async () => {
  stage = await stageScene({ workers: 0 })
})

afterAll(() => stage?.close())

/** One that was only offered is missing to the next call, one that was asked for to its own. */
it.each(['break', 'publish'])(
  'a run is left to a worker that has its tool %s while workers of an app are exchanged',
  async missing => {
    const { signalbox } = stage
    const first = await serve(() => true)
    const run = await signalbox.start('clerk', { input: 'Please publish this.' })
    const { toolCallId } = await eventOf(run.events(), 'approval-ask')
    await first.end()
    const other = await serve(name => name !== missing)
    await run.approve(toolCallId)
    await expect
      .poll(async () => (await failingOf(signalbox.client, run.id))?.words)
      .toMatch(new RegExp(`'${missing}'.*another version`))
    await other.end()
    const again = await serve(() => true)
    expect(await run.outcome()).toMatchObject({ kind: 'answered', text: expect.stringContaining('It is out.') })
    const ends = (await allEvents(run.events())).filter(event => event.kind === 'tool-end')
    expect(ends.map(({ isError }) => isError)).toEqual([false, false])
    await again.end()
  },
)

it.each([
  ['schema', { schemas: [] }],
  ['task class', { yaml: YAML.replaceAll('cheap', 'quick'), taskClass: 'quick' }],
])('a call is left to a worker that has its %s while workers of an app are exchanged', async (_, lacking) => {
  const { signalbox } = stage
  const older = await serve(() => true, { ...lacking, identity: 'older' })
  const newer = await serve(() => true, { identity: 'newer' })
  const start = () => signalbox.start('everything', { input: 'York' })
  for (const run of await Promise.all(Array.from({ length: 6 }, start)))
    expect(await run.outcome()).toMatchObject({ kind: 'answered' })
  await Promise.all([older.end(), newer.end()])
})

it('a next part is left to a worker that has its class while workers of an app are exchanged', async () => {
  const { signalbox } = stage
  const newer = await serve(() => true, { identity: 'newer' })
  const run = await signalbox.start('handedOver', { input: { next: 'part' }, taskClass: 'cheap' })
  await expect.poll(async () => (await run.state()).calls).toBe(2)
  await newer.end()
  const older = await serve(() => true, {
    yaml: YAML.replaceAll('cheap', 'quick'),
    taskClass: 'quick',
    identity: 'older',
  })
  await signalbox.client.workflow.getHandle(run.id).signal('go')
  await expect
    .poll(async () => (await failingOf(signalbox.client, run.id))?.words)
    .toMatch(/no task class is called 'cheap'.*another version/)
  await older.end()
  const again = await serve(() => true, { identity: 'again' })
  expect(await run.outcome()).toMatchObject({ kind: 'answered' })
  await again.end()
})

it('an activity is told whether another worker of its version serves its queue', async () => {
  const own = stage.signalbox.client.options.identity
  const served = async (name: string, pollers: readonly (readonly [identity: string, buildId?: string])[]) => {
    await Promise.all(pollers.map(([identity, buildId]) => poll(name, identity, buildId)))
    return askerOn(name)(createOthersServeHere(Date.now))
  }
  const others = [
    served('nobody', []),
    served('alone', [[own]]),
    served('two', [[own], ['2@host']]),
    served('older', [
      [own, 'newer'],
      ['2@host', 'older'],
      ['3@host', 'older'],
    ]),
    served('newer', [
      [own, 'newer'],
      ['2@host', 'newer'],
      ['3@host', 'older'],
    ]),
  ]
  expect(await Promise.all(others)).toEqual([false, false, true, false, true])
})

it('asks the server once in a few seconds who else serves a queue', async () => {
  let nowMs = 0
  const others = createOthersServeHere(() => nowMs)
  const ask = () => askerOn('asked')(others)
  await poll('asked', stage.signalbox.client.options.identity)
  expect(await ask()).toBe(false)
  await poll('asked', '2@host')
  expect(await ask()).toBe(false)
  nowMs += 5_000
  expect(await ask()).toBe(true)
})

/** As a worker that finds nothing to do, until the server knows it. It leaves when the tests are over. */
async function poll(name: string, identity: string, buildId?: string): Promise<void> {
  const { client } = stage.signalbox
  const { workflowService } = client
  const deploymentOptions =
    buildId === undefined ? undefined : { deploymentName: stage.taskQueue, buildId, workerVersioningMode: 2 }
  const at = { namespace: 'default', taskQueue: { name: `${stage.taskQueue}-${name}` } }
  const asked = { ...at, identity, deploymentOptions }
  client.withDeadline(Date.now() + 60_000, () => workflowService.pollActivityTaskQueue(asked)).catch(() => {})
  const known = async () => {
    const { pollers } = await workflowService.describeTaskQueue({ ...at, taskQueueType: TASK_QUEUE_TYPE_ACTIVITY })
    return pollers.map(poller => poller.identity)
  }
  await expect.poll(known).toContain(identity)
}

function askerOn(name: string) {
  const { client } = stage.signalbox
  const environment = new MockActivityEnvironment({ taskQueue: `${stage.taskQueue}-${name}` }, { client })
  return (ask: () => Promise<boolean>) => environment.run(ask)
}

it('takes it that no other worker serves a queue of which the server does not tell', async () => {
  const proxy = await refusingProxy(inject('temporalAddress'), 'DescribeTaskQueue')
  const connection = await Connection.connect({ address: proxy.address })
  const asking = new MockActivityEnvironment({}, { client: new Client({ connection }) })
  expect(await asking.run(createOthersServeHere(Date.now))).toBe(false)
  await connection.close()
  proxy.close()
})

interface Other {
  readonly schemas?: App['schemas']
  readonly yaml?: string
  readonly taskClass?: string
  readonly identity?: string
}

async function serve(has: (tool: string) => boolean, other: Other = {}) {
  const { schemas = APP.schemas!, yaml = YAML, taskClass = 'cheap', identity } = other
  const tools = APP.tools!.filter(({ name }) => has(name))
  const clerk = defineAgent({ name: 'clerk', instructions: 'You are a clerk.', tools, taskClass })
  const app: App = { tools, agents: [clerk], schemas }
  const worker = await createWorker({
    config: soundConfiguration(yaml, stage.env),
    store: { path: stage.storePath },
    temporal: localConnection(inject('temporalAddress')),
    taskQueue: stage.taskQueue,
    shutdownGraceMs: 200,
    worker: { ...FRUGAL, ...sharedBundle(), ...(identity !== undefined && { identity }) },
    ...app,
  })
  const done = worker.run()
  return {
    end: () => {
      worker.shutdown()
      return done
    },
  }
}
