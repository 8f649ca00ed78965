import { afterEach, expect, it, vi } from 'vitest'
import type { SharedBudget } from '../../../src/core/budgets/shared-budget.ts'
import { measureBudgets } from '../../../src/runtime/telemetry/budget-gauges.ts'
import { openStore } from '../../../src/store/index.ts'

const budget = (name: string): SharedBudget => ({ name, scope: { all: true }, per: 'day', usd: '1', warnAt: [] })

afterEach(() => {
  vi.useRealTimers()
})

it('leaves no share standing of a budget that is configured no more', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const store = await openStore({ path: ':memory:' })
  let budgets = [budget('press'), budget('news')]
  const shares: Record<string, number[]> = { press: [], news: [] }
  const measure = { budget: (name: string, share: number) => void shares[name]!.push(share) }
  const stop = measureBudgets(() => budgets, store.budgets, measure)
  await expect.poll(() => shares).toEqual({ press: [0], news: [0] })
  budgets = [budget('news')]
  vi.advanceTimersToNextTimer()
  await expect.poll(() => shares).toEqual({ press: [0, 0], news: [0, 0] })
  budgets = []
  vi.advanceTimersToNextTimer()
  await expect.poll(() => shares).toEqual({ press: [0, 0], news: [0, 0, 0] })
  stop()
  await store.close()
})

it('measures nothing where each value of a label has a limit', async () => {
  const store = await openStore({ path: ':memory:' })
  const measured: string[] = []
  const measure = { budget: (name: string) => void measured.push(name) }
  const ofEach = { ...budget('customers'), scope: { each: 'customer' } }
  const stop = measureBudgets(() => [ofEach, budget('press')], store.budgets, measure)
  await expect.poll(() => measured).toEqual(['press'])
  stop()
  await store.close()
})
