import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunHandle } from '../../src/runtime/runs/run-handle.ts'
import { defineAgent } from '../../src/tools/index.ts'
import { allEvents, eventOf, untilState } from '../support/following.ts'
import { partsOf, type ResetPoint, resetPoints, resetTo } from '../support/reset.ts'
import { APP } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

const clerk = APP.agents!.find(({ name }) => name === 'clerk')!
const chief = defineAgent({ name: 'chief', instructions: 'You lead.', agents: [clerk], taskClass: 'cheap' })
const ask = (input: string) => ({ name: 'clerk', arguments: { input } })
const guarded = { match: 'entrust', turns: [{ tools: [ask('Please publish this.')] }, { text: 'Entrusted.' }] }
const family = { match: 'delegate', turns: [{ tools: [ask('One sum.'), ask('Two sum.')] }, { text: 'Delegated.' }] }

let stage: Stage

beforeAll(async () => {
  stage = await stageScene({ app: { ...APP, agents: [...APP.agents!, chief] }, behaviours: [family, guarded] })
})

afterAll(() => stage?.close())

describe('a run that failed', () => {
  it('is taken back by a reset: who failed it is asked again, and what the failures cost stays', async () => {
    await stage.vendors.setFaults('one', [{ kind: 'content-filter' }])
    const run = await stage.signalbox.start('clerk', { input: 'What is the sum?', taskClass: 'only-one' })
    expect(await run.outcome()).toMatchObject({ kind: 'refused' })
    await stage.vendors.setFaults('one', [])
    const points = await pointsOf(run)
    await resetTo(stage.signalbox.client, run.id, points[0]!)
    expect(await run.outcome()).toMatchObject({ kind: 'answered', toolCalls: 2 })
    const attempts = await stage.store.reports.attempts({ run: run.id })
    expect(attempts.map(({ step, attempt, outcome }) => [step, attempt, outcome])).toEqual([
      [1, 1, 'fault'],
      [1, 2, 'answered'],
      [2, 1, 'answered'],
    ])
  })
})

describe('a later workflow of a run’s id', () => {
  it('is not taken for it, nor one below it for its child, whatever keys they name', async () => {
    const run = await stage.signalbox.start('chief', { input: 'Please delegate.' })
    await run.outcome()
    const reports = (await stage.store.reports.runs()).filter(({ id }) => id === run.id || id.startsWith(`${run.id}/`))
    expect(reports).toHaveLength(3)
    const before = JSON.stringify(await stage.store.reports.calls({ run: run.id }))
    const { key: scope } = reports.find(({ id }) => id === run.id)!
    for (const { id, key } of reports) {
      const below = id === run.id ? {} : { root: run.id, scope }
      const asked = { id, key, workspace: 'default', labels: {}, moneyLimited: false, ...below }
      const call = await callOf(asked)
      for (const [name, input] of [
        ['openRun', { run: asked, workflow: 'chief', terms: {} }],
        ['callModel', call],
      ] as const)
        expect([id, name, await posing(id, name, input)]).toEqual([id, name, 'signalbox.not-its-own'])
    }
    expect(JSON.stringify(await stage.store.reports.calls({ run: run.id }))).toBe(before)
    expect(await stage.store.reports.run(run.id)).toMatchObject({ outcome: 'answered' })
  })
})

async function callOf(run: object & { readonly key: string }) {
  const messages = [{ role: 'user', content: [{ type: 'text', text: 'What is the sum?' }] }]
  return {
    run,
    step: 1,
    taskClass: 'cheap',
    transcript: { lineage: `${run.key}/1`, length: 0 },
    additions: messages,
    messages,
  }
}

async function posing(workflowId: string, name: string, asked: object): Promise<unknown> {
  const { workflow } = stage.signalbox.client
  return workflow.execute('byHandPosing', { workflowId, taskQueue: stage.taskQueue, args: [name, asked] })
}

describe('a run that is reset after its content was purged', () => {
  it('fails wherever it comes upon what is gone, and says so', async () => {
    const run = await stage.signalbox.start('clerk', { input: 'Read something big.' })
    await run.outcome()
    await stage.store.content.purge(run.id, Date.now())
    // Before the answer with the tool's result, and before the tool: its call's answer is gone.
    for (const point of (await pointsOf(run)).slice(2, 4).toReversed()) {
      await resetTo(stage.signalbox.client, run.id, point)
      const message = expect.stringContaining('missing from the store')
      expect(await run.outcome()).toMatchObject({ kind: 'failed', message })
    }
  })
})

