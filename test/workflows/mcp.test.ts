import { fileURLToPath } from 'node:url'
import { Runtime } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { defineAgent } from '../../src/tools/index.ts'
import { pages } from '../fixtures/mcp/pages.ts'
import { allEvents, eventOf } from '../support/following.ts'
import { VENDORS } from '../support/scene.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'

let stage: Stage
let warned: readonly string[]

const SHOP = {
  command: process.execPath,
  args: [fileURLToPath(new URL('../fixtures/mcp/serve-shop.ts', import.meta.url))],
}

const find = (shop: string) => ({ name: `${shop}__find`, arguments: { ware: 'lamp' } })

const behaviours: (typeof VENDORS)['vendors'][number]['behaviours'] = [
  { match: 'give back', turns: [{ tools: [{ name: 'asking__refund' }, find('asking')] }, { text: 'Done.' }] },
  { match: 'lamp', turns: [{ tools: [find('open'), find('discreet')] }, { text: 'On shelf 7.' }] },
]

beforeAll(async () => {
  const warn = vi.spyOn(Runtime.instance().logger, 'warn')
  stage = await stageScene({
    vendors: VENDORS.vendors.map(vendor => ({ ...vendor, behaviours })),
    app: {
      mcpServers: {
        open: SHOP,
        discreet: { ...SHOP, dataPolicy: { retention: 'none' } },
        asking: { ...SHOP, needsApproval: ['refund'] },
        sloppy: pages(['show'], [''], {}, { outputSchema: { type: 'object', properties: { a: { pattern: '[' } } } }),
      },
      agents: [
        defineAgent({
          name: 'shopper',
          instructions: 'You shop.',
          tools: ['open__find', 'discreet__find', 'asking__find', 'asking__refund'],
          taskClass: 'cheap',
        }),
      ],
    },
  })
  // A server that is slow to list its tools is warned of, too.
  warned = warn.mock.calls.map(([message]) => message).filter(message => message.includes('schema'))
  warn.mockRestore()
})

afterAll(() => stage?.close())

describe('tools of MCP servers', () => {
  it('are served with a warning where what they give cannot be held to their schema', () => {
    expect(warned).toEqual([expect.stringMatching(/'sloppy' gives its tool 'show' an output schema that is not valid/)])
  })

  it('are tools like any other', async () => {
    expect(await resultsOf({})).toEqual({
      open__find: expect.stringContaining('lamp: shelf 7'),
      discreet__find: expect.stringContaining('lamp: shelf 7'),
    })
  })

  it('wait for a person where their server’s settings say so', async () => {
    const run = await stage.signalbox.start('shopper', { input: 'Please give back.' })
    const asked = await eventOf(run.events(), 'approval-ask')
    expect(asked.toolName).toBe('asking__refund')
    await run.approve(asked.toolCallId)
    await run.outcome()
    const ends = (await allEvents(run.events())).flatMap(event => (event.kind === 'tool-end' ? [event] : []))
    expect(ends.find(end => end.toolName === 'asking__refund')).toMatchObject({ isError: true })
    expect(ends.find(end => end.toolName === 'asking__find')!.offset).toBeLessThan(
      ends.find(end => end.toolName === 'asking__refund')!.offset,
    )
  })

  it.each([{ policy: { zdr: true } }, { workspace: 'acme' }])(
    'are refused by name under zero data retention where the server is not known to keep nothing: %o',
    async terms => {
      expect(await resultsOf(terms)).toEqual({
        open__find: expect.stringContaining("the retention of the MCP server 'open' is"),
        discreet__find: expect.stringContaining('lamp: shelf 7'),
      })
    },
  )
})

async function resultsOf(terms: object) {
  const run = await stage.signalbox.start('shopper', { input: 'Where is the lamp?', ...terms })
  expect(await run.outcome()).toMatchObject({ kind: 'answered', toolCalls: 2 })
  const ends = (await allEvents(run.events())).filter(event => event.kind === 'tool-end')
  return Object.fromEntries(ends.map(end => [end.toolName, end.preview]))
}
