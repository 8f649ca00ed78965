import { DatabaseSync } from 'node:sqlite'
import { afterEach, expect, it } from 'vitest'
import { limitAt } from '../../src/core/budgets/shared-limit.ts'
import { newAttempt, newCall, newRun, worst } from '../store/records.ts'
import { eventOf } from '../support/following.ts'
import { expectReplays } from '../support/replays.ts'
import { YAML } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

let stage: Stage

afterEach(() => stage?.close())

/** Who has a place in line, or waits for room in a budget, as the store has it. */
function held(): readonly unknown[] {
  const file = new DatabaseSync(stage.storePath)
  const rows = file.prepare('select call_id from limit_tickets union all select call_id from budget_waits').all()
  file.close()
  return rows
}

/** A call waits on a durable timer, and is cancelled alone. */
async function expectGivenUp() {
  const run = await stage.signalbox.start('givingUp', { input: null })
  const tell = (signal: string) => stage.signalbox.client.workflow.getHandle(run.id).signal(signal)
  await eventOf(run.events(), 'wait')
  expect(held()).toHaveLength(1)
  await tell('giveUp')
  await expect.poll(held).toEqual([])
  expect((await stage.store.reports.run(run.id))?.outcome).toBeUndefined()
  await tell('go')
  expect(await run.outcome()).toMatchObject({ kind: 'answered', output: 'given up' })
  await expectReplays(stage, 1)
}

it('gives back the place of a call that is cancelled alone while it waits for a limit', async () => {
  stage = await stageScene({ yaml: YAML.replace('acme/small: {', 'acme/small: { limits: { requestsPerMinute: 2 },') })
  const limits = [{ scopeId: 'one:acme/small', burstMs: 1_000, requestsPerMinute: 2 }]
  const times = { nowMs: Date.now(), permitUntilMs: Date.now() }
  const other = { callId: 'other', workspace: 'default', priority: 3, tokens: 1, waits: false, permitId: 'other' }
  expect(await stage.store.admissions.admit({ ...other, limits, ...times })).toMatchObject({ kind: 'start' })
  await expectGivenUp()
})

it('takes a call out of the list of those that wait for a budget when it is cancelled alone', async () => {
  stage = await stageScene({
    yaml: `${YAML}\nbudgets: { everyone: { scope: { all: true }, per: lifetime, usd: '0.02' } }\n`,
  })
  await stage.store.ledger.openRun(newRun())
  const everyone = limitAt({ name: 'everyone', scope: { all: true }, per: 'lifetime', usd: '0.02', warnAt: [] }, 0)
  const all = newAttempt(newCall(1), 1, { ...worst(20_000_000_000), shared: [everyone] })
  expect(await stage.store.ledger.beginAttempt(all)).toMatchObject({ kind: 'reserved' })
  await expectGivenUp()
})
