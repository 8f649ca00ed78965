import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { z } from 'zod'
import { defineAgent, defineTool } from '../../src/tools/index.ts'
import { signalbox as command } from '../cli/captured.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

let refunds = 0

const refund = defineTool({
  name: 'refund',
  description: 'pays back',
  input: z.object({}),
  idempotent: false,
  run: async () => {
    refunds += 1
    return 'paid back'
  },
})

const COUNTER = { instructions: 'You pay.', tools: [refund], taskClass: 'cheap' }
const teller = defineAgent({ ...COUNTER, name: 'teller' })
// Its slice of the budget is a scope of its own.
const desk = defineAgent({
  name: 'desk',
  instructions: 'You ask.',
  agents: [{ name: 'teller', budget: { usd: '1' } }],
  taskClass: 'cheap',
})
const lead = defineAgent({ name: 'lead', instructions: 'You lead.', agents: [desk], taskClass: 'cheap' })

const asking = (name: string, input: string) => ({ tools: [{ name, arguments: { input } }] })
const BEHAVIOURS = [
  { match: 'complaint', turns: [asking('desk', 'See to a customer.'), { text: 'Seen to.' }] },
  { match: 'customer', turns: [asking('teller', 'Pay back.'), { text: 'Done.' }] },
  { match: 'Pay back', turns: [{ tools: [{ name: 'refund', arguments: {} }] }, { text: 'Paid.' }] },
]

let stage: Stage

beforeAll(async () => {
  stage = await stageScene({ app: { tools: [refund], agents: [teller, desk, lead] }, behaviours: BEHAVIOURS })
})

afterAll(() => stage?.close())

beforeEach(() => {
  refunds = 0
})

it('asks before an agent two levels below it does again what one below the run has done once', async () => {
  const run = await stage.signalbox.start('lead', { input: 'A complaint.' })
  expect(await run.outcome()).toMatchObject({ kind: 'answered', toolCalls: 3 })
  expect(refunds).toBe(1)
  let from = run.id
  for (const _ of ['fork', 'fork of the fork']) {
    const fork = await stage.signalbox.fork(from, { atStep: 1 })
    await expect
      .poll(() => fork.pending(), { timeout: 20_000 })
      .toMatchObject([{ toolName: 'refund', actedIn: run.id }])
    const [asked] = await fork.pending()
    await stage.signalbox.run(asked!.run).deny(asked!.toolCallId)
    expect(await fork.outcome()).toMatchObject({ kind: 'answered' })
    from = fork.id
  }
  expect(refunds).toBe(1)
  // What it was asked to do in step 1 is done, and seen, in step 2.
  const later = await stage.signalbox.fork(run.id, { atStep: 2 })
  expect(await later.outcome()).toMatchObject({ kind: 'answered', toolCalls: 0 })
})

it('tells whoever forks it from the command line which tools below it may act again, and does not ask if that is meant', async () => {
  const run = await stage.signalbox.start('lead', { input: 'A complaint.' })
  await run.outcome()
  const forking = ['fork', run.id, '--at-step', '1', '--act-again', '--task-queue', stage.taskQueue, '--json']
  const told = await command(forking, { env: stage.commandEnv })
  expect(told.err).toContain('on may be done again, by desk, refund, teller\n')
  expect(await stage.signalbox.run(told.json().id).outcome()).toMatchObject({ kind: 'answered', toolCalls: 3 })
  expect(refunds).toBe(2)
})
