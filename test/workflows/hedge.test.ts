import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { inspectRun } from '../../src/runtime/inspect/inspect-run.ts'
import { allEvents } from '../support/following.ts'
import { YAML } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

const yaml = YAML.replace('workspaces:', '  hedged: { extends: cheap, hedge: { after: 200ms, share: 1 } }\nworkspaces:')
const SLOW = { kind: 'slow-first-token', delayMs: 60_000 } as const

let stage: Stage

beforeEach(async () => {
  await stage?.close()
  stage = await stageScene({ yaml })
})

afterAll(() => stage?.close())

describe('a run of a class that hedges', () => {
  it('is answered by who begins first, says so, and its outcome counts both', async () => {
    await stage.vendors.setFaults('one', [{ ...SLOW, times: 1 }])
    const run = await stage.signalbox.start('clerk', { input: 'What is the sum?', taskClass: 'hedged' })
    const outcome = await run.outcome()
    expect(outcome).toMatchObject({ kind: 'answered', calls: 2 })
    const { calls, report } = await inspectRun(stage.signalbox, run.id)
    expect(calls[0]).toMatchObject({
      planned: 'one:acme/small',
      answeredBy: 'two:acme/large',
      attempts: [
        { endpoint: 'one:acme/small', outcome: 'outrun', waste: 'hedge' },
        { endpoint: 'two:acme/large', outcome: 'answered', reason: 'hedge: no first token after 200 ms' },
      ],
    })
    expect(outcome.cost).toEqual(report?.cost)
    const spoken = (await allEvents(run.events())).filter(event => event.kind === 'answer' && event.step === 1)
    expect(spoken).toHaveLength(1)
  })

  it('stops both within seconds when it is cancelled in the middle', async () => {
    for (const vendor of ['one', 'two']) await stage.vendors.setFaults(vendor, [SLOW])
    const run = await stage.signalbox.start('clerk', { input: 'What is the sum?', taskClass: 'hedged' })
    await expect.poll(() => stage.vendors.meter().length).toBe(2)
    const cancelledAtMs = Date.now()
    await run.cancel()
    expect(await run.outcome()).toMatchObject({ kind: 'cancelled' })
    await expect.poll(() => stage.vendors.meter().map(({ state }) => state)).toEqual(['closed', 'closed'])
    // A heartbeat, which brings the word, is at most 800 ms old, and the worker passes one on each second, not each sixteenth.
    for (const { endedAtMs } of stage.vendors.meter()) expect(endedAtMs! - cancelledAtMs).toBeLessThan(15_000)
    const rows = await stage.store.reports.attempts({ run: run.id, limit: 5 })
    expect(rows.map(({ outcome }) => outcome)).toEqual(['cancelled', 'cancelled'])
  })
})
