import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { defineTool } from '../../src/tools/index.ts'
import { type Calling, RUN, startCalling } from '../support/calling.ts'
import { marketOf } from '../support/market.ts'

const NAMES = ['refund', 'search', 'invoice']

const tool = (name: string, idempotent: boolean) =>
  defineTool({ name, description: name, input: z.object({}), idempotent, run: () => name })

let calling: Calling

beforeAll(async () => {
  const turns = [{ tools: NAMES.map(name => ({ name, arguments: {} })) }]
  const one = {
    models: { 'acme/small': { abilities: ['tools'] } },
    vendor: { behaviours: [{ match: 'money', turns }] },
  }
  calling = await startCalling({
    ...marketOf({ one }, 'classes: { open: { maxOutputTokens: 100 } }'),
    app: { tools: [tool('refund', false), tool('search', true), tool('invoice', false)] },
  })
  await calling.open()
  const { tools } = calling.store
  // At step 1 it wrote an invoice, which the model of the fork sees; at step 2 it acted.
  await tools.begin({ run: RUN, step: 1, toolCallId: 'i', toolName: 'invoice' }, 1)
  for (const toolName of ['refund', 'search'])
    await tools.begin({ run: RUN, step: 2, toolCallId: toolName, toolName }, 2)
})

afterAll(() => calling.close())

const forked = { run: RUN.id, step: 2, transcript: { lineage: `${RUN.key}/1`, length: 1 } }

it.each([
  ['by a fork asks a person first', 'fork', forked, ['refund run-1', 'search', 'invoice']],
  [
    'by a fork of that fork too',
    'again',
    { ...forked, run: 'fork', step: 1, transcript: { lineage: 'key-fork/1', length: 1 } },
    ['refund run-1', 'search', 'invoice'],
  ],
  ['by a fork that may act again does not', 'free', { ...forked, actAgain: true as const }, NAMES],
  ['by another run does not', 'other', undefined, NAMES],
])('what runs at most once, and was done before, %s', async (_, id, forkedFrom, expected) => {
  const run = { ...RUN, id, key: `key-${id}` }
  await calling.store.ledger.openRun({
    run,
    workflow: 'test',
    budget: {},
    startedAtMs: Date.now(),
    ...(forkedFrom && { forkedFrom }),
  })
  const { toolCalls } = await calling.answer({ run, tools: NAMES, prompt: 'The money?' })
  expect(toolCalls.map(({ toolName, actedIn }) => [toolName, ...(actedIn ? [actedIn] : [])].join(' '))).toEqual(
    expected,
  )
  const asked = toolCalls.filter(({ needsApproval }) => needsApproval)
  expect(asked.map(({ actedIn }) => actedIn)).toEqual(expected === NAMES ? [] : ['run-1'])
  const events = await calling.store.events.read(id, 0, 50)
  expect(events.filter(({ kind }) => kind === 'approval-ask')).toMatchObject(
    asked.map(({ toolName, actedIn }) => ({ toolName, actedIn })),
  )
})
