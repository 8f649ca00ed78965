import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NO_TOTALS } from '../../src/core/agent/totals.ts'
import { inspectRun } from '../../src/runtime/inspect/inspect-run.ts'
import { allEvents, eventOf } from '../support/following.ts'
import { expectReplays } from '../support/replays.ts'
import { partsOf } from '../support/reset.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

let stage: Stage

beforeAll(async () => {
  stage = await stageScene()
})

afterAll(() => stage?.close())

describe('a run that continues as new', () => {
  it('heeds nothing that its starter says was carried, also where a cron schedule begins it again', async () => {
    const { client } = stage.signalbox
    const carried = {
      ...{ parts: 1, startedAtMs: Date.now(), draw: 0.5, step: 40, ownTools: 0, decided: [] },
      totals: { ...NO_TOTALS, calls: 40 },
    }
    const { workflowId } = await client.workflow.start('clerk', {
      taskQueue: stage.taskQueue,
      workflowId: 'every-second',
      cronSchedule: '@every 1s',
      args: [{ input: 'What is the sum?', terms: { carried, budget: { steps: 10 } } }],
    })
    const ends = async () => {
      const events = await stage.store.events.read(workflowId, 0, 500)
      return events.flatMap(event => (event.kind === 'run-end' ? event.outcome : []))
    }
    await expect.poll(async () => (await ends()).length).toBeGreaterThan(1)
    await client.workflow.getHandle(workflowId).terminate()
    expect((await ends()).slice(0, 2)).toEqual(['answered', 'answered'])
  })

  it('stays one run: one id, one cost, one list of events, one transcript', async () => {
    const run = await stage.signalbox.start('walker', { input: 'Take a long walk.', budget: { steps: 20 } })
    const asked = await eventOf(run.events(), 'approval-ask')
    await run.approve(asked.toolCallId, { by: 'Ada' })
    const outcome = await run.outcome()
    expect(outcome).toMatchObject({ kind: 'answered', calls: 8, toolCalls: 7 })
    expect(outcome.text).toContain('The walk is over.')
    await expect.poll(() => partsOf(stage.signalbox.client, run.id)).toHaveLength(4)
    const events = await allEvents(run.events())
    expect(events.filter(event => event.kind === 'answer').map(event => event.step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(events.filter(event => event.kind === 'run-end')).toHaveLength(1)
    const report = await stage.store.reports.run(run.id)
    expect(report?.cost.highPico).toBe(outcome.cost.highPico)
    const messages = await stage.store.transcripts.read({ lineage: `${report?.key}/1`, length: 17 })
    expect(messages.map(message => message.role).join(' ')).toBe(`system user ${'assistant tool '.repeat(7)}assistant`)
    const parts = async () => (await inspectRun(stage.signalbox, run.id)).parts ?? []
    // What the server lists may be a second behind what it does.
    const statuses = async () => (await parts()).map(({ status }) => status)
    await expect.poll(statuses).toEqual([...Array(3).fill('continued as new'), 'completed'])
    expect((await parts()).every(({ events, endedAtMs }) => events > 10 && endedAtMs !== undefined)).toBe(true)
    expect((await parts())[0]?.runId).toBe(report?.key)
    // As for a child that was terminated in a later part: all of its parts count, for it never began anew.
    const spent = await stage.store.ledger.closeLost(report!, { outcome: 'failed', endedAtMs: Date.now() })
    expect(spent).toEqual({ cost: outcome.cost, usage: outcome.usage, calls: 8, toolCalls: 7 })
  })

  it('loses no decision and no message that comes around it, and applies none twice', async () => {
    const run = await stage.signalbox.start('walker', { input: 'Take a guarded walk.' })
    const again = () => run.say('one', { id: 'a message of mine' })
    const said = [again(), again(), run.say('two'), run.say('three')]
    const first = await eventOf(run.events(), 'approval-ask')
    await Promise.all([...said, run.approve(first.toolCallId), run.approve(first.toolCallId)])
    // The second approval keeps the run open, however fast it walks.
    await Promise.all([run.say('four'), again(), run.approve(first.toolCallId)])
    const second = await eventOf(run.events({ after: first.offset }), 'approval-ask')
    await again()
    await run.approve(second.toolCallId)
    const outcome = await run.outcome()
    expect(outcome.kind).toBe('answered')
    const { key } = (await stage.store.reports.run(run.id))!
    const length = await lengthOf(`${key}/1`)
    const messages = await stage.store.transcripts.read({ lineage: `${key}/1`, length })
    const texts = messages.flatMap(message =>
      message.role === 'user' ? message.content.map(part => (part.type === 'text' ? part.text : '')) : [],
    )
    expect(texts.toSorted()).toEqual(['Take a guarded walk.', 'four', 'one', 'three', 'two'].toSorted())
    const told = (await allEvents(run.events())).flatMap(event => (event.kind === 'said' ? event.text : []))
    expect(told).toEqual(texts.slice(1))
    expect((await inspectRun(stage.signalbox, run.id)).said.map(({ text }) => text)).toEqual(told)
    const published = (await allEvents(run.events())).filter(
      event => event.kind === 'tool-end' && event.toolName === 'publish',
    )
    expect(published).toHaveLength(2)
  })
})

it('has written no history that would not replay', () => expectReplays(stage, 8))

async function lengthOf(lineage: string): Promise<number> {
  for (let length = 1; ; length += 1) {
    try {
      await stage.store.transcripts.read({ lineage, length })
    } catch {
      return length - 1
    }
  }
}
