import { setTimeout as delay } from 'node:timers/promises'
import { runInNewContext } from 'node:vm'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import type { ToolCallContext } from '../../src/core/ports.ts'
import type { ToolContent } from '../../src/core/tools/tool-content.ts'
import { defineAgent, defineRemoteTool, defineSchema, defineTool } from '../../src/tools/index.ts'

const call: ToolCallContext = {
  idempotencyKey: 'k',
  runId: 'r',
  workspace: 'default',
  labels: {},
  signal: new AbortController().signal,
}

const PLACE = { description: 'x', input: z.object({}), activity: 'weigh', taskQueue: 'warehouse' }

function returning(result: unknown, maxResultBytes?: number) {
  return defineTool({
    name: 'give',
    description: 'Gives.',
    input: z.object({}),
    run: () => result,
    ...(maxResultBytes !== undefined && { maxResultBytes }),
  })
}

it('may say how far it is also where nobody is shown it, as in a test of a tool alone', async () => {
  const run = (_: unknown, { progress }: { progress(text: string): void }) => progress('half')
  const tool = defineTool({ name: 'give', description: 'Gives.', input: z.object({}), run })
  expect(await tool.run({}, call)).toBeNull()
  const told: string[] = []
  await tool.run({}, { ...call, progress: text => told.push(text) })
  expect(told).toEqual(['half'])
})

describe('a key that does not exist', () => {
  const plain = { description: 'x', input: z.object({}), run: () => null }
  const named = { instructions: 'x', taskClass: 'cheap' }

  it.each([
    ['tool', () => defineTool({ name: 'pay', ...plain, ...{ needApproval: true } }), 'needsApproval'],
    ['remote tool', () => defineRemoteTool({ name: 'weigh', ...PLACE, ...{ taskQueu: 'q' } }), 'taskQueue'],
    [
      'retry',
      () => defineRemoteTool({ name: 'weigh', ...PLACE, retry: { ...({ maxAttempts: 2 } as object) } }),
      'maximumAttempts',
    ],
    ['agent', () => defineAgent({ name: 'clerk', ...named, ...{ tool: [] } }), 'tools'],
    ['limit', () => defineAgent({ name: 'clerk', ...named, limits: { ...({ step: 3 } as object) } }), 'steps'],
    [
      'setting',
      () => defineAgent({ name: 'clerk', ...named, settings: { ...({ maxOutputToken: 3 } as object) } }),
      'maxOutputTokens',
    ],
  ])('of a %s is refused, and the nearest named', (_of, define, nearest) => {
    expect(define).toThrow(`; did you mean '${nearest}'?`)
  })

  it.each([
    ['execute', 'run'],
    ['inputSchema', 'input'],
    ['parameters', 'input'],
  ])('of a tool is known where others call it so: %s', (theirs, ours) => {
    const define = () => defineTool({ name: 'pay', ...plain, ...{ [theirs]: null } })
    expect(define).toThrow(`has '${theirs}', which does not exist; did you mean '${ours}'?`)
  })

  it.each([
    ['model', 'taskClass'],
    ['system', 'instructions'],
    ['stopWhen', 'limits'],
    ['maxTurns', 'limits'],
    ['modelSettings', 'settings'],
    ['temperature', 'settings'],
    ['stopSequences', 'settings'],
    ['outputType', 'schema'],
    ['handoffs', 'agents'],
  ])('of an agent is known where others call it so: %s', (theirs, ours) => {
    const define = () => defineAgent({ name: 'clerk', ...named, ...{ [theirs]: null } })
    expect(define).toThrow(`has '${theirs}', which does not exist; did you mean '${ours}'?`)
  })

  it('has no nearest where nothing is near', () => {
    const define = () => defineAgent({ name: 'clerk', ...named, ...{ memory: null } })
    expect(define).toThrow(/has 'memory', which does not exist; there are: agents, .*, tools$/)
  })
})

