import { AsyncLocalStorage } from 'node:async_hooks'
import { MockActivityEnvironment } from '@temporalio/testing'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { createRunTool } from '../../../activities/run-tool.ts'
import { observeActivities, type SeenCharge } from '../../../src/runtime/telemetry/observe-activities.ts'
import { observeCharges } from '../../../src/runtime/telemetry/observe-charges.ts'
import { type CallPlace, placeOf, type Span, toolSpan } from '../../../src/runtime/telemetry/spans.ts'
import { defineTool } from '../../../src/tools/index.ts'
import { RUN, startCalling } from '../../support/calling.ts'
import { marketOf } from '../../support/market.ts'

const search = defineTool({
  name: 'search',
  description: 'searches',
  input: z.object({ query: z.string() }),
  priceUsd: '0.005',
  run: ({ query }) => `found ${query}`,
})

it('has the price in the span of the try that was charged, though its worker was lost, and in none after it', async () => {
  const calling = await startCalling({ ...marketOf({ one: {} }, 'classes: { open: {} }'), app: { tools: [search] } })
  await calling.open()
  const spans: Span[] = []
  const charges = new AsyncLocalStorage<SeenCharge>()
  const observed = observeActivities({
    addSpan: span => void spans.push(span),
    calls: new AsyncLocalStorage<CallPlace>(),
    charges,
    runBeganAtMs: async () => undefined,
    now: () => 1,
  })
  const { ports } = calling.wired
  const toolRecords = observeCharges(ports.toolRecords, (_, pricePico) =>
    Object.assign(charges.getStore()!, { pricePico }),
  )
  const lost = () => Promise.reject(new Error('the worker is lost'))
  const asked = { run: RUN, step: 1, toolCallId: 'workflow-1', toolName: 'search', input: { query: 'tea' } }
  const tryIt = (attempt: number, finish = toolRecords.finish) =>
    new MockActivityEnvironment({ activityType: 'runTool', attempt }, { interceptors: [observed] }).run(
      createRunTool({ ...ports, toolRecords: { ...toolRecords, finish } }),
      asked,
    )
  await expect(tryIt(1, lost)).rejects.toThrow('the worker is lost')
  await tryIt(2)
  // As a run that was reset comes upon it.
  await tryIt(1)
  expect(spans.map(({ attributes }) => attributes['signalbox.cost.usd'])).toEqual(['0.005', undefined, undefined])
  await calling.close()
})

it('has nothing of a name by which a model has called a tool that it was not offered', () => {
  const called = { run: RUN, step: 1, toolCallId: 'call_1', toolName: 'what Ann wrote', unoffered: {} }
  const span = toolSpan(placeOf(RUN, 'a'), called, { result: undefined }, { startMs: 1, endMs: 2 })
  expect(span.name).toBe('execute_tool unoffered')
  expect(JSON.stringify(span)).not.toContain('Ann')
})
