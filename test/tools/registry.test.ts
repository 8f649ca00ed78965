import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Agent } from '../../src/core/ports.ts'
import { type AgentDefinition, createRegistry, defineAgent, defineSchema, defineTool } from '../../src/tools/index.ts'

const tool = (name: string) => defineTool({ name, description: name, input: z.object({}), run: () => name })
const readDocument = tool('read_document')
const verdict = defineSchema('Verdict', z.object({ allowed: z.boolean(), reasons: z.array(z.string()) }))
const agent = defineAgent({
  name: 'researcher',
  instructions: 'Find out.',
  taskClass: 'strong',
  tools: [readDocument, 'calculate'],
  schema: verdict,
})

describe('an agent', () => {
  it('is plain JSON with names for tools and schema, and its limits filled in', () => {
    expect(JSON.parse(JSON.stringify(agent))).toEqual({
      name: 'researcher',
      instructions: 'Find out.',
      taskClass: 'strong',
      tools: ['read_document', 'calculate'],
      limits: { steps: 100, parallelTools: 8, stepsPerPart: 100 },
      schema: 'Verdict',
    })
  })
})

it('a tool with a wrong price, as one that was changed after it was defined, is a problem', () => {
  const { problems } = createRegistry({ tools: [readDocument, { ...tool('search'), priceUsd: '$1' }] })
  expect(problems).toEqual([`tool 'search' has a wrong priceUsd: "$1" is not an amount; write USD like '0.50'`])
})

it('an agent without instructions is none', () => {
  const { instructions: _, ...without } = agent
  expect(() => defineAgent(without as never)).toThrow(
    "Agent 'researcher' has no instructions; give it a text, or a function",
  )
})