describe('what is missing or of another kind', () => {
  const named = { name: 'clerk', instructions: 'x', taskClass: 'cheap' }
  const plain = { name: 'pay', description: 'x', input: z.object({}), run: () => null }

  it.each([
    ['a tool without a function', () => defineTool({ ...plain, run: undefined } as never), /'pay' has no `run`/],
    ['a tool without words', () => defineTool({ ...plain, description: undefined } as never), /no description.*model/],
    [
      'tools by their names',
      () => defineAgent({ ...named, tools: { pay: plain } } as never),
      /tools.*not a list.*\[…\]/,
    ],
    ['agents by their names', () => defineAgent({ ...named, agents: {} } as never), /agents.*not a list/],
    [
      'a bare zod schema',
      () => defineAgent({ ...named, schema: z.object({}) } as never),
      /schema without a name.*defineSchema/,
    ],
    ['a tool that is none', () => defineAgent({ ...named, tools: [z.object({})] } as never), /tools.*has no name/],
    [
      'an answer of no tokens',
      () => defineAgent({ ...named, settings: { maxOutputTokens: 0 } }),
      /maxOutputTokens 0; .*above 0/,
    ],
    [
      'a warm temperature',
      () => defineAgent({ ...named, settings: { temperature: 'warm' } } as never),
      /temperature "warm"/,
    ],
    ['an unsure share', () => defineAgent({ ...named, settings: { topP: 90 } }), /topP 90; .* from 0 to 1/],
    ['half a word', () => defineAgent({ ...named, settings: { topK: 0.5 } }), /topK 0\.5; .*whole number above 0/],
    [
      'a great penalty',
      () => defineAgent({ ...named, settings: { presencePenalty: 3 } }),
      /presencePenalty 3; .*-2 to 2/,
    ],
    ['a seed of words', () => defineAgent({ ...named, settings: { seed: 'oak' } } as never), /seed "oak"; .*whole/],
    [
      'an end of nothing',
      () => defineAgent({ ...named, settings: { stopSequences: [''] } }),
      /stopSequences of which number 1 is empty; .*none of them empty/,
    ],
    [
      'an end that is no list',
      () => defineAgent({ ...named, settings: { stopSequences: 'END' } } as never),
      // What it says may be a prompt's words.
      /stopSequences that is a text; it must be a list of texts/,
    ],
    [
      'too much thought',
      () => defineAgent({ ...named, settings: { reasoning: 'xhigh' } } as never),
      /reasoning "xhigh"; .*none, .*high/,
    ],
    ['an agent without a class', () => defineAgent({ ...named, taskClass: undefined } as never), /no taskClass/],
  ])('%s is refused where it is written', (_, define, words) => {
    expect(define).toThrow(words)
    expect(define).toThrow(TypeError)
  })
})

