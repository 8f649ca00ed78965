import { expect, it } from 'vitest'
import { z } from 'zod'
import { parseWith } from '../../src/tools/parse-with.ts'
import { inputProblem } from '../../src/tools/workflow-inputs.ts'

const SECRET = 'sk-canary my prompt'

const quoting = z.string().refine(() => false, { error: ({ input }) => `bad: ${input}` })

const problemOf = (schema: z.ZodType, input: unknown) => inputProblem({ review: schema }, 'review', input)

it.each<[what: string, schema: z.ZodType, words: string]>([
  ['a transform that throws', z.string().transform(text => JSON.parse(text)), 'throws a SyntaxError'],
  [
    'a check that says what it was given',
    z.string().superRefine((text, { addIssue }) => addIssue(`bad: ${text}`)),
    'does not pass a check',
  ],
  [
    'words made of the input',
    z.string().refine(() => false, { error: ({ input }) => `bad: ${input}` }),
    'bad: undefined',
  ],
  ['a type with words made of the input', z.number({ error: ({ input }) => `bad: ${input}` }), 'bad: undefined'],
  [
    'each form of a union',
    z.union([z.number(), quoting, quoting]),
    'expected number, received string; or does not pass a check of its schema; or does not',
  ],
])('quotes nothing of an input that is refused by %s', (_, schema, words) => {
  const problem = problemOf(schema, SECRET)
  expect(problem).toContain(words)
  expect(problem).not.toContain('canary')
})

it('names the place, what was expected there, and what the author says of it', () => {
  const schema = z.object({
    pages: z.array(z.number().min(3)),
    end: z.string().refine(() => false, 'must be later than the start'),
    style: z.enum(['plain', 'dense']),
  })
  expect(problemOf(schema, { pages: [7, '8', 1], end: 'x', style: 'y' })).toBe(
    'review cannot be started with this input: pages[1]: Invalid input: expected number, received string; ' +
      'pages[2]: Too small: expected number to be >=3; end: must be later than the start; ' +
      'style: Invalid option: expected one of "plain"|"dense"',
  )
})

it('is said in our own words where those of the author throw, which have the input only where it may be quoted', () => {
  const shouting = z.string().refine(() => false, { error: ({ input }) => `bad: ${(input as string).toUpperCase()}` })
  expect(problemOf(shouting, 'ann')).toContain('this input: does not pass a check of its schema')
  expect(parseWith(shouting, 'ann')).toEqual({ ok: false, problem: 'bad: ANN' })
  const always = z.string({ error: () => expect.fail('no words') })
  expect(problemOf(always, 1)).toContain('expected string, received number')
  expect(parseWith(always, 1)).toEqual({ ok: false, problem: 'no words' })
})
