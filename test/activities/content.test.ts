import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { defineSchema } from '../../src/tools/index.ts'
import { type Calling, startCalling, userMessage } from '../support/calling.ts'
import { marketOf } from '../support/market.ts'

const REST = `
classes:
  plain: { models: [acme/small], sort: order, maxOutputTokens: 100 }
  guarded: { extends: plain, policy: { content: [{ name: salary, pattern: "salary of", block: true }] } }
  slow: { extends: plain, policy: { content: [{ name: evil, pattern: "^(a+)+$", replace: "", timeLimit: 20ms }] } }
policy: { content: [{ name: card, pattern: "\\\\b\\\\d{16}\\\\b", replace: "[card]" }] }
`

const CODE_NAME = { name: 'code-name', pattern: 'bluebird', ignoreCase: true, block: true }

const behaviours = [
  { match: '4111', turns: [{ text: 'I can read the card.' }] },
  { match: 'card is \\[card\\], thanks', turns: [{ text: 'I cannot read the card.' }] },
]
const PROVIDER = { models: { 'acme/small': { abilities: ['json-object'] } }, vendor: { behaviours } }

let calling: Calling

beforeAll(async () => {
  calling = await startCalling({
    ...marketOf({ one: { ...PROVIDER, policy: { content: [CODE_NAME] } }, two: PROVIDER }, REST),
    app: { schemas: [defineSchema('Verdict', z.object({ ok: z.boolean() }))] },
  })
})

afterAll(() => calling.close())

const requests = () => calling.vendors.meter().length

it('what matches is replaced in what leaves, and stays in the transcript', async () => {
  const run = await calling.open({ id: 'replace' })
  const lineage = `${run.key}/1`
  const result = await calling.call({ run, taskClass: 'plain', prompt: 'My card is 4111111111111111, thanks.' })
  expect(result).toMatchObject({
    kind: 'answered',
    answer: { text: expect.stringContaining('I cannot read the card.') },
  })
  const transcript = await calling.store.transcripts.read({ lineage, length: 1 })
  expect(JSON.stringify(transcript)).toContain('4111111111111111')
})

it('a call that says what its class forbids is refused, and nobody is asked', async () => {
  const before = requests()
  const run = await calling.open({ id: 'block' })
  const result = await calling.call({ run, taskClass: 'guarded', prompt: 'What is the salary of Ann?' })
  expect(result).toMatchObject({
    kind: 'fault',
    fault: { kind: 'refused', message: expect.stringContaining("content rule 'salary' of the class policy") },
    attempts: [],
  })
  expect(JSON.stringify(result)).not.toContain('salary of')
  const [route] = await calling.store.reports.routes(run.id, 1)
  expect(route?.plans).toMatchObject([{ candidates: [], blocked: expect.stringContaining("content rule 'salary'") }])
  expect(requests()).toBe(before)
})

it('a pattern that does not end blocks the call', async () => {
  const run = await calling.open({ id: 'late' })
  const result = await calling.call({ run, taskClass: 'slow', prompt: `${'a'.repeat(60)}b` })
  expect(result).toMatchObject({ kind: 'fault', fault: { message: expect.stringContaining('time limit') } })
})

it('a run and a call may bring rules of their own; one that is no pattern blocks', async () => {
  const additions = [userMessage('about ravens')]
  const content = [{ name: 'birds', pattern: 'raven' }]
  const run = await calling.open({ id: 'own', policy: { content } })
  expect(await calling.call({ run, taskClass: 'plain', additions })).toMatchObject({
    fault: { message: expect.stringContaining('of the run policy') },
  })
  const other = await calling.open({ id: 'broken' })
  expect(
    await calling.call({
      run: other,
      taskClass: 'plain',
      additions,
      policy: { content: [{ name: 'half', pattern: '(' }] },
    }),
  ).toMatchObject({ fault: { message: expect.stringContaining('is not a regular expression') } })
})

it("the rules of a provider's key send a call to another provider, and the message names them where there is none", async () => {
  const additions = [userMessage('Project BLUEBIRD is late.')]
  const run = await calling.open({ id: 'key' })
  expect(await calling.call({ run, taskClass: 'plain', additions })).toMatchObject({
    kind: 'answered',
    answer: { endpoint: 'two:acme/small' },
  })
  expect(
    await calling.call({ run, taskClass: 'plain', step: 2, additions, policy: { denyProviders: ['two'] } }),
  ).toMatchObject({
    fault: {
      kind: 'no-route',
      message: expect.stringMatching(
        /one:acme\/small: the key \(one\) policy's content rule code-name matches.*; take what matches out/,
      ),
    },
  })
})
