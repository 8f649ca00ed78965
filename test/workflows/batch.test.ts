/** A run whose call waits in a vendor's batch, on durable timers. */
import { afterEach, expect, it } from 'vitest'
import type { AttemptRecord } from '../../src/core/ports.ts'
import { eventOf } from '../support/following.ts'
import { expectReplays } from '../support/replays.ts'
import { VENDORS, YAML } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

let stage: Stage

afterEach(() => stage?.close())

const NIGHTLY = YAML.replace('protocol: openai', 'protocol: openai\n    quirks: { batch: true }').replace(
  'only-one: {',
  'only-one: { batch: 24h,',
)

async function begun(batchMs: number) {
  const vendors = VENDORS.vendors.map(vendor => ({ ...vendor, batchMs }))
  stage = await stageScene({ yaml: NIGHTLY, vendors })
  const run = await stage.signalbox.start('givingUp', { input: null })
  const tell = (signal: string) => stage.signalbox.client.workflow.getHandle(run.id).signal(signal)
  expect(await eventOf(run.events(), 'wait')).toMatchObject({
    reason: expect.stringMatching(/^in batch batch_\w+ at one since /),
  })
  return { run, tell }
}

const rowsOf = (run: string) => stage.store.reports.attempts({ run })

it('waits on durable timers until the answer is there, and pays half for it', async () => {
  const { run, tell } = await begun(500)
  await tell('go')
  const outcome = await run.outcome()
  expect(outcome).toMatchObject({ kind: 'answered', calls: 1 })
  const [row] = stage.vendors.meter()
  expect(row).toMatchObject({ inBatch: true, billedPico: outcome.cost.highPico })
  expect(stage.vendors.meter()).toHaveLength(1)
  await expectReplays(stage, 1)
})

it('leaves the batch of a terminated run to a worker, which withdraws it', async () => {
  const { run } = await begun(60_000)
  expect(await run.terminate()).toEqual({ runs: [run.id], recorded: false })
  const [{ batch }] = (await rowsOf(run.id)) as [AttemptRecord]
  await stage.startWorker()
  await expect
    .poll(() => rowsOf(run.id), { timeout: 20_000 })
    .toMatchObject([{ outcome: 'abandoned', cost: { lowPico: '0' } }])
  const { baseUrl } = stage.vendors.vendors[0]!
  const said = await fetch(`${baseUrl}/batches/${batch}`)
  expect(await said.json()).toMatchObject({ id: batch, status: 'cancelled' })
})

it('withdraws the batch of a call that is cancelled alone, and of a run that is stopped', async () => {
  const { run, tell } = await begun(60_000)
  await tell('giveUp')
  await expect.poll(async () => (await rowsOf(run.id))[0]?.outcome).toBe('cancelled')
  await tell('go')
  const outcome = await run.outcome()
  expect(outcome).toMatchObject({ kind: 'answered', output: 'given up' })

  const other = await stage.signalbox.start('givingUp', { input: null })
  await eventOf(other.events(), 'wait')
  await other.stop()
  await stage.signalbox.client.workflow.getHandle(other.id).signal('go')
  await other.outcome().catch(() => {})
  expect(await rowsOf(other.id)).toMatchObject([{ outcome: 'cancelled', cost: { lowPico: '0' } }])
  expect(stage.vendors.meter()).toEqual([])
  await expectReplays(stage, 2)
})
