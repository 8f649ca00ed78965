import { expect, it } from 'vitest'
import { z } from 'zod'
import { appProblems } from '../../../src/runtime/app/app-problems.ts'
import { defineAgent, defineSchema, defineTool } from '../../../src/tools/index.ts'
import { soundConfiguration } from '../../support/sound-configuration.ts'

const configuration = soundConfiguration(`
providers: { acme: { protocol: openai, baseURL: "http://127.0.0.1:9/v1", apiKey: none, models: { acme/large: {} } } }
classes: { strong: {} }
`)

const lookUp = (run: () => number) =>
  defineTool({ name: 'look_up', description: 'Looks something up.', input: z.object({}), run })
const verdict = () => defineSchema('Verdict', z.object({ publish: z.boolean() }))
const clerk = (own: Partial<Parameters<typeof defineAgent>[0]>) =>
  defineAgent({ name: 'clerk', instructions: 'You are a clerk.', taskClass: 'strong', ...own })

it('a worker does not start where an agent was given another tool or schema than the app has under that name', () => {
  const agents = [clerk({ tools: [lookUp(() => 1)], schema: verdict() })]
  const app = { agents, tools: [lookUp(() => 2)], schemas: [verdict()] }
  const instead = (kind: string) =>
    `and the app's \`${kind}s\` has a different value with that name, which would be used instead; give both the same value, or give the agent only the name`
  expect(appProblems(app, configuration)).toEqual([
    `agent 'clerk' was given a tool 'look_up', ${instead('tool')}`,
    `agent 'clerk' was given a schema 'Verdict', ${instead('schema')}`,
  ])
})

it('a value that is the registered one, and a name alone, are the agent’s as they were', () => {
  const [tools, schemas] = [[lookUp(() => 1)], [verdict()]]
  const agents = [
    clerk({ tools, schema: schemas[0]! }),
    { ...clerk({ tools: ['look_up'], schema: 'Verdict' }), name: 'other' },
  ]
  expect(appProblems({ agents, tools, schemas }, configuration)).toEqual([])
})
