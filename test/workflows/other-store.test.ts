import { afterEach, beforeEach, expect, it } from 'vitest'
import { connect } from '../../src/runtime/client.ts'
import type { RunHandle } from '../../src/runtime/runs/run-handle.ts'
import { uiMessageChunks } from '../../src/runtime/runs/ui-message-chunks.ts'
import { eventOf, untilState } from '../support/following.ts'
import { YAML } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'
import { soundConfiguration } from '../support/sound-configuration.ts'
import type { HandedOver } from './fixtures/handed-over.ts'

let stage: Stage

beforeEach(async () => {
  // A task for a worker that has left is given to another when this is over: 10 s by default.
  stage = await stageScene({ worker: { stickyQueueScheduleToStartTimeout: '1s' } })
})

afterEach(() => stage?.close())

it('a run whose call came to a worker with another store goes on once a worker with its own store has it', async () => {
  const run = await stage.signalbox.start('clerk', { input: 'Please publish this.' })
  const asked = await eventOf(run.events(), 'approval-ask')
  await untilState(run, ({ pending }) => pending.length === 1)
  const [own] = stage.workers
  for (const vendor of ['one', 'two']) await stage.vendors.setFaults(vendor, [{ kind: 'stall' }])
  const asking = run.approve(asked.toolCallId)
  await eventOf(since(run, asked.offset), 'attempt-start')
  await asking
  const elsewhere = await stage.startWorker({ store: { path: `${stage.storePath}-other` } })
  own!.shutdown()
  await expect.poll(() => own!.worker.getState()).toBe('STOPPED')
  for (const vendor of ['one', 'two']) await stage.vendors.setFaults(vendor, [])
  const words = /run .* is not in this store/i
  await expect.poll(async () => JSON.stringify((await described(run.id)).pendingActivities)).toMatch(words)
  await stage.startWorker()
  elsewhere.shutdown()
  await elsewhere.done
  expect(await run.outcome()).toMatchObject({ kind: 'answered', calls: 2 })
})

it.each<HandedOver & { lacks: 'agents' | 'class' | 'nothing' }>([
  { next: 'part', lacks: 'nothing' },
  { next: 'part', lacks: 'agents' },
  { next: 'call', lacks: 'class' },
  { next: 'child', lacks: 'agents' },
])(
  'a run whose next $next came to a worker with another store, which lacks $lacks, goes on',
  async ({ next, ...how }) => {
    const run = await stage.signalbox.start('handedOver', { input: { next } })
    await expect.poll(() => answersOf(run)).toBe(2)
    const [own] = stage.workers
    own!.shutdown()
    await expect.poll(() => own!.worker.getState()).toBe('STOPPED')
    const elsewhere = await stage.startWorker({
      store: { path: `${stage.storePath}-other` },
      ...(how.lacks === 'agents' && { agents: [] }),
      ...(how.lacks === 'class' && { config: soundConfiguration(YAML.replace('only-one:', 'only-two:'), stage.env) }),
    })
    await stage.signalbox.client.workflow.getHandle(run.id).signal('go')
    await expect.poll(() => lastFailures(run.id)).toMatch(/run .* is not in this store/i)
    await stage.startWorker()
    elsewhere.shutdown()
    await elsewhere.done
    expect(await run.outcome()).toMatchObject({ kind: 'answered' })
  },
)

it.each(['empty-part', 'older-empty-part'] as const)(
  'a run that went on in a new part before it had done anything is opened there: %s',
  async next => {
    const run = await stage.signalbox.start('handedOver', { input: { next } })
    await stage.signalbox.client.workflow.getHandle(run.id).signal('go')
    await expect.poll(() => answersOf(run)).toBe(2)
    await stage.signalbox.client.workflow.getHandle(run.id).terminate()
  },
)

it('whoever reads an open run with another store than its workers have is told so', async () => {
  const run = await stage.signalbox.start('clerk', { input: 'Please publish this.' })
  await eventOf(run.events(), 'approval-ask')
  const elsewhere = await connect({
    client: stage.signalbox.client,
    store: { path: `${stage.storePath}-other` },
    taskQueue: stage.taskQueue,
  })
  const reader = elsewhere.run(run.id)
  for (const events of [reader.events(), reader.treeEvents(), uiMessageChunks(reader)])
    await expect(readAll(events)).rejects.toThrow(
      `the store ${stage.storePath}-other has nothing of run ${run.id}, which a worker has opened`,
    )
  await elsewhere.close()
})

async function readAll(events: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of events);
}

async function answersOf({ id }: RunHandle): Promise<number> {
  return (await stage.store.events.read(id, 0, 100)).filter(({ kind }) => kind === 'answer').length
}

/** Why the activities that are tried again failed last, of the run and of its children. */
async function lastFailures(id: string): Promise<string> {
  const { pendingActivities, pendingChildren } = await described(id)
  const below = await Promise.all((pendingChildren ?? []).map(child => described(child.workflowId!)))
  return JSON.stringify([pendingActivities, below.map(child => child.pendingActivities)])
}

const since = (run: RunHandle, after: number) => run.events({ after })

async function described(id: string) {
  return (await stage.signalbox.client.workflow.getHandle(id).describe()).raw
}
