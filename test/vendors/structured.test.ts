import type { LanguageModelV4Prompt } from '@ai-sdk/provider'
import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { RunningVendors } from '../../src/providers/simulated/index.ts'
import { valueFor } from '../../src/providers/simulated/schema-value.ts'
import { askStream, askWhole, modelOf, PROTOCOLS, READ_TOOL, start, user, vendorOf } from './asking.ts'

let running: RunningVendors | undefined
afterEach(() => running?.close())

const Verdict = z.strictObject({
  verdict: z.enum(['allow', 'block']),
  confidence: z.number().min(0).max(1),
  strikes: z.int().min(2).max(5),
  reasons: z.array(z.string().min(3)).min(1).max(3),
  reviewer: z.union([z.null(), z.strictObject({ name: z.string(), at: z.iso.datetime() })]),
  version: z.literal(2),
})

const format = {
  type: 'json',
  name: 'Verdict',
  schema: z.toJSONSchema(Verdict, { target: 'draft-7' }) as object,
} as const

describe.each(PROTOCOLS)('%s', protocol => {
  test.each([
    ['streamed', askStream],
    ['whole', askWhole],
  ])('gives a value of the shape that was asked for, the same again, %s', async (_, ask) => {
    running = await start(vendorOf(protocol))
    const first = await ask(modelOf(running), { responseFormat: format })
    expect(Verdict.parse(JSON.parse(first.text)).version).toBe(2)
    expect((await ask(modelOf(running), { responseFormat: format })).text).toBe(first.text)
  })

  test.each([
    ['JSON mode', { responseFormat: { type: 'json' } as const }],
    ['words alone', {}],
  ])('gives it where the schema stands in the instructions, in %s', async (_, options) => {
    running = await start(vendorOf(protocol))
    const schema = JSON.stringify({ ...format.schema, description: 'What "{" it is' }, null, 2)
    const content = `You judge. Answer in JSON, by this JSON schema:\n${schema}\nSay nothing else.`
    const prompt: LanguageModelV4Prompt = [{ role: 'system', content }, user('An article.')]
    const asked = await askStream(modelOf(running), { prompt, ...options })
    expect(Verdict.parse(JSON.parse(asked.text)).version).toBe(2)
  })

  test('gives the value beside tools that it does not need', async () => {
    running = await start(vendorOf(protocol))
    const asked = await askStream(modelOf(running), { responseFormat: format, tools: [READ_TOOL] })
    expect(Verdict.safeParse(JSON.parse(asked.text)).success).toBe(true)
  })
})

describe('a value for a schema', () => {
  const Tree: z.ZodType = z.strictObject({
    name: z.string().max(4),
    get children() {
      return z.array(Tree)
    },
  })
  const List: z.ZodType = z.strictObject({
    value: z.int(),
    get next() {
      return z.union([List, z.null()])
    },
  })
  test.each([
    ['a tree', Tree],
    ['a list that ends', List],
    ['bounds that leave one number', z.number().gte(7).lte(7)],
    ['numbers below zero', z.int().gt(-9).lt(-7)],
    ['steps', z.number().multipleOf(0.25).min(1.1).max(2)],
    ['an intersection', z.intersection(z.object({ a: z.string() }), z.object({ b: z.boolean() }))],
    ['formats', z.object({ id: z.uuid(), mail: z.email(), day: z.iso.date(), link: z.url() })],
    ['more formats', z.object({ span: z.iso.duration(), four: z.ipv4(), six: z.ipv6() })],
    ['a tuple', z.tuple([z.string(), z.int()])],
    ['names that are given', z.record(z.enum(['p', 'q']), z.int())],
    ['few items', z.array(z.boolean()).max(1)],
    ['many items', z.array(z.int()).min(5)],
    ['a long text', z.string().min(300)],
    ['an optional part', z.object({ a: z.string().optional() })],
  ])('%s', (_, schema) => {
    for (const target of ['draft-7', 'draft-2020-12'] as const)
      for (const digest of ['000000', 'a1b2c3', 'ffffff']) {
        const value = valueFor(z.toJSONSchema(schema, { target }) as never, digest)
        expect(schema.safeParse(value)).toMatchObject({ success: true })
      }
  })

  const self = { $ref: '#' }
  const names = Array.from({ length: 20 }, (_, place) => `part${place}`)
  test.each<[string, Record<string, unknown>]>([
    ['more items than an answer holds', { type: 'array', minItems: 1e12 }],
    ['a longer text than an answer holds', { type: 'string', minLength: 1e12 }],
    ['itself in many places', { properties: Object.fromEntries(names.map(name => [name, self])), required: names }],
    ['steps of nothing', { type: 'number', multipleOf: 0 }],
    ['a format by the name of a property of every object', { type: 'string', format: 'constructor' }],
  ])('comes to an end for %s', (_, schema) => {
    const text = JSON.stringify(valueFor(schema as never, 'a1b2c3'))
    expect(text.length).toBeLessThan(2_000_000)
    expect(text).not.toBe('null')
  })
})
