import { Client, Connection } from '@temporalio/client'
import { MockActivityEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import type { App } from '../../src/runtime/app/app.ts'
import { failingOf } from '../../src/runtime/runs/failing.ts'
import { localConnection } from '../../src/runtime/temporal/connection-options.ts'
import { othersServeHere } from '../../src/runtime/temporal/others-serve-here.ts'
import { createWorker } from '../../src/runtime/worker.ts'
import { defineAgent } from '../../src/tools/index.ts'
import { allEvents, eventOf } from '../support/following.ts'
import { refusingProxy } from '../support/refusing-proxy.ts'
import { APP, YAML } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'
import { sharedBundle } from '../support/shared-bundle.ts'
import { soundConfiguration } from '../support/sound-configuration.ts'

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

it('an activity is told whether another worker of its version serves its queue', async () => {
  const { client } = stage.signalbox
  const served = async (identities: readonly string[], buildId?: string) => {
    const name = `${stage.taskQueue}-${identities}-${buildId}`
    const polled = identities.map((identity, at) => {
      const version = { deploymentName: 'press', buildId: at === 0 ? buildId : 'older', workerVersioningMode: 2 }
      const deploymentOptions = buildId === undefined ? undefined : version
      const asked = { namespace: 'default', taskQueue: { name }, identity, deploymentOptions }
      return client.withDeadline(Date.now() + 2_500, () => client.workflowService.pollActivityTaskQueue(asked))
    })
    await Promise.all(polled)
    return new MockActivityEnvironment({ taskQueue: name }, { client }).run(othersServeHere)
  }
  const others = [served([]), served(['1@host']), served(['1@host', '2@host']), served(['1@host', '2@host'], 'newer')]
  expect(await Promise.all(others)).toEqual([false, false, true, false])
})

it('takes it that no other worker serves a queue of which the server does not tell', async () => {
  const proxy = await refusingProxy(inject('temporalAddress'), 'DescribeTaskQueue')
  const connection = await Connection.connect({ address: proxy.address })
  const asking = new MockActivityEnvironment({}, { client: new Client({ connection }) })
  expect(await asking.run(othersServeHere)).toBe(false)
  await connection.close()
  proxy.close()
})

async function serve(has: (tool: string) => boolean) {
  const tools = APP.tools!.filter(({ name }) => has(name))
  const clerk = defineAgent({ name: 'clerk', instructions: 'You are a clerk.', tools, taskClass: 'cheap' })
  const app: App = { tools, agents: [clerk] }
  const worker = await createWorker({
    config: soundConfiguration(YAML, stage.env),
    store: { path: stage.storePath },
    temporal: localConnection(inject('temporalAddress')),
    taskQueue: stage.taskQueue,
    shutdownGraceMs: 200,
    worker: sharedBundle(),
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