describe('an agent among the tools of another', () => {
  it('may have a slice, which is checked before anyone works', () => {
    const asking = (usd: string) =>
      defineAgent({ ...agent, agents: ['clerk', { name: 'critic', budget: { usd } }], tools: [] })
    expect(asking('0.10')).toMatchObject({ agents: ['clerk', 'critic'], agentBudgets: { critic: { usd: '0.10' } } })
    const named = ['clerk', 'critic'].map(name => defineAgent({ name, instructions: name, taskClass: 'cheap' }))
    const { problems } = createRegistry({ agents: [...named, asking('-0.10')], schemas: [verdict] })
    expect(problems).toEqual([expect.stringMatching(/'researcher', its agent 'critic': the budget's usd: "-0\.10"/)])
  })
})

describe('the tool that an agent has to call first', () => {
  it('is one of its own tools or agents, by value or name, and nothing is kept of what is no choice', () => {
    const choosing = (toolChoice: AgentDefinition['toolChoice'], tools = agent.tools) =>
      defineAgent({ ...agent, tools, agents: ['clerk'], ...(toolChoice !== undefined && { toolChoice }) })
    expect(choosing(readDocument)).toMatchObject({ toolChoice: 'read_document' })
    expect(choosing('auto')).not.toHaveProperty('toolChoice')
    const clerk = defineAgent({ name: 'clerk', instructions: 'x', taskClass: 'cheap' })
    const problemsOf = (one: Agent) =>
      createRegistry({ agents: [clerk, one], tools: [readDocument, tool('calculate')], schemas: [verdict] }).problems
    for (const choice of ['none', 'required', 'calculate', clerk, readDocument])
      expect(problemsOf(choosing(choice))).toEqual([])
    const none = "agent 'researcher' has toolChoice 'calculates', which is not one of its tools and agents"
    expect(problemsOf(choosing('calculates'))).toEqual([`${none}, which are: read_document, calculate, clerk`])
    const alone = defineAgent({ name: 'alone', instructions: 'x', taskClass: 'cheap', toolChoice: 'required' })
    expect(problemsOf(alone)).toEqual(["agent 'alone' has toolChoice 'required' and no tools"])
    const asElsewhere = { type: 'tool', toolName: 'calculate' } as never
    expect(problemsOf(choosing(asElsewhere))).toEqual([expect.stringContaining('not one of its tools')])
  })
})

describe('a name', () => {
  const plain = { instructions: 'x', taskClass: 'cheap' }
  const critic = defineAgent({ name: 'critic', ...plain })

  it('of an agent that others may ask is no tool’s, whoever has the tool: the tool would be asked', () => {
    const chief = defineAgent({ name: 'chief', ...plain, agents: [critic] })
    const { problems } = createRegistry({ agents: [critic, chief], tools: [tool('critic')] })
    expect(problems).toEqual([
      expect.stringMatching(/'chief' names 'critic' among its agents, and a tool is called that/),
    ])
    const { problems: fewer } = createRegistry({ agents: [critic], tools: [tool('critic')] })
    expect(fewer).toEqual([])
  })

  it('stands once among the tools of an agent, and among its agents', () => {
    const chief = defineAgent({
      name: 'chief',
      ...plain,
      tools: [readDocument, 'read_document'],
      agents: ['critic', critic],
    })
    const { problems } = createRegistry({ agents: [critic, chief], tools: [readDocument] })
    expect(problems).toEqual([
      expect.stringMatching(/'chief' names the tool 'read_document' more than once/),
      expect.stringMatching(/'chief' names the agent 'critic' more than once/),
    ])
  })
})

describe('an answer schema', () => {
  it('gives the value, or the problem in words', () => {
    const value = { allowed: true, reasons: [] }
    expect(verdict.parse(value)).toEqual({ ok: true, value })
    expect(verdict.parse({ allowed: 'yes', reasons: [] })).toEqual({
      ok: false,
      problem: expect.stringMatching(/^allowed: .*boolean/),
    })
  })

  it('gives what its transforms make as JSON, and refuses what that would lose', () => {
    const schema = defineSchema('Day', z.object({ day: z.string().transform(text => new Date(text)) }))
    const strict = defineSchema('Place', z.object({ url: z.string().transform(text => new URL(text).host) }))
    expect(strict.parse({ url: 'nowhere' })).toEqual({ ok: false, problem: 'Invalid URL' })
    expect(schema.parse({ day: '2026-01-01' })).toEqual({ ok: true, value: { day: '2026-01-01T00:00:00.000Z' } })
    expect(schema.parse({ day: 'soon' })).toEqual({
      ok: false,
      problem: expect.stringMatching(/^\$\.day is an invalid Date/),
    })
  })

  it('must be an object, for vendors take nothing else', () => {
    expect(() => defineSchema('List', z.array(z.string()))).toThrow("Schema 'List' has array at the root")
  })
})

describe('the registry', () => {
  const registry = createRegistry({ agents: [agent], tools: [readDocument, tool('calculate')], schemas: [verdict] })

  it('finds entries by name and has nothing to complain about', () => {
    expect(registry.problems).toEqual([])
    expect(registry.agent('researcher')).toBe(agent)
    expect(registry.tool('read_document')).toBe(readDocument)
    expect(registry.schema('Verdict')).toBe(verdict)
    expect(registry.tool('toString')).toBeUndefined()
  })

  it('lists every problem at once', () => {
    const twice = tool('read_document')
    const lost = defineAgent({
      name: 'lost soul',
      instructions: '',
      taskClass: 'cheap',
      tools: ['read_documnt', 'fly'],
      schema: 'Verdit',
      limits: { steps: 0 },
    })
    const { problems } = createRegistry({
      agents: [lost],
      tools: [readDocument, twice, tool('a.b')],
      schemas: [verdict],
    })
    expect(problems).toEqual([
      `agent 'lost soul': a name must be 1 to 64 letters, digits, "_" or "-"`,
      `tool 'a.b': a name must be 1 to 64 letters, digits, "_" or "-"`,
      "tool 'read_document' is defined more than once",
      "agent 'lost soul' names the tool 'read_documnt', which is not registered; did you mean 'read_document'?",
      "agent 'lost soul' names the tool 'fly', which is not registered; add it to the app's `tools`, which has: read_document, read_document, a.b",
      "agent 'lost soul' names the schema 'Verdit', which is not registered; did you mean 'Verdict'?",
      "agent 'lost soul' has limits.steps 0; it must be a whole number of at least 1",
    ])
  })
})
