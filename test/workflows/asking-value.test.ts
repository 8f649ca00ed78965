import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { defineSchema } from '../../src/tools/index.ts'
import { detailsWith } from '../support/details.ts'
import { allEvents, eventOf, untilState } from '../support/following.ts'
import { expectReplays } from '../support/replays.ts'
import { partsOf } from '../support/reset.ts'
import { APP } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

const line = z.object({ item: z.string(), price: z.number() })
const invoice = defineSchema(
  'Invoice',
  z
    .object({
      lines: z.array(line),
      total: z.number(),
      currency: z.string().default('EUR'),
      page: z.coerce.number().optional(),
    })
    .refine(({ lines, total }) => lines.reduce((sum, { price }) => sum + price, 0) === total, {
      path: ['total'],
      message: 'is not the sum of its lines',
    }),
)

const atlas = defineSchema(
  'Atlas',
  z.object({ at: z.enum(Array.from({ length: 20_000 }, (_, at) => `station ${at}`)) }),
)

let stage: Stage

beforeAll(async () => {
  stage = await stageScene({ app: { ...APP, schemas: [...APP.schemas!, invoice, atlas] } })
})

afterAll(() => stage?.close())

const ASK = { question: 'Is this right?', schema: 'Invoice' }
const GOOD = { lines: [{ item: 'coal', price: 5 }], total: 5 }

async function bill(ask: object, more: object = {}) {
  const { parts, ...terms } = more as { parts?: number }
  const run = await stage.signalbox.start('billing', { input: { ask, ...(parts && { parts }) }, ...terms })
  await eventOf(run.events(), 'approval-ask')
  await untilState(run, ({ pending }) => pending.length === 1)
  return run
}

const refusalOf = (answering: Promise<unknown>) => answering.then(String, error => String(error.cause ?? error))

async function historyOf(id: string, part?: string): Promise<string> {
  const history = await stage.signalbox.client.workflow.getHandle(id, part).fetchHistory()
  return JSON.stringify(history, (_, value) => (value instanceof Uint8Array ? String(Buffer.from(value)) : value))
}

it('is answered with a value, which reaches the workflow as its schema returns it', async () => {
  const run = await bill(ASK)
  const [ask] = await run.pending()
  expect(ask).toMatchObject({
    id: 'invoice',
    answers: 'text',
    schema: 'Invoice',
    jsonSchema: { required: ['lines', 'total'] },
  })
  await detailsWith(stage.signalbox.client, run.id, `\`signalbox answer ${run.id} invoice --file <Invoice.json>\``)
  const { held, repeated } = await run.answer('invoice', GOOD, { by: 'Ada', note: 'corrected' })
  expect({ held, repeated }).toEqual({
    held: { toolCallId: 'invoice', decision: JSON.stringify(GOOD), step: 0, by: 'Ada' },
    repeated: false,
  })
  const value = { ...GOOD, currency: 'EUR' }
  expect((await run.outcome()).output).toEqual({ value, by: 'Ada', note: 'corrected', deadline: false })
  expect(await stage.store.reports.decisions(run.id)).toMatchObject([{ decision: JSON.stringify(GOOD) }])
  const events = await allEvents(run.events())
  expect(events.find(({ kind }) => kind === 'approval-ask')).toMatchObject({ schema: 'Invoice' })
})

it('refuses what does not fit, with each problem and its path, and stays open', async () => {
  const run = await bill(ASK)
  expect(await refusalOf(run.answer('invoice', 'print it'))).toMatch(
    `a text that is not JSON is not an answer to invoice of run ${run.id}; answer it with \`signalbox answer`,
  )
  expect(await refusalOf(run.approve('invoice'))).toMatch('a text that is not JSON is not an answer')
  expect(await refusalOf(run.answer('invoice', { total: Number.NaN }))).toMatch('the answer to invoice is not JSON')
  expect(await historyOf(run.id)).not.toMatch(/print it|UPDATE_ACCEPTED/)
  const misfit = await refusalOf(run.answer('invoice', { lines: [{ item: 'tea' }], total: 'secret' }))
  expect(misfit).toMatch(/a value that is no Invoice \(lines\[0\]\.price: .*; total: .*\) is not an answer to invoice/)
  expect(misfit).not.toMatch('secret')
  expect(await run.pending()).toHaveLength(1)
  await run.answer('invoice', GOOD)
  expect(await run.outcome()).toMatchObject({ output: { value: GOOD } })
})