describe('a run that has ended in the store and is open again at a server that was restored', () => {
  it('fails for good at its first call that is new, and says what to do', async () => {
    const run = await stage.signalbox.start('clerk', { input: 'Please publish this.' })
    const asked = await eventOf(run.events(), 'approval-ask')
    // The event comes with the answer that asks, before the run waits.
    await untilState(run, ({ pending }) => pending.length === 1)
    const { key } = (await stage.store.reports.run(run.id))!
    const { runId: part } = await stage.signalbox.client.workflow.getHandle(run.id).describe()
    await stage.store.ledger.closeRun({ id: run.id, key }, { outcome: 'answered', part, endedAtMs: Date.now() })
    await run.approve(asked.toolCallId)
    expect(await run.outcome()).toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(/has ended.*answered.*restored from a backup.*temporal workflow reset/),
    })
    expect(await stage.store.reports.run(run.id)).toMatchObject({ outcome: 'answered' })
  })
})

describe('a run that is reset and goes the same way', () => {
  it('with tools: from any point, pays nothing and ends alike', async () => {
    const run = await stage.signalbox.start('clerk', { input: 'What is the sum?' })
    await expectFreeFromEveryPoint(run, await pointsOf(run))
  })

  it('with an approval: the decision that came is given to it again, or can be given anew', async () => {
    const run = await stage.signalbox.start('clerk', { input: 'Please publish this.' })
    const asked = await eventOf(run.events(), 'approval-ask')
    await run.approve(asked.toolCallId, { by: 'Ada' })
    await run.outcome()
    const points = await pointsOf(run)
    const paid = stage.vendors.meter().length
    for (const point of [points[0]!, points.at(-1)!]) {
      await resetTo(stage.signalbox.client, run.id, point, 'what came later')
      await approveIfAsked(run)
      expect(await run.outcome()).toMatchObject({ kind: 'answered', calls: 2, toolCalls: 2 })
    }
    expect(stage.vendors.meter()).toHaveLength(paid)
    expect(await stage.store.reports.cost(run.id)).toMatchObject({ attempts: 2, waste: {} })
  })

  it('with a budget that was raised: it is not raised again', async () => {
    const run = await stage.signalbox.start('clerk', { input: 'Please publish this.', budget: { usd: '1' } })
    const asked = await eventOf(run.events(), 'approval-ask')
    expect(await run.raiseBudget({ usd: '2', by: 'Ada' })).toEqual({ limitUsd: '3' })
    await run.approve(asked.toolCallId, { by: 'Ada' })
    const [first] = await pointsOf(run)
    await resetTo(stage.signalbox.client, run.id, first!)
    await approveIfAsked(run)
    await run.outcome()
    const raises = (await allEvents(run.events())).filter(({ kind }) => kind === 'budget-raise')
    expect(raises).toMatchObject([{ usd: '2', limitUsd: '3' }])
  })

  it('after continue-as-new: also from a part that is long over', async () => {
    const run = await stage.signalbox.start('walker', { input: 'Take a long walk.' })
    await approveIfAsked(run)
    const outcome = await run.outcome()
    expect(outcome).toMatchObject({ kind: 'answered', calls: 8 })
    await expect.poll(() => partsOf(stage.signalbox.client, run.id)).toHaveLength(4)
    const paid = stage.vendors.meter().length
    const parts = await partsOf(stage.signalbox.client, run.id)
    for (const part of [parts[2]!, parts[1]!]) {
      const points = await resetPoints(stage.signalbox.client, run.id, part)
      await resetTo(stage.signalbox.client, run.id, points[0]!, 'what came later')
      await approveIfAsked(run)
      expect(await run.outcome()).toEqual(outcome)
    }
    expect(stage.vendors.meter()).toHaveLength(paid)
    const { key } = (await stage.store.reports.run(run.id))!
    const messages = await stage.store.transcripts.read({ lineage: `${key}/1`, length: 17 })
    expect(messages.map(message => message.role).join(' ')).toBe(`system user ${'assistant tool '.repeat(7)}assistant`)
  })

  it('with children: they are asked again, and answer out of the journal', async () => {
    const run = await stage.signalbox.start('chief', { input: 'Please delegate.' })
    const outcome = await run.outcome()
    expect(outcome).toMatchObject({ kind: 'answered', calls: 6 })
    await expectFreeFromEveryPoint(run, await pointsOf(run))
    const [child] = (await stage.store.reports.runs()).filter(({ id }) => id === `${run.id}/clerk-1-1`)
    expect(child).toMatchObject({ outcome: 'answered', calls: 2, attempts: 2 })
  })

  it('while a child waits: it is cancelled and started again, and only what comes then is paid', async () => {
    const run = await stage.signalbox.start('chief', { input: 'Please entrust it.' })
    const child = stage.signalbox.run(`${run.id}/clerk-1-1`)
    await expect.poll(() => pendingOf(child)).toHaveLength(1)
    const paid = stage.vendors.meter().length
    const [first] = await resetPoints(stage.signalbox.client, run.id)
    await resetTo(stage.signalbox.client, run.id, first!)
    const again = async () => (await partsOf(stage.signalbox.client, child.id)).length
    await expect.poll(again).toBe(2)
    await expect.poll(() => pendingOf(child)).toHaveLength(1)
    const [asked] = await pendingOf(child)
    await child.approve(asked!.toolCallId)
    expect(await run.outcome()).toMatchObject({ kind: 'answered', calls: 4, toolCalls: 3 })
    expect(stage.vendors.meter()).toHaveLength(paid + 2)
  })
})