describe('the input of a tool', () => {
  const search = defineTool({
    name: 'search',
    description: 'Searches.',
    input: z.object({
      query: z.string().min(2).describe('words'),
      limit: z.int().default(5),
      tags: z.array(z.string()).optional(),
      weights: z.record(z.string(), z.number()).optional(),
    }),
    run(input) {
      expectTypeOf(input).toEqualTypeOf<{
        query: string
        limit: number
        tags?: string[] | undefined
        weights?: Record<string, number> | undefined
      }>()
      return `${input.query}/${input.limit}`
    },
  })

  it('reaches vendors as a plain draft-7 object schema', () => {
    expect(search.inputSchema).toEqual({
      type: 'object',
      properties: {
        query: { type: 'string', minLength: 2, description: 'words' },
        limit: { type: 'integer', default: 5 },
        tags: { type: 'array', items: { type: 'string' } },
        weights: { type: 'object', additionalProperties: { type: 'number' } },
      },
      required: ['query'],
      additionalProperties: false,
    })
  })

  it('is parsed with its defaults before the tool sees it', async () => {
    const parsed = search.parse({ query: 'levers' })
    expect(parsed).toEqual({ ok: true, input: { query: 'levers', limit: 5 } })
    if (parsed.ok) expect(await search.run(parsed.input, call)).toBe('levers/5')
  })

  it('is answered with every problem and its path when it is wrong', () => {
    const parsed = search.parse({ query: 'x', tags: ['a', 7] })
    expect(parsed).toMatchObject({ ok: false })
    const lines = parsed.ok ? [] : parsed.problem.split('\n')
    expect(lines).toHaveLength(2)
    expect(lines[0]).toMatch(/^query: .*2/)
    expect(lines[1]).toMatch(/^tags\[1\]: .*string/)
  })

  it('says so when it is no object at all, and stops after ten problems', () => {
    const parsed = search.parse('levers')
    expect(!parsed.ok && parsed.problem).toMatch(/^Invalid input: expected object/)
    const many = search.parse({ query: 'ab', tags: Array.from({ length: 14 }, () => 1) })
    expect(!many.ok && many.problem.split('\n').at(-1)).toBe('and 4 more')
  })

  it('is answered with what each form of a union lacks, of which zod says that nothing fits', () => {
    const one = z.union([z.object({ id: z.int() }), z.object({ name: z.string() }), z.string()])
    const tool = defineTool({ name: 'find', description: '', input: z.object({ all: z.array(one) }), run: () => 1 })
    const parsed = tool.parse({ all: ['York', { id: 'York' }] })
    expect(!parsed.ok && parsed.problem).toMatch(
      /^all\[1\]: Invalid input: id: .*number.*; or name: .*string.*; or .*expected string, received object$/,
    )
  })

  it('must have a JSON form', () => {
    const input = z.object({ since: z.date() })
    expect(() => defineTool({ name: 'late', description: '', input, run: () => 1 })).toThrow(/^Tool 'late'.*Date/)
  })
})

describe('an asynchronous check, for which nobody would wait', () => {
  const later = async () => true
  it.each([
    ['refine', z.object({ user: z.string().refine(later) })],
    ['check', z.object({ users: z.array(z.string().check(async () => {})) })],
    [
      'transform',
      z.object({
        user: z
          .string()
          .transform(async name => name)
          .optional(),
      }),
    ],
    ['preprocess', z.object({ user: z.preprocess(later, z.string()) })],
    ['pipe', z.object({ user: z.string().pipe(z.string().refine(later)) })],
    ['whole', z.object({ user: z.string() }).refine(later)],
  ])('is refused where the schema is given: %s', (_, input) => {
    expect(() => defineTool({ name: 'find', description: 'finds', input, run: () => 1 })).toThrow(
      /^Tool 'find' has an asynchronous check or transform in its schema; make it synchronous/,
    )
    expect(() => defineSchema('Found', input)).toThrow(/^Schema 'Found' has an asynchronous check/)
  })

  // Rejected and unheard, it would end the process of a worker.
  const fails = () => Promise.reject(new Error('the database is away'))
  it.each([
    ['refine', z.object({ user: z.string().refine(fails) })],
    ['superRefine', z.object({ user: z.string().superRefine(fails) })],
    ['transform', z.object({ user: z.string().transform(fails) })],
    ['preprocess', z.object({ user: z.preprocess(name => (name === 7 ? name : fails()), z.string()) })],
  ])('is told in words where it does not show, and may fail: %s', async (_, input) => {
    const unheard: unknown[] = []
    const hear = (error: unknown) => unheard.push(error)
    process.on('unhandledRejection', hear)
    const tool = defineTool({ name: 'find', description: 'finds', input, run: () => 1 })
    expect(tool.parse({ user: 'Ada' })).toEqual({
      ok: false,
      problem: expect.stringMatching(
        /^a check or transform of its schema is asynchronous, .*author.* synchronous, and do/,
      ),
    })
    expect(tool.parse({ user: 7 })).toMatchObject({ ok: false, problem: expect.stringMatching(/^user: .*string/) })
    await delay(5)
    process.off('unhandledRejection', hear)
    expect(unheard).toEqual([])
  })
})

