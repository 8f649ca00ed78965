import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RunHandle } from '../../src/runtime/runs/run-handle.ts'
import { eventOf, untilState } from '../support/following.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

let stage: Stage

beforeAll(async () => {
  stage = await stageScene()
})

afterAll(() => stage?.close())

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
}, 60_000)

const since = (run: RunHandle, after: number) => run.events({ after })

async function described(id: string) {
  return (await stage.signalbox.client.workflow.getHandle(id).describe()).raw
}