describe('a run that is reset to a point at which a child already worked', () => {
  it.each(['stop', 'cancel'] as const)('reaches that child when it is told to %s', async how => {
    const run = await stage.signalbox.start('chief', { input: 'Please entrust it.' })
    const child = stage.signalbox.run(`${run.id}/clerk-1-1`)
    await expect.poll(() => pendingOf(child)).toHaveLength(1)
    const points = await resetPoints(stage.signalbox.client, run.id)
    await resetTo(stage.signalbox.client, run.id, points.at(-1)!)
    await run[how]()
    const kind = how === 'stop' ? 'stopped' : 'cancelled'
    expect(await run.outcome()).toMatchObject({ kind })
    expect(await stage.store.reports.run(child.id)).toMatchObject({ outcome: kind })
  })
})

describe('a run that is reset and goes another way', () => {
  it('pays only for what is asked anew, in a lineage of its own; what it left is waste', async () => {
    const run = await stage.signalbox.start('clerk', { input: 'Please publish this, or not.' })
    const asked = await eventOf(run.events(), 'approval-ask')
    await run.approve(asked.toolCallId, { by: 'Ada' })
    await run.outcome()
    const [first] = await pointsOf(run)
    const paid = stage.vendors.meter().length
    await resetTo(stage.signalbox.client, run.id, first!, 'what came later')
    await eventOf(run.events({ after: asked.offset }), 'run-reset')
    await run.deny(asked.toolCallId, { by: 'Bob', note: 'better not' })
    const outcome = await run.outcome()
    expect(outcome).toMatchObject({ kind: 'answered', calls: 2, toolCalls: 1 })
    expect(stage.vendors.meter()).toHaveLength(paid + 1)
    const report = (await stage.store.reports.cost(run.id))!
    expect(report).toMatchObject({ attempts: 3, waste: { reset: { attempts: 1 } } })
    // The outcome is that of the way which the run took in the end; the ledger has what was paid.
    const left = BigInt(report.waste.reset!.highPico)
    expect(left).toBeGreaterThan(0n)
    expect(BigInt(outcome.cost.highPico)).toBe(BigInt(report.highPico) - left)
    const calls = await stage.store.reports.calls({ run: run.id })
    expect(calls.map(({ step, attempts }) => [step, attempts.map(({ waste }) => waste)])).toEqual([
      [1, [undefined]],
      [2, ['reset']],
      [2, [undefined]],
    ])
    const decisions = await stage.store.reports.decisions(run.id)
    expect(decisions.map(({ decision, by }) => [decision, by])).toEqual([
      ['approve', 'Ada'],
      ['deny', 'Bob'],
    ])
    const ends = (await allEvents(run.events())).filter(({ kind }) => kind === 'run-end' || kind === 'run-reset')
    expect(ends.map(({ kind }) => kind)).toEqual(['run-end', 'run-reset', 'run-end'])
  })
})

