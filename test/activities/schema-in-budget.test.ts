import { afterEach, beforeEach, expect, it } from 'vitest'
import { z } from 'zod'
import { defineSchema } from '../../src/tools/index.ts'
import { type Calling, startCalling, userMessage } from '../support/calling.ts'
import { APP, VENDORS, YAML } from '../support/scene.ts'

/** Some two thousand tokens, as vendors count them. */
const LONG = defineSchema('Long', z.object({ ok: z.boolean().describe('whether all is well '.repeat(400)) }))

/** With an endpoint that is told the schema in words, and one that is given it as one. */
const yaml = YAML.replace(
  'abilities: [tools, json-schema, json-object], price: { input: 1',
  'abilities: [json-object], price: { input: 1',
)

let calling: Calling

beforeEach(async () => {
  calling = await startCalling({ yaml, ...VENDORS, app: { ...APP, schemas: [...APP.schemas!, LONG] } })
})

afterEach(() => calling.close())

it.each(['acme/small', 'acme/large'])('a schema counts in what a call of %s may cost at most', async model => {
  const asked = {
    schema: 'Long',
    additions: [userMessage('Well?')],
    settings: { maxOutputTokens: 300 },
    policy: { allowModels: [model] },
  }
  const short = await calling.open({ id: 'short', budget: { tokens: 1_500 } })
  expect(await calling.call({ run: short, taskClass: 'cheap', ...asked })).toMatchObject({ kind: 'over-budget' })
  expect(calling.vendors.meter()).toEqual([])
  const long = await calling.open({ id: 'long', budget: { tokens: 20_000 } })
  expect(await calling.call({ run: long, taskClass: 'cheap', ...asked })).toMatchObject({
    kind: 'answered',
    answer: { value: { ok: expect.any(Boolean) } },
  })
})

it('a schema that a conversation comes to counts beside what is known of its prompt', async () => {
  const settings = { maxOutputTokens: 300 }
  const policy = { allowModels: ['acme/small'] }
  const run = await calling.open({ id: 'later', budget: { tokens: 3_000 } })
  const first = await calling.call({ run, taskClass: 'cheap', prompt: 'Well?', settings, policy })
  const { transcript, known } = first.kind === 'answered' ? first.answer : expect.fail()
  const asked = { transcript, memory: { draw: 0.5, ...(known && { known }) }, additions: [userMessage('And now?')] }
  expect(await calling.call({ run, taskClass: 'cheap', step: 2, ...asked, settings, policy })).toMatchObject({
    kind: 'answered',
  })
  const withSchema = { ...asked, schema: 'Long', settings, policy }
  expect(known).toBeDefined()
  expect(await calling.call({ run, taskClass: 'cheap', step: 3, ...withSchema })).toMatchObject({ kind: 'over-budget' })
})
