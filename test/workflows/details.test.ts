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
  // The UI cuts off a table that is too wide: words may break, money and times may not.
  const rows = details.match(/^\|.\d.*$/gm)?.map(row => row.replaceAll('\u00a0', '_'))
  const row = (step: number) =>
    expect.stringMatching(
      new RegExp(`^\\|_${step}_\\|_auto →_cheap_\\|_acme/small_\\|_\\d+ →_\\d+_\\|_\\$0\\.\\d+_\\|_[\\d.]+_m?s_\\|$`),
    )
  expect(rows).toEqual([row(1), row(2)])
  const { calls } = await inspectRun(stage.signalbox, run.id)
  expect(calls[0]).toMatchObject({ taskClass: 'auto', attempts: [{ taskClass: 'cheap' }] })
  const asked = (await allEvents(run.events())).filter(({ kind }) => kind === 'step-start' || kind === 'attempt-start')
  expect(asked.slice(0, 2)).toMatchObject([{ taskClass: 'auto' }, { taskClass: 'cheap', attempt: 1 }])
})
