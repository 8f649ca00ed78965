import { describe, expect, test } from 'vitest'
import { promptBounds } from '../../../src/core/agent/prompt-bounds.ts'
import type { AgentPlan } from '../../../src/core/protocol.ts'
import type { Directory } from '../../../src/core/task-class.ts'
import { endpoint, taskClass } from '../routing/plan-fixtures.ts'

const SMALL = 32_000
const directory: Directory = {
  endpoints: [
    endpoint('acme', 'm/large', { contextWindow: 200_000, price: { input: 1, cachedInput: 0.5 } }),
    endpoint('bolt', 'm/small', { contextWindow: SMALL, price: { input: 1, cachedInput: 0.1 } }),
  ],
  classes: { strong: taskClass({ maxOutputTokens: 1_000 }) },
  policy: {},
  workspaces: {},
  budgets: [],
  catalogVersion: '',
  notes: [],
}
const plan: AgentPlan = {
  name: 'digger',
  instructions: '',
  taskClass: 'strong',
  tools: [],
  limits: { steps: 9, parallelTools: 1 },
}

describe('a run that is bound to one model', () => {
  test.each(['m/small', 'bolt:m/small'])('%s keeps its prompts inside of that one’s window', model => {
    expect(promptBounds(directory, plan, model)).toMatchObject({
      ceiling: Math.floor((SMALL - 1_000) * 0.9),
      cachedShare: 0.1,
    })
  })

  test('a window that is small beside others counts for nobody else', () => {
    expect(promptBounds(directory, plan)).toMatchObject({ ceiling: 179_100, cachedShare: 0.5 })
  })
})
