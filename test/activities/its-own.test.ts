import { MockActivityEnvironment } from '@temporalio/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Activities, createActivities } from '../../activities/index.ts'
import type { CallModelInput, CallModelResult, RunRef } from '../../src/core/protocol.ts'
import { defineTool } from '../../src/tools/index.ts'
import { type Calling, callOf, startCalling, userMessage } from '../support/calling.ts'
import { marketOf } from '../support/market.ts'

let calling: Calling
let activities: Activities
let theirs: RunRef
let ours: RunRef
let told: string[]

const tell = defineTool({
  name: 'tell',
  description: 'tells',
  input: z.looseObject({}),
  run: given => {
    told.push(JSON.stringify(given))
    return 'told'
  },
})

beforeEach(async () => {
  told = []
  calling = await startCalling({
    ...marketOf({ one: {} }, 'classes: { open: { maxOutputTokens: 100 } }'),
    app: { tools: [tell] },
  })
  activities = createActivities({ ...calling.wired.ports, howEnded: async () => ({ reason: 'it was terminated' }) })
  theirs = await calling.open({ id: 'theirs', budget: { tokens: 9_000 } })
  ours = await calling.open({ id: 'ours' })
})

afterEach(() => calling.close())

/** As a workflow of that id asks for it. */
function ask<Name extends keyof Activities>(name: Name, input: object, workflowId = 'ours') {
  const environment = new MockActivityEnvironment({ workflowExecution: { workflowId, runId: `part-of-${workflowId}` } })
  return environment.run(activities[name] as (input: object) => Promise<unknown>, input)
}

const NOT_OURS = { type: 'signalbox.not-its-own', nonRetryable: true }

const call = (run: RunRef, step: number, changes?: Partial<CallModelInput>) => callOf({ run, step, ...changes })

const answerOf = async (run: RunRef, changes?: Partial<CallModelInput>) => {
  const result = await ask('callModel', call(run, 1, changes), run.id)
  return (result as Extract<CallModelResult, { kind: 'answered' }>).answer
}

const secretOf = () => answerOf(theirs, { additions: [userMessage('the canary sings at six')] })

describe('what a workflow asks of the activities of another run', () => {
  it('is refused, whatever the activity', async () => {
    await secretOf()
    const place = { run: theirs, step: 1, toolCallId: 'a', toolName: 'tell' }
    const asked = {
      inputProblem: { run: theirs, workflow: 'ticket', input: null },
      readAnswer: { run: theirs, schema: 'Invoice', answer: '{}' },
      hasAgent: { run: theirs, name: 'clerk' },
      openRun: { run: theirs, workflow: 'test', terms: {} },
      callModel: call(theirs, 2),
      giveUpCall: { run: theirs, step: 1 },
      runTool: { ...place, input: {} },
      keepDecision: { ...place, decision: 'approve', atMs: 1 },
      keepResult: { ...place, isError: false, result: 1 },
      tellCancelled: place,
      tellUnanswered: { run: theirs, step: 1, fault: 'over-budget', message: 'no more' },
      keepSaid: { run: theirs, id: '1', text: 'well', atMs: 1 },
      askBudget: { run: theirs, step: 1, message: 'more' },
      askPerson: { run: theirs, step: 0, toolCallId: 'print', toolName: 'print', inputPreview: 'Print?', atMs: 1 },
      withdrawQuestion: { run: theirs, step: 0, toolCallId: 'print', toolName: 'print', atMs: 1 },
      raiseBudget: { run: theirs, raiseId: 'r', tokens: 100, atMs: 1 },
      closeRun: { run: theirs, outcome: 'stopped' },
      closeLost: { run: theirs, outcome: 'failed' },
    } satisfies Record<keyof Activities, object>
    for (const [name, input] of Object.entries(asked))
      await expect(ask(name as keyof Activities, input), name).rejects.toMatchObject(NOT_OURS)
    expect(await calling.store.reports.run(theirs.id)).toMatchObject({ budget: { tokens: 9_000 } })
    expect(await calling.store.reports.run(theirs.id)).not.toHaveProperty('outcome')
    expect(told).toEqual([])
  })

  it('is refused under its own id and the key of another', async () => {
    const mixed = { ...ours, key: theirs.key }
    for (const [name, input] of [
      ['callModel', call(mixed, 1)],
      ['closeRun', { run: mixed, outcome: 'stopped' }],
      ['closeLost', { run: { id: 'ours/critic-1-1', key: theirs.key }, outcome: 'failed' }],
      ['runTool', { run: mixed, step: 1, toolCallId: 'a', toolName: 'tell', input: {} }],
    ] as const)
      await expect(ask(name, input), name).rejects.toMatchObject(NOT_OURS)
    expect(told).toEqual([])
  })
})

describe('what a workflow asks for its own run', () => {
  it('does not read the transcript of another run, nor its summary', async () => {
    const { transcript } = await secretOf()
    await expect(ask('callModel', call(ours, 1, { transcript }))).rejects.toMatchObject(NOT_OURS)
    const handed = { additions: [{ role: 'handed-over', transcript }] } as const
    await expect(ask('callModel', call(ours, 1, handed))).rejects.toMatchObject(NOT_OURS)
    const own = await answerOf(ours)
    const compacted = { head: 1, until: 1, summary: transcript }
    const view = { since: 2, by: 'compaction', clearedBefore: 0, compacted } as const
    const summed = call(ours, 2, { transcript: own.transcript, view })
    await expect(ask('callModel', summed)).rejects.toMatchObject(NOT_OURS)
    expect(await calling.store.reports.attempts({ run: ours.id, limit: 9 })).toHaveLength(1)
  })

  it('runs no tool on what the call of another run has asked for', async () => {
    const { callId } = await secretOf()
    const named = { run: ours, step: 1, toolCallId: 'a', toolName: 'tell', callId }
    await expect(ask('runTool', named)).rejects.toMatchObject(NOT_OURS)
    await expect(ask('runTool', { ...named, toolName: 'read_result' })).rejects.toMatchObject(NOT_OURS)
    expect(told).toEqual([])
  })

  it('spends the money of no other tree', async () => {
    const asChild = { ...ours, root: theirs.id, scope: theirs.key }
    const opening = (run: RunRef) => ({ run, workflow: 'test', terms: {}, begins: true })
    await expect(ask('openRun', opening(asChild))).rejects.toMatchObject(NOT_OURS)
    await expect(ask('callModel', call({ ...ours, slices: [theirs.key] }, 1))).rejects.toMatchObject(NOT_OURS)
    const below = { ...ours, key: `${theirs.key}/critic-1-1` }
    await expect(ask('openRun', opening(below))).rejects.toMatchObject(NOT_OURS)
  })

  it('is sealed where it was started so, and not because it says so', async () => {
    const { callId } = await answerOf(ours)
    const posing = { run: { ...ours, sealed: true }, step: 1, toolCallId: 'a', toolName: 'tell', callId }
    await expect(ask('runTool', posing)).rejects.toMatchObject(NOT_OURS)
    expect(told).toEqual([])
  })
})
