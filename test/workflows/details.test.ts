import { afterAll, beforeAll, expect, it } from 'vitest'
import { inspectRun } from '../../src/runtime/inspect/inspect-run.ts'
import { detailsWith } from '../support/details.ts'
import { allEvents } from '../support/following.ts'
import { YAML } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

let stage: Stage

beforeAll(async () => {
  stage = await stageScene({ yaml: YAML.replace('workspaces:', '  auto: { rules: [{ use: cheap }] }\nworkspaces:') })
})

afterAll(() => stage?.close())

it('shows which class served the calls of one that leads to others, as the ledger and the events do', async () => {
  const run = await stage.signalbox.start('clerk', { input: 'What is the sum?', taskClass: 'auto' })
  expect(await run.outcome()).toMatchObject({ kind: 'answered', calls: 2 })
  const details = await detailsWith(stage.signalbox.client, run.id, 'answered')
  const rows = details.replaceAll('\u00a0', '').match(/^\|\d.*$/gm)
  expect(rows).toEqual([expect.stringMatching(/^\|1\|auto→cheap\|/), expect.stringMatching(/^\|2\|auto→cheap\|/)])
  const { calls } = await inspectRun(stage.signalbox, run.id)
  expect(calls[0]).toMatchObject({ taskClass: 'auto', attempts: [{ taskClass: 'cheap' }] })
  const asked = (await allEvents(run.events())).filter(({ kind }) => kind === 'step-start' || kind === 'attempt-start')
  expect(asked.slice(0, 2)).toMatchObject([{ taskClass: 'auto' }, { taskClass: 'cheap', attempt: 1 }])
})
