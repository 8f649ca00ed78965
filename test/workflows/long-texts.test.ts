import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Message } from '../../src/core/messages.ts'
import type { App } from '../../src/runtime/app/app.ts'
import { connect } from '../../src/runtime/client.ts'
import type { RunHandle } from '../../src/runtime/runs/run-handle.ts'
import { localConnection } from '../../src/runtime/temporal/connection-options.ts'
import { defineAgent } from '../../src/tools/index.ts'
import { eventOf } from '../support/following.ts'
import { marketOf } from '../support/market.ts'
import { type Stage, stageScene } from '../support/scene-stage.ts'
import { toolNamed } from '../support/tool-named.ts'

const MARKET = marketOf(
  {
    one: {
      protocol: 'anthropic',
      dataPolicy: { retention: 'none' },
      models: {
        'acme/huge': {
          contextWindow: 10_000_000,
          abilities: ['tools'],
          price: { input: 1, cachedInput: 0.1, output: 4 },
        },
      },
      vendor: {
        behaviours: [
          {
            match: 'Read',
            turns: [{ tools: [{ name: 'publish', arguments: {} }] }, { text: 'I have read all of it.' }],
          },
        ],
      },
    },
  },
  'classes: { cheap: { models: [acme/huge], maxOutputTokens: 500 } }',
)

const tools = [toolNamed('publish', () => 'published', { needsApproval: true })]

const APP: App = {
  tools,
  agents: [defineAgent({ name: 'reader', instructions: 'You read.', tools, taskClass: 'cheap', limits: { steps: 5 } })],
}

const INPUT = `Read: ${'a word '.repeat(430_000)}`
const SAID = `And Read: ${'ein Wörtchen '.repeat(230_000)}`

let stage: Stage

beforeAll(async () => {
  stage = await stageScene({ ...MARKET, app: APP })
})

afterAll(() => stage?.close())

describe('texts of 3 MB', () => {
  for (const [what, policy] of [
    ['a run', {}],
    ['a sealed run', { zdr: true }],
  ] as const)
    it(`start ${what} and are said to it; the model reads them whole, and history has a reference`, async () => {
      const run = await stage.signalbox.start('reader', { input: INPUT, policy })
      const toolCallId = await approvalOf(run)
      await run.say(SAID)
      await run.approve(toolCallId)
      expect(await run.outcome()).toMatchObject({
        kind: 'answered',
        text: expect.stringContaining('all of it'),
        calls: 2,
      })
      const { key } = (await stage.store.reports.run(run.id))!
      const transcript = await stage.store.transcripts.read({ lineage: `${key}/1`, length: 5 })
      expect(textOf(transcript[1]!) === INPUT).toBe(true)
      expect(textOf(transcript[4]!) === SAID).toBe(true)
      const told = await eventOf(run.events(), 'said')
      expect(told).toMatchObject({ truncated: true, text: expect.stringMatching(/^.{400,600}…$/) })
      expect(SAID.startsWith(told.text.slice(0, -2))).toBe(true)
      expect(await historyBytes(run.id)).toBeLessThan(100_000)
    })

  it('are read again by a fork that is told a long text itself', async () => {
    const run = await stage.signalbox.start('reader', { input: INPUT })
    await approvalOf(run)
    const fork = await stage.signalbox.fork(run.id, { atStep: 1, say: SAID })
    await approvalOf(fork)
    const { key } = (await stage.store.reports.run(fork.id))!
    const transcript = await stage.store.transcripts.read({ lineage: `${key}/1`, length: 3 })
    expect(
      transcript
        .slice(1)
        .map(textOf)
        .every((text, at) => text === [INPUT, SAID][at]),
    ).toBe(true)
    expect(await historyBytes(fork.id)).toBeLessThan(100_000)
    for (const open of [run, fork]) await open.cancel()
    await Promise.all([run.outcome(), fork.outcome()])
  })

  it('end a run whose worker has another store, and say so', async () => {
    const elsewhere = await connect({ ...here(), store: { path: `${stage.storePath}-other` } })
    const run = await elsewhere.start('reader', { input: INPUT })
    expect(await run.outcome()).toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(
        /that a client wrote for the run reader-.* is missing from the store.*DATABASE_URL/,
      ),
    })
    await elsewhere.close()
  })

  it('are no input of a workflow of one’s own, which is told what to do', async () => {
    const run = await stage.signalbox.start('everything', { input: { topic: INPUT } })
    expect(await run.outcome()).toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(/everything has 30\d+ bytes.*where a tool can read it/),
    })
  })
})

describe('a client without the store', () => {
  it('sends what history holds, and refuses the rest with the way out', async () => {
    const without = await connect({ ...here(), store: false })
    await expect(without.start('reader', { input: INPUT })).rejects.toThrow(
      /input of reader has 30\d+ bytes; at most 1000000.*`store`.*DATABASE_URL.*Nothing was sent/,
    )
    const run = await without.start('reader', { input: `Read: ${'a word '.repeat(100_000)}` })
    const toolCallId = await approvalOf(run)
    await expect(run.say(SAID)).rejects.toThrow(/has 3\d+ bytes; at most 1000000.*DATABASE_URL.*Nothing was sent/)
    await run.say('x'.repeat(900_000))
    await expect(run.say('y'.repeat(900_000))).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/18\d+ bytes to read at once.*next call.*store/) },
    })
    await run.approve(toolCallId)
    expect(await run.outcome()).toMatchObject({ kind: 'answered', calls: 2 })
    await without.close()
  })
})

const here = () => ({ temporal: localConnection(inject('temporalAddress')), taskQueue: stage.taskQueue })

async function approvalOf(run: RunHandle): Promise<string> {
  for (;;) {
    const [pending] = (await run.state()).pending
    if (pending) return pending.toolCallId
    await delay(50)
  }
}

function textOf({ content }: Message): string {
  return typeof content === 'string' ? content : content.map(part => (part.type === 'text' ? part.text : '')).join('')
}

async function historyBytes(workflowId: string): Promise<number> {
  const history = await stage.signalbox.client.workflow.getHandle(workflowId).fetchHistory()
  return JSON.stringify(history).length
}
