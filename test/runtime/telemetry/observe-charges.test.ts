import { noopMetricMeter } from '@temporalio/common'
import { expect, it } from 'vitest'
import { createMetrics } from '../../../src/runtime/telemetry/metrics.ts'
import { UNDERSCORED } from '../../../src/runtime/telemetry/names.ts'
import { observeCharges } from '../../../src/runtime/telemetry/observe-charges.ts'
import { openStore } from '../../../src/store/index.ts'
import { newRun, RUN } from '../../store/records.ts'

it('measures what the ledger has: each charge once, and nothing of a call that no budget admits', async () => {
  const store = await openStore({ path: ':memory:' })
  const recorded: [usd: number, tool: unknown][] = []
  const histogram = (name: string) => ({
    record: (usd: number, { gen_ai_tool_name: tool }: Record<string, unknown>) =>
      void (name === 'signalbox_tool_cost' && recorded.push([usd, tool])),
  })
  const metrics = createMetrics(
    Object.assign(Object.create(noopMetricMeter), { createHistogram: histogram }),
    UNDERSCORED,
  )
  const tools = observeCharges(store.tools, ({ toolName }, pico) => metrics.toolCharged(toolName, pico))
  await store.ledger.openRun(newRun({ budget: { usd: '0.05' } }))
  const begin = (toolCallId: string, toolName: string, pricePico?: string) =>
    tools.begin(
      { run: RUN, step: 1, toolCallId, toolName },
      1,
      pricePico === undefined ? undefined : { pricePico, slices: [], shared: [] },
    )
  await begin('a', 'search', '5000000000')
  expect(await begin('a', 'search', '5000000000')).toMatchObject({ kind: 'unknown', pricePico: '5000000000' })
  await tools.finish(
    { run: RUN, step: 1, toolCallId: 'a', toolName: 'search' },
    { isError: false, result: 1, preview: '1', atMs: 2 },
  )
  expect(await begin('a', 'search', '5000000000')).toMatchObject({ kind: 'finished', pricePico: '5000000000' })
  await begin('b', 'draw', '40000000000')
  expect(await begin('c', 'draw', '40000000000')).toMatchObject({ kind: 'short' })
  await begin('d', 'free')
  expect(recorded).toEqual([
    [0.005, 'search'],
    [0.04, 'draw'],
  ])
  const { cost } = (await store.reports.run(RUN.id))!
  expect(cost.highPico).toBe('45000000000')
  await store.close()
})
