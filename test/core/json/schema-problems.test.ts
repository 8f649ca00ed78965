import { expect, it } from 'vitest'
import { z } from 'zod'
import { answerProblem } from '../../../src/core/decision-words.ts'
import { schemaProblems } from '../../../src/core/json/schema-problems.ts'
import type { JsonValue } from '../../../src/core/messages.ts'
import { defineSchema } from '../../../src/tools/index.ts'

const line = z.object({ item: z.string().min(1), pieces: z.int().min(1).max(99) })
const { json } = defineSchema(
  'Invoice',
  z.object({
    number: z.string().max(5),
    currency: z.enum(['EUR', 'USD']),
    lines: z.array(line).min(1),
    due: z.string().nullable(),
    discount: z.number().gt(0).lt(1).optional(),
    paid: z.discriminatedUnion('by', [
      z.object({ by: z.literal('card'), last: z.string() }),
      z.object({ by: z.literal('bank'), account: z.string() }),
    ]),
  }),
)

const GOOD = {
  number: '17',
  currency: 'EUR',
  lines: [{ item: 'coal', pieces: 2 }],
  due: null,
  paid: { by: 'bank', account: 'x' },
}

const problems = (more: object) => schemaProblems(json, { ...GOOD, ...more } as unknown as JsonValue)

it('finds nothing in what fits, whatever else is in it', () => {
  expect(problems({})).toEqual([])
  expect(problems({ due: 'May', discount: 0.2, note: 'more than was asked' })).toEqual([])
})

it('names each problem with its path, and quotes nothing of the value', () => {
  expect(schemaProblems(json, 'secret')).toEqual(['must be an object, and is a text'])
  expect(
    problems({
      number: 'secret',
      currency: 'secret',
      due: 3,
      lines: [{ pieces: 0.5 }, { item: '', pieces: 100 }],
      discount: 1,
    }),
  ).toEqual([
    'number: must have at most 5 characters',
    'currency: must be one of "EUR", "USD"',
    'lines[0].item: is missing',
    'lines[0].pieces: must be a whole number, and is a number',
    'lines[1].item: must have at least 1 characters',
    'lines[1].pieces: must be at most 99',
    'due: must be a text or null, and is a number',
    'discount: must be less than 1',
  ])
  expect(problems({ lines: [] })).toEqual(['lines: must have at least 1 items'])
  expect(problems({ paid: { by: 'card' } })).toEqual([
    'paid.last: is missing; or paid.account: is missing, paid.by: must be "bank"',
  ])
  const { paid: _, ...unpaid } = GOOD
  expect(schemaProblems(json, unpaid)).toEqual(['paid: is missing'])
})

it('follows schemas that refer to themselves, and lists no more than ten problems', () => {
  interface Folder {
    readonly name: string
    readonly folders: readonly Folder[]
  }
  const folder: z.ZodType<Folder> = z.object({ name: z.string(), folders: z.lazy(() => z.array(folder)) })
  const { json } = defineSchema('Tree', z.object({ root: folder }))
  const empty = { name: 'a', folders: [] }
  expect(schemaProblems(json, { root: { ...empty, folders: [empty, { ...empty, name: 1 }] } })).toEqual([
    'root.folders[1].name: must be a text, and is a number',
  ])
  const many = schemaProblems(json, { root: { ...empty, folders: Array.from({ length: 12 }, () => 1) } })
  expect(many).toHaveLength(11)
  expect(many.at(-1)).toBe('and 2 more')
})

it('leaves to the schema what it cannot tell in short time, or at such a depth', () => {
  const term: z.ZodType = z.lazy(() =>
    z.discriminatedUnion('is', [
      z.object({ is: z.literal('all'), of: z.array(term) }),
      z.object({ is: z.literal('any'), of: z.array(term) }),
    ]),
  )
  const { json } = defineSchema('Terms', z.object({ terms: z.array(term), name: z.string(), more: z.json() }))
  const nested = (levels: number): JsonValue => ({ is: 'any', of: levels === 0 ? [] : [nested(levels - 1)] })
  // Twice the work at each level: it would not end.
  expect(schemaProblems(json, { name: 1, terms: [nested(60)], more: null })).toEqual([])
  const deep = JSON.parse('['.repeat(4_900) + ']'.repeat(4_900))
  expect(schemaProblems(json, { name: 1, terms: [nested(5)], more: deep })).toEqual([
    'name: must be a text, and is a number',
  ])
})

it('says no more than can be read of a value that could have many forms', () => {
  const term: z.ZodType = z.lazy(() =>
    z.union([z.object({ all: z.array(term) }), z.object({ any: z.array(term), not: z.string() })]),
  )
  const { json: jsonSchema } = defineSchema('Terms', z.object({ term }))
  const nested = (levels: number): JsonValue =>
    levels === 0 ? 1 : { all: [nested(levels - 1)], any: [nested(levels - 1)] }
  const wrong = answerProblem({ answers: 'text', schema: 'Terms', jsonSchema }, JSON.stringify({ term: nested(8) }))
  expect(wrong).toMatch(/^a value that is no Terms \(term\.all\[0\].*…\)$/)
  expect(wrong!.length).toBeLessThan(4_100)
})

it('holds nothing against an answer that the schema would convert', () => {
  const item = z.string().trim().max(4)
  const schema = defineSchema(
    'Loose',
    z.object({
      total: z.coerce.number().optional(),
      lines: z.preprocess(given => JSON.parse(String(given)), z.array(z.number())),
      rest: z.array(z.number().catch(0)),
      state: z.enum(['open', 'paid']).catch('open'),
      items: z.tuple([item, item]),
      paid: z.boolean(),
    }),
  )
  const given = { total: '5', lines: '[1]', rest: ['x'], items: [' coal ', 'tea'], paid: true }
  expect(schema.parse(given)).toMatchObject({
    ok: true,
    value: { total: 5, lines: [1], rest: [0], state: 'open', items: ['coal', 'tea'] },
  })
  expect(schemaProblems(schema.jsonForPeople!, given)).toEqual([])
  expect(schemaProblems(schema.jsonForPeople!, { ...given, paid: 'yes' })).toEqual([
    'paid: must be true or false, and is a text',
  ])
  expect(JSON.stringify(schema.json)).not.toContain('$comment')
})
