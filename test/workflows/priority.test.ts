import { afterAll, beforeAll, expect, it } from 'vitest'
import { knownProblem } from '../../src/runtime/problems.ts'
import { YAML } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

let stage: Stage

beforeAll(async () => {
  const yaml = `${YAML.replace('classes:\n', 'classes:\n  urgent: { extends: cheap, priority: 1 }\n')}  press: {}\n`
  stage = await stageScene({ yaml })
})

afterAll(() => stage?.close())

async function dispatchesOf(runId: string) {
  const { events } = await stage.signalbox.client.workflow.getHandle(runId).fetchHistory()
  const run = events?.[0]?.workflowExecutionStartedEventAttributes?.priority
  const calls = (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    scheduled?.activityType?.name === 'callModel' ? [scheduled.priority] : [],
  )
  return { run, calls }
}

it('gives a run its priority and the turn of its workspace, and calls the priority of their class', async () => {
  const start = { input: 'What is the sum?', workspace: 'press' }
  const usual = await stage.signalbox.start('clerk', { ...start, priority: 4 })
  const urgent = await stage.signalbox.start('clerk', { ...start, taskClass: 'urgent' })
  for (const run of [usual, urgent]) expect(await run.outcome()).toMatchObject({ kind: 'answered' })
  const first = await dispatchesOf(usual.id)
  expect(first.run).toMatchObject({ priorityKey: 4, fairnessKey: 'press' })
  const { run, calls } = await dispatchesOf(urgent.id)
  expect(run).toMatchObject({ fairnessKey: 'press' })
  expect(run?.priorityKey ?? 0).toBe(0)
  expect(calls.length).toBeGreaterThan(0)
  for (const call of calls) expect(call).toMatchObject({ priorityKey: 1 })
})

it('refuses a priority that Temporal does not have', async () => {
  await expect(stage.signalbox.start('clerk', { input: 'What is the sum?', priority: 6 })).rejects.toThrow('from 1')
})

it.each([
  ['priority', 'clerk', { priority: 1.5 }],
  ['id', 'clerk', { id: '' }],
  ['name', '', {}],
])('tells a %s that no run can have as a problem of the input', async (what, name, options) => {
  const error = await stage.signalbox.start(name, { input: 'What is the sum?', ...options }).catch(each => each)
  expect(knownProblem(error)).toMatchObject({ kind: 'input', message: expect.stringContaining(`the ${what} `) })
})
