import { setTimeout as pause } from 'node:timers/promises'
import { ActivityCancellationDetails } from '@temporalio/common'
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { z } from 'zod'
import { createRunTool } from '../../activities/run-tool.ts'
import type { ToolCallContext } from '../../src/core/ports.ts'
import type { RunToolResult } from '../../src/core/protocol.ts'
import { defineTool } from '../../src/tools/index.ts'
import { type Calling, RUN, startCalling } from '../support/calling.ts'
import { marketOf } from '../support/market.ts'

let calling: Calling
let environment: MockActivityEnvironment
let written: { readonly text: string; readonly at: number }[]

beforeEach(async () => {
  written = []
  environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') })
  calling = await startCalling(marketOf({ one: {} }, 'classes: { open: {} }'))
  await calling.open()
})

afterEach(() => calling.close())

type Work = (call: Required<ToolCallContext>) => unknown

/** Runs a tool that works so, over the real store, and notes what is written to that. */
function runTool(work: Work, write = calling.wired.ports.toolRecords.progress): Promise<RunToolResult> {
  const tool = defineTool({ name: 'read', description: 'r', input: z.object({}), run: (_, call) => work(call) })
  const progress: typeof write = (key, text, atMs) => {
    written.push({ text, at: performance.now() })
    return write(key, text, atMs)
  }
  const { ports } = calling.wired
  const toolRecords = { ...ports.toolRecords, progress }
  const registry = { ...ports.registry, tool: () => tool }
  const asked = { run: RUN, step: 1, toolCallId: 'workflow-1', toolName: 'read', input: {} }
  return environment.run(createRunTool({ ...ports, toolRecords, registry }), asked)
}

const shown = async () => {
  const events = await calling.store.events.read(RUN.id, 0, 100)
  return events.flatMap(event => (event.kind === 'tool-progress' ? event.text : []))
}

const texts = () => written.map(({ text }) => text)

it('writes the first at once, then the latest of each second, and keeps none when the tool has ended', async () => {
  let said = 0
  const result = await runTool(async ({ progress }) => {
    for (; written.length < 2; await pause(10)) progress(`page ${++said}`)
    for (const text of ['almost', 'all but one']) progress(text)
    await expect.poll(shown).toEqual(['all but one'])
    progress('nobody needs this')
    return 'read'
  })
  expect(result).toMatchObject({ kind: 'done', result: { isError: false, preview: '"read"' } })
  expect(said).toBeGreaterThan(2)
  expect(texts()).toEqual(['page 1', `page ${said}`, 'all but one'])
  const [first, second, third] = written.map(({ at }) => at) as [number, number, number]
  for (const passed of [second - first, third - second]) expect(passed).toBeGreaterThan(950)
  expect(await shown()).toEqual([])
})

it('makes a text one line of 160 characters, and takes nothing that is none', async () => {
  await runTool(async ({ progress }) => {
    for (const wrong of [undefined, 7, {}]) progress(wrong as unknown as string)
    progress(' \n')
    progress(`two\nlines ${'and more '.repeat(100)}`)
    await expect.poll(() => written.length).toBe(1)
  })
  expect(texts()[0]).toMatch(/^two lines and more .*…$/)
  expect(texts()[0]).toHaveLength(160)
})

it('runs a tool to its end whose progress the store does not take', async () => {
  const broken = () => Promise.reject(new Error('the store is away'))
  const result = await runTool(async ({ progress }) => {
    progress('one')
    await pause(1_100)
    progress('two')
    await expect.poll(() => written.length).toBe(2)
    return 'read'
  }, broken)
  expect(result).toMatchObject({ kind: 'done', result: { isError: false, preview: '"read"' } })
})

it('heeds nothing that a tool says after its end', async () => {
  let late: Required<ToolCallContext>['progress'] | undefined
  await runTool(({ progress }) => {
    late = progress
    return 'read'
  })
  late!('still here')
  await pause(50)
  expect(texts()).toEqual([])
})

it('heeds nothing that a tool says after it was cancelled', async () => {
  const result = await runTool(async ({ progress, signal }) => {
    progress('at work')
    signal.addEventListener('abort', () => setTimeout(() => progress('still here'), 20))
    setImmediate(() => environment.cancel('CANCELLED', new ActivityCancellationDetails({ cancelRequested: true })))
    await pause(3_000, undefined, { ref: false })
  })
  expect(result).toEqual({ kind: 'cancelled' })
  const ended = await calling.store.events.read(RUN.id, 0, 100)
  expect(ended.at(-1)).toMatchObject({ kind: 'tool-end', toolName: 'read', cancelled: true })
  await pause(1_200)
  expect(texts()).toEqual(['at work'])
  expect(await shown()).toEqual([])
})