describe('a run that is reset before it has heard what it is told', () => {
  it('is told again', async () => {
    const { signalbox, workers, startWorker } = stage
    const run = await signalbox.start('clerk', { input: 'Please publish this.' })
    const { toolCallId } = await eventOf(run.events(), 'approval-ask')
    await untilState(run, ({ pending }) => pending.length === 1)
    const { worker, shutdown } = workers.at(-1)!
    shutdown()
    await expect.poll(() => worker.getState()).toBe('STOPPED')
    const approving = run.approve(toolCallId, { by: 'Ada' })
    await expect.poll(() => hasTask(run)).toBe(true)
    await resetTo(signalbox.client, run.id, (await resetPoints(signalbox.client, run.id)).at(-1)!)
    await startWorker()
    expect(await approving).toMatchObject({ held: { decision: 'approve', by: 'Ada' } })
    expect(await run.outcome()).toMatchObject({ kind: 'answered' })
  })
})

describe('a run that is reset while it takes down a raise of its budget', () => {
  it('has it once', async () => {
    const { client } = stage.signalbox
    const run = await stage.signalbox.start('clerk', { input: 'Please publish this.', budget: { usd: '1.00' } })
    const { toolCallId } = await eventOf(run.events(), 'approval-ask')
    await untilState(run, ({ pending }) => pending.length === 1)
    const point = (await resetPoints(client, run.id)).at(-1)!
    const file = new DatabaseSync(stage.storePath)
    file.exec(`create trigger refuse before insert on budget_raises begin select raise(abort, 'not now'); end`)
    const raising = run.raiseBudget({ usd: '0.50' })
    const underway = async () => (await client.workflow.getHandle(run.id).describe()).raw.pendingActivities
    await expect.poll(underway).toHaveLength(1)
    await resetTo(client, run.id, point)
    file.exec('drop trigger refuse')
    file.close()
    expect(await raising).toEqual({ limitUsd: '1.5' })
    await run.approve(toolCallId)
    expect(await run.outcome()).toMatchObject({ kind: 'answered' })
    expect((await stage.store.reports.run(run.id))?.budget).toMatchObject({ usd: '1.5' })
  })
})

/** Whether the server has something for its worker. */
async function hasTask({ id }: RunHandle): Promise<boolean> {
  const { raw } = await stage.signalbox.client.workflow.getHandle(id).describe()
  return raw.pendingWorkflowTask != null
}

async function pendingOf(run: RunHandle) {
  const state = await run.state().catch(() => undefined)
  return state?.pending ?? []
}

async function pointsOf(run: RunHandle): Promise<readonly ResetPoint[]> {
  await run.outcome()
  return resetPoints(stage.signalbox.client, run.id)
}

/** Resets one time after another, to the first point and the last and some between. */
async function expectFreeFromEveryPoint(run: RunHandle, points: readonly ResetPoint[]): Promise<void> {
  const before = await run.outcome()
  const paid = stage.vendors.meter().length
  for (const point of points) {
    await resetTo(stage.signalbox.client, run.id, point)
    expect(await run.outcome()).toEqual(before)
  }
  expect(stage.vendors.meter()).toHaveLength(paid)
  expect(await stage.store.reports.run(run.id)).toMatchObject({ outcome: 'answered' })
  expect(await stage.store.reports.cost(run.id)).toMatchObject({ ...before.cost, waste: {} })
}

/** Approves what the run asks for, unless it ends without. */
async function approveIfAsked(run: RunHandle): Promise<void> {
  const ended = run.outcome().then(() => true)
  for (;;) {
    const [ask] = (await run.state()).pending
    if (ask) return void (await run.approve(ask.toolCallId, { by: 'Ada' }))
    if (await Promise.race([ended, new Promise<false>(resolve => setTimeout(() => resolve(false), 50))])) return
  }
}
