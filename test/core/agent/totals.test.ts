import { expect, test } from 'vitest'
import { addCall, addChild, addToolCall, NO_TOTALS } from '../../../src/core/agent/totals.ts'
import { exactCost } from '../../../src/core/money/cost.ts'
import type { Outcome } from '../../../src/core/protocol.ts'

const spent = { cost: exactCost(5n), usage: { inputTokens: 30, outputTokens: 12 }, attempts: [] }

test('a run has spent what its calls and tools and the runs below it have', () => {
  const own = addToolCall(addCall(addCall(NO_TOTALS, 'cheap', spent, 'acme/small'), 'cheap', spent, 'acme/small'))
  const totals = addChild(own, { ...spent, kind: 'answered', calls: 3, toolCalls: 4 } as unknown as Outcome)
  expect(totals).toEqual({
    cost: exactCost(15n),
    usage: { inputTokens: 90, outputTokens: 36 },
    calls: 5,
    toolCalls: 5,
    classes: ['cheap'],
    models: ['acme/small'],
  })
})

test('a run names the classes that it asked and those that served it, and the models that answered, each once', () => {
  const first = addCall(NO_TOTALS, 'strong', { ...spent, servedClass: 'cheap' }, 'acme/small')
  const { classes, models } = addCall(addCall(first, 'strong', spent), 'strong', spent, 'bolt/large')
  expect({ classes, models }).toEqual({ classes: ['strong', 'cheap'], models: ['acme/small', 'bolt/large'] })
})
