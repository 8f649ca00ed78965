import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXIT } from '../../src/cli/exit-codes.ts'
import { standingOf } from '../../src/runtime/events/run-standing.ts'
import { signalbox } from '../cli/captured.ts'
import { allEvents, untilState } from '../support/following.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

let stage: Stage
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  stage = await stageScene({ workers: 0 })
  env = stage.commandEnv
})

afterAll(() => stage?.close())

const PEOPLE = ['Ada', 'Bob', 'Cleo', 'Dan']

describe.each([
  { how: 'open', terms: {} },
  { how: 'sealed', terms: { policy: { zdr: true } } },
])('a team that answers a run which is $how', ({ terms }) => {
  it('has one answer for each question, whoever is faster and whatever becomes of the worker', async () => {
    const first = await stage.startWorker()
    const run = await stage.signalbox.start('editorial', { input: null, ...terms })
    const watching = signalbox(['watch', run.id], { env })
    const waits = async () => (await stage.signalbox.waiting()).waiting.filter(wait => wait.for === 'approval')
    const names = async () => (await waits()).map(({ toolName }) => toolName)
    const asked = ['title', 'print', 'publish']
    await expect.poll(names, { interval: 300 }).toEqual(expect.arrayContaining(asked))
    const publish = (await waits()).find(({ toolName }) => toolName === 'publish')!
    const legal = (await waits()).find(({ toolName }) => toolName === 'print')!
    first.shutdown()
    await first.done
    const titles = PEOPLE.map(by => stage.signalbox.run(run.id).answer('title', `By ${by}`, { by }))
    const words = PEOPLE.map((by, at) => stage.signalbox.run(legal.run).answer('print', at % 2 ? 'yes' : 'no', { by }))
    const approvals = PEOPLE.map(by => signalbox(['approve', run.id, publish.toolCallId, '--by', by], { env }))
    const second = await stage.startWorker()
    const settled = await Promise.allSettled([...titles, ...words])
    const taken = settled.filter(({ status }) => status === 'fulfilled')
    const codes = (await Promise.all(approvals)).map(({ exitCode }) => exitCode)
    expect(codes.filter(code => code === EXIT.done)).toHaveLength(1)
    expect(taken.length).toBeGreaterThanOrEqual(2)
    const { output } = await run.outcome<{ title: { decision: string; by: string }; photo: unknown; legal: unknown }>()
    expect(output!.title.decision).toBe(`By ${output!.title.by}`)
    expect(output!.photo).toMatchObject({ decision: 'b', deadline: true })
    const { out, exitCode } = await watching
    expect(exitCode).toBe(EXIT.done)
    expect(out.match(/title answered with/g)).toHaveLength(1)
    expect(await waits()).toEqual([])
    second.shutdown()
    await second.done
  })
})

it.each(['before', 'behind'])(
  'a word that comes %s what cancels its question is on record where it was taken',
  async place => {
    const first = await stage.startWorker()
    const run = await stage.signalbox.start('giveUp', { input: null })
    const handle = stage.signalbox.client.workflow.getHandle(run.id)
    const asked = async () => (await standingOf(stage.store.events, run.id)).pending.map(({ toolCallId }) => toolCallId)
    await untilState(run, ({ pending }) => pending.length === 1)
    first.shutdown()
    await first.done
    const cut = async () => {
      for (const signal of ['go', 'go']) await handle.signal(signal)
    }
    if (place === 'behind') await cut()
    const word = run.approve('print', { by: 'Ada' }).then(
      () => true,
      () => false,
    )
    if (place === 'before') await cut()
    const second = await stage.startWorker()
    const isTaken = await word
    await handle.signal('go')
    await expect.poll(asked).toEqual(['print-2'])
    await run.approve('print-2', { by: 'Bob' })
    await run.outcome()
    const decided = (await stage.store.reports.decisions(run.id)).map(({ toolCallId }) => toolCallId)
    expect(decided).toEqual(isTaken ? ['print', 'print-2'] : ['print-2'])
    const withdrawn = (await allEvents(run.events())).filter(({ kind }) => kind === 'approval-withdrawn')
    expect(withdrawn).toHaveLength(isTaken ? 0 : 1)
    second.shutdown()
    await second.done
  },
)