describe('the result of a tool', () => {
  it('has no half characters, which vendors refuse the whole request for', async () => {
    const [train, half] = ['\u{1f682}', '\u{1f682}'.slice(0, 1)]
    expect(await returning(`${train} ${half}`).run({}, call)).toBe(`${train} \uFFFD`)
    const nested = { lines: [`${half}${train}`, '\\ud83d is one', { [train]: half }], count: 1 }
    expect(await returning(nested).run({}, call)).toEqual({
      lines: [`\uFFFD${train}`, '\\ud83d is one', { [train]: '\uFFFD' }],
      count: 1,
    })
  })

  it('is null when the tool returns nothing, and loses undefined properties', async () => {
    expect(await returning(undefined).run({}, call)).toBeNull()
    expect(await returning({ a: 1, b: undefined, c: [undefined] }).run({}, call)).toEqual({ a: 1, c: [null] })
  })

  class Row {
    readonly name: unknown
    constructor(name: unknown) {
      this.name = name
    }
  }
  const tagged = Object.assign(new Row('York'), { [Symbol.toStringTag]: 'Row' })
  const hidden = { toJSON: () => ({ shown: new Date(0) }), own: new Map() }
  it.each([
    ['a Date, also as a whole', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['a class of one’s own', [new Row('York'), tagged], [{ name: 'York' }, { name: 'York' }]],
    ['an object of another realm', runInNewContext('({ rows: [{ n: 1 }] })'), { rows: [{ n: 1 }] }],
    ['an error', [{ reason: new TypeError('no') }], [{ reason: { name: 'TypeError', message: 'no' } }]],
    ['an error of another realm', runInNewContext("new Error('no')"), { name: 'Error', message: 'no' }],
    ['an abort', { reason: AbortSignal.abort().reason }, { reason: expect.objectContaining({ name: 'AbortError' }) }],
    ['an error that says itself what it is', Object.assign(new Error('no'), { toJSON: () => 'no' }), 'no'],
    ['what says itself what it is', { hidden, url: new URL('http://a.example/') }, undefined],
    ['a row without a prototype', Object.assign(Object.create(null), { n: 1 }), { n: 1 }],
    ['a large integer', { count: 2n ** 60n }, { count: '1152921504606846976' }],
  ])('is what JSON makes of it, as of rows of a database: %s', async (_, result, json) => {
    expect(await returning(result).run({}, call)).toEqual(json ?? JSON.parse(JSON.stringify(result)))
  })

  const circular: Record<string, unknown> = {}
  circular.self = circular
  it.each([
    ['a Date of no day', { a: [{ at: new Date('soon') }] }, '$.a[0].at is an invalid Date, which JSON cannot'],
    ['a Map', new Map(), '$ is a Map, which JSON cannot hold; give `Object.fromEntries(map)`'],
    ['a Set', { seen: new Set() }, '$.seen is a Set, which JSON cannot hold; give `[...set]`'],
    ['a promise', { later: Promise.resolve(1) }, '$.later is a Promise, which JSON cannot hold; give what it resolves'],
    ['an error in a class', new Row(new TypeError('no')), '$.name is a TypeError, which JSON cannot hold; give its'],
    ['a Map with a name', Object.assign(new Map(), { name: 'York' }), '$ is a Map'],
    ['bytes', { photo: Buffer.from('x') }, '$.photo is a Buffer, which JSON cannot hold; give its base64, as text'],
    ['an answer that nobody has read', new Response('{}'), '$ is a Response, which JSON cannot hold; give `await'],
    ['a generator', (async function* () {})(), '$ is an AsyncGenerator'],
    ['what shows nothing', { at: new (class Sealed {})() }, '$.at is a Sealed'],
    ['NaN', [Number.NaN], '$[0] is NaN'],
    ['infinity', { limit: -1 / 0 }, '$.limit is -Infinity'],
    ['a function', { f: () => 1 }, '$.f is a function'],
    ['a symbol', [Symbol('f')], '$[0] is a symbol'],
    ['a cycle', circular, '$.self refers back'],
  ])('is an error that names the place of %s', async (_, result, problem) => {
    await expect(returning(result).run({}, call)).rejects.toThrow(problem)
  })

  it('may be nested as deep as can be read again, and no deeper', async () => {
    const nested = (depth: number) => JSON.parse(`${'{"in":['.repeat(depth / 2)}1${']}'.repeat(depth / 2)}`)
    expect(await returning(nested(1_000)).run({}, call)).toEqual(nested(1_000))
    for (const depth of [1_002, 3_000, 100_000])
      await expect(returning(nested(depth)).run({}, call)).rejects.toThrow(
        /returned what is not JSON: \$\.in\[0\].{0,80} is nested more than 1000 deep$/,
      )
    const shape = defineSchema('Shape', z.object({ in: z.array(z.unknown()) }))
    expect(shape.parse(nested(3_000))).toMatchObject({
      ok: false,
      problem: expect.stringMatching(/more than 1000 deep/),
    })
  })

  it('may hold one object in two places', async () => {
    const shared = { x: 1 }
    expect(await returning({ a: shared, b: [shared] }).run({}, call)).toEqual({ a: { x: 1 }, b: [{ x: 1 }] })
  })

  it.each([
    ['plain text', 'a'.repeat(5_000)],
    ['text that JSON escapes', '"\n'.repeat(3_000)],
    ['text outside of the first plane', '🚂'.repeat(2_000)],
    ['an object', { rows: Array.from({ length: 500 }, (_, row) => ({ row })) }],
  ])('is cut within its bound and says how long it was: %s', async (_, result) => {
    const cut = await returning(result, 1_000).run({}, call)
    const whole = Buffer.byteLength(JSON.stringify(result))
    const size = Buffer.byteLength(JSON.stringify(cut))
    expect(size).toBeLessThanOrEqual(1_000)
    expect(size).toBeGreaterThan(970)
    expect(cut).toMatch(new RegExp(`\\[Cut here: the whole result has ${whole} bytes, and you see the first \\d+\\.`))
    expect(Buffer.from(cut as string).toString()).toBe(cut)
    const source = typeof result === 'string' ? result : JSON.stringify(result)
    expect(source.startsWith((cut as string).split('\n[Cut here')[0]!)).toBe(true)
  })

  it('is left alone when it just fits', async () => {
    const exact = 'a'.repeat(998)
    expect(await returning(exact, 1_000).run({}, call)).toBe(exact)
  })
})

describe('approval', () => {
  const input = z.object({ amount: z.number() })
  const pay = defineTool({
    name: 'pay',
    description: 'Pays.',
    input,
    needsApproval: ({ amount }) => amount > 100,
    run: () => 'paid',
  })

  it('can depend on the input, and is never asked for an input that cannot run', () => {
    expect(pay.needsApproval({ amount: 101 })).toBe(true)
    expect(pay.needsApproval({ amount: 100 })).toBe(false)
    const always = [true, { withinMs: 1_000, otherwise: 'deny' }] as const
    for (const needsApproval of [() => true, ...always]) {
      const tool = defineTool({ name: 'pay', description: 'Pays.', input, needsApproval, run: () => 'paid' })
      expect(tool.needsApproval({ amount: 'much' })).toBe(false)
    }
  })

  it('can depend on the run', () => {
    const needsApproval = (_: unknown, { labels }: Pick<ToolCallContext, 'labels'>) => labels.mode !== 'trusted'
    const tool = defineTool({ name: 'pay', description: 'Pays.', input, needsApproval, run: () => 'paid' })
    const run = { runId: 'run-1', workspace: 'press', labels: { mode: 'trusted' } }
    expect([tool.needsApproval({ amount: 1 }, run), tool.needsApproval({ amount: 1 })]).toEqual([false, true])
  })

  it('is off unless asked for', () => {
    const run = () => 1
    expect(defineTool({ name: 'a', description: '', input, run }).needsApproval({ amount: 1 })).toBe(false)
    const always = defineTool({ name: 'a', description: '', input, run, needsApproval: true })
    expect(always.needsApproval({ amount: 1 })).toBe(true)
  })

  it('is asked for where the author does not say', () => {
    const tool = { name: 'a', description: '', input, run: () => 1 }
    const fail = () => {
      throw new Error('the list is not there')
    }
    const never = { withinMs: Number.NaN, otherwise: 'deny' } as const
    for (const needsApproval of [fail, () => never, (() => Promise.resolve(false)) as never, (() => {}) as never])
      expect(defineTool({ ...tool, needsApproval }).needsApproval({ amount: 1 })).toBe(true)
  })

  it('is refused as a function that would answer later: each call would wait for a person', () => {
    const needsApproval = (async () => false) as never
    const define = () => defineTool({ name: 'pay', description: '', input, run: () => 1, needsApproval })
    expect(define).toThrow("Tool 'pay' has an asynchronous function as needsApproval; it must answer synchronously")
  })

  it('is not asked for where a transform of the input throws, and the model is told what it threw', () => {
    const host = z.object({ url: z.string().transform(text => new URL(text).host) })
    const tool = defineTool({ name: 'a', description: '', input: host, needsApproval: () => true, run: () => 1 })
    expect(tool.needsApproval({ url: 'nowhere' })).toBe(false)
    expect(tool.parse({ url: 'nowhere' })).toEqual({ ok: false, problem: 'Invalid URL' })
    expect(tool.parse({ url: 'http://a.example/b' })).toEqual({ ok: true, input: { url: 'a.example' } })
  })

  it('may have a deadline, for some inputs or for all, and one that cannot be is refused', () => {
    const needsApproval = { withinMs: 1_000, otherwise: 'deny' } as const
    const tool = { name: 'a', description: '', input, run: () => 1 }
    expect(defineTool({ ...tool, needsApproval }).needsApproval({ amount: 1 })).toEqual(needsApproval)
    const some = defineTool({ ...tool, needsApproval: ({ amount }) => amount > 1 && needsApproval })
    expect([1, 2].map(amount => some.needsApproval({ amount }))).toEqual([false, needsApproval])
    expect(() => defineTool({ ...tool, needsApproval: { ...needsApproval, withinMs: 0 } })).toThrow(/withinMs 0/)
    const yes = 'yes' as unknown as boolean
    expect(() => defineTool({ ...tool, needsApproval: yes })).toThrow(/needsApproval "yes"; it must be true, false/)
    const otherwise = 'wait' as 'deny'
    expect(() => defineTool({ ...tool, needsApproval: { withinMs: 1, otherwise } })).toThrow(/otherwise "wait"/)
    const century = { ...needsApproval, withinMs: 3_153_600_000_001 }
    expect(() => defineTool({ ...tool, needsApproval: century })).toThrow(/withinMs 3153600000001; .* to 3153600000000/)
  })
})

describe('bounds', () => {
  it('have defaults and refuse nonsense by name', () => {
    const tool = { name: 'wait', description: '', input: z.object({}), run: () => 1 }
    expect(defineTool(tool)).toMatchObject({ idempotent: true, timeoutMs: 60_000, maxResultBytes: 100_000 })
    expect(() => defineTool({ ...tool, timeoutMs: 0 })).toThrow("Tool 'wait' has timeoutMs 0")
    expect(() => defineTool({ ...tool, maxResultBytes: 100 })).toThrow('at least 512')
  })

  it('of what a call may cost are those of an exact amount', () => {
    const tool = { name: 'wait', description: '', input: z.object({}), run: () => 1 }
    expect(defineTool(tool)).not.toHaveProperty('priceUsd')
    expect(defineTool({ ...tool, priceUsd: '0.000000000001' })).toMatchObject({ priceUsd: '0.000000000001' })
    expect(defineRemoteTool({ name: 'wait', ...PLACE, priceUsd: '0.5' })).toMatchObject({ priceUsd: '0.5' })
    for (const wrong of ['-1', '1e-3', '', '0.0000000000001'])
      expect(() => defineTool({ ...tool, priceUsd: wrong })).toThrow("Tool 'wait' has a wrong priceUsd: ")
    expect(() => defineTool({ ...tool, priceUsd: 0.005 as never })).toThrow(
      "0.005 is not a text; write USD like '0.005'",
    )
  })

  it('end a tool before the activity that runs it ends, and would be tried anew', () => {
    const tool = { name: 'wait', description: '', input: z.object({}), run: () => 1 }
    expect(() => defineTool({ ...tool, timeoutMs: 7_200_000 })).toThrow('it must be a whole number from 1 to 3540000')
    expect(defineRemoteTool({ name: 'wait', ...PLACE, timeoutMs: 7_200_000 }).remote?.timeoutMs).toBe(7_200_000)
  })

  it.each([
    [{ activity: '' }, "Tool 'weigh' has an empty activity"],
    [{ taskQueue: '' }, "Tool 'weigh' has an empty taskQueue"],
    [{ timeoutMs: 0.5 }, "Tool 'weigh' has timeoutMs 0.5"],
    [{ timeoutMs: 1e15 }, 'timeoutMs 1000000000000000; it must be a whole number from 1 to 3153600000000'],
    [{ retry: { maximumAttempts: 0 } }, "The retry of tool 'weigh' has maximumAttempts 0"],
    [{ retry: { initialIntervalMs: 0 } }, 'initialIntervalMs 0'],
    [
      { retry: { maximumIntervalMs: 500 } },
      'maximumIntervalMs 500; it must be a whole number from 1000 to 3153600000000',
    ],
    [{ retry: { backoffCoefficient: 0.5 } }, 'backoffCoefficient 0.5'],
  ])('of a remote tool that no activity can be scheduled with are refused: %o', (wrong, words) => {
    expect(() => defineRemoteTool({ name: 'weigh', ...PLACE, ...wrong })).toThrow(words)
  })
})

it('says of a schema of zod 3, and of what is none, what it was given', () => {
  const given = (input: object) => () =>
    defineTool({ name: 'find', description: 'finds', input: input as never, run: async () => 1 })
  // As zod 3 makes them: with the methods, and without what a JSON form is made from.
  expect(given({ _def: { typeName: 'ZodObject' }, parse() {} })).toThrow(
    /Tool 'find' was given a zod 3 schema; .*zod@4.*zod\/v4/,
  )
  expect(given({ type: 'object' })).toThrow(/Tool 'find' was given something that is not a zod schema/)
})

it('cuts the texts of what a tool shows, and no file of it', async () => {
  const file = { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'iVBORw0KGgo'.repeat(10_000) } }
  const shows = defineTool({
    name: 'shows',
    description: 'shows',
    input: z.object({}),
    maxResultBytes: 600,
    run: () => ({ type: 'content', value: [{ type: 'text', text: 'word '.repeat(1_000) }, file] }),
  })
  const drawn = { type: 'content', value: [{ ...file, mediaType: 'image/svg+xml' }] }
  await expect(returning(drawn).run({}, call)).rejects.toThrow(
    'it gave a file of image/svg+xml: models are given texts',
  )
  const { value } = (await shows.run({}, {} as never)) as unknown as ToolContent
  expect(value[1]).toEqual(file)
  expect(JSON.stringify((value[0] as { text: string }).text).length).toBeLessThanOrEqual(600)
})

it('a remote tool hands on as JSON what its schema makes of the input, and takes none of which that would lose something', () => {
  const remote = (input: z.ZodObject) => defineRemoteTool({ name: 'weigh', ...PLACE, input })
  const words = z.string().transform(text => new Set(text.split(' ')))
  expect(remote(z.object({ words })).parse({ words: 'a b' })).toEqual({
    ok: false,
    problem: expect.stringMatching(
      /^its schema makes of it what no other worker can be handed as JSON: \$\.words is a Set/,
    ),
  })
  const dated = z.object({ day: z.string().transform(day => new Date(day)), gram: z.string().transform(BigInt) })
  expect(remote(dated).parse({ day: '2026-11-27', gram: '5' })).toEqual({
    ok: true,
    input: { day: '2026-11-27T00:00:00.000Z', gram: '5' },
  })
})