it('refuses what only the code of its schema can tell, and stays open', async () => {
  const run = await bill(ASK)
  expect(await refusalOf(run.answer('invoice', { ...GOOD, total: 6 }))).toMatch(
    'a value that is no Invoice (total: is not the sum of its lines) is not an answer to invoice',
  )
  expect(await run.pending()).toHaveLength(1)
  const [first, second] = await Promise.all([
    run.answer('invoice', GOOD, { by: 'Ada' }),
    run.answer('invoice', GOOD, { by: 'Bob' }),
  ])
  expect([first.repeated, second.repeated].toSorted()).toEqual([false, true])
  await run.outcome()
})

it('has the value of its deadline when nobody answers, and stays open in the next part', async () => {
  const otherwise = { ...GOOD, currency: 'USD' }
  const late = await stage.signalbox.start('billing', { input: { ask: { ...ASK, withinMs: 500, otherwise } } })
  expect((await late.outcome()).output).toEqual({ value: otherwise, deadline: true })
  const run = await bill(ASK, { parts: 2 })
  await stage.signalbox.client.workflow.getHandle(run.id).signal('go')
  await expect.poll(() => partsOf(stage.signalbox.client, run.id)).toHaveLength(2)
  expect(await refusalOf(run.answer('invoice', {}))).toMatch(/lines: .*; total: /)
  await run.answer('invoice', { ...GOOD, page: '7' })
  expect(await run.outcome()).toMatchObject({ output: { value: { ...GOOD, currency: 'EUR', page: 7 } } })
})

it('keeps a schema of any size out of history, also of a question that another part of the run keeps open', async () => {
  const run = await bill({ ...ASK, schema: 'Atlas' }, { parts: 2 })
  const jsonSchema = async () => JSON.stringify(Object((await run.pending())[0]).jsonSchema ?? null).length
  expect(await jsonSchema()).toBeGreaterThan(300_000)
  await stage.signalbox.client.workflow.getHandle(run.id).signal('go')
  await expect.poll(() => partsOf(stage.signalbox.client, run.id)).toHaveLength(2)
  expect(await jsonSchema()).toBeGreaterThan(300_000)
  expect(JSON.stringify(await run.state())).not.toMatch('station 7')
  for (const part of await partsOf(stage.signalbox.client, run.id))
    expect(await historyOf(run.id, part)).not.toMatch('station 7')
  await run.answer('invoice', { at: 'station 7' })
  expect(await run.outcome()).toMatchObject({ output: { value: { at: 'station 7' } } })
})

it('keeps the value of a sealed run sealed', async () => {
  const run = await bill({ ...ASK, question: 'secret?' }, { policy: { zdr: true } })
  await refusalOf(run.answer('invoice', { ...GOOD, total: 6 }))
  await run.answer('invoice', GOOD)
  expect(await run.outcome()).toMatchObject({ output: { value: GOOD } })
  const history = await historyOf(run.id)
  expect(history).toContain('readAnswer')
  expect(history).not.toMatch(/secret|coal|sum of its lines/)
})

it('is not asked for a schema that does not exist, or with what makes no sense', async () => {
  const ended = async (ask: object) => (await stage.signalbox.start('billing', { input: { ask } as object })).outcome()
  expect(await ended({ ...ASK, schema: 'Invoce' })).toMatchObject({
    kind: 'failed',
    message: "invoice cannot be asked: no schema is called 'Invoce'; did you mean 'Invoice'?",
  })
  expect((await ended({ ...ASK, answers: ['yes'] })).message).toMatch('the `schema` of invoice must be the name of')
  expect((await ended({ ...ASK, withinMs: 10 })).message).toMatch('`otherwise` of invoice is left out')
})

it('has written no history that would not replay', () => expectReplays(stage, 8))
