import { expect, it } from 'vitest'
import { DAY_MS } from '../../../../src/core/durations.ts'
import type { Endpoint } from '../../../../src/core/endpoints.ts'
import type { Policy } from '../../../../src/core/policy/policy.ts'
import { batchRejection } from '../../../../src/core/routing/filter/in-batch.ts'
import { batchPauseMs } from '../../../../src/core/vendor-batch.ts'

const ENDPOINT: Endpoint = {
  id: 'one:acme/small',
  provider: 'one',
  model: 'acme/small',
  upstream: 'small',
  protocol: 'anthropic',
  abilities: [],
  dataPolicy: { retention: 'none' },
  batch: true,
}

const under = (policy: Policy, provider?: string) =>
  batchRejection(ENDPOINT, { policies: [{ level: 'class', policy, ...(provider && { provider }) }] })

it('refuses batches where there are none, and where a policy allows nobody to keep one', () => {
  const { batch: _, ...plain } = ENDPOINT
  expect(batchRejection(plain, { policies: [] })).toEqual({ rule: 'batch' })
  expect(under({})).toBeUndefined()
  expect(under({ zdr: true })).toEqual({ rule: 'batch', kept: true })
  expect(under({ zdr: ['acme'] })).toEqual({ rule: 'batch', kept: true })
  expect(under({ zdr: ['other'] })).toBeUndefined()
  expect(under({ maxRetentionMs: 29 * DAY_MS })).toEqual({ rule: 'batch', kept: true })
  expect(under({ maxRetentionMs: 30 * DAY_MS })).toBeUndefined()
  // Google keeps what came of a batch for six weeks.
  const google = { ...ENDPOINT, protocol: 'google' }
  const policies = (days: number) => [{ level: 'class' as const, policy: { maxRetentionMs: days * DAY_MS } }]
  expect(batchRejection(google, { policies: policies(41) })).toEqual({ rule: 'batch', kept: true })
  expect(batchRejection(google, { policies: policies(42) })).toBeUndefined()
  // What binds another provider's key binds nobody here.
  expect(under({ zdr: true }, 'two')).toBeUndefined()
})

it('looks soon, and then more and more seldom', () => {
  const looks = [0]
  while (looks.at(-1)! < DAY_MS) looks.push(looks.at(-1)! + batchPauseMs(looks.at(-1)!))
  expect(looks.slice(0, 6)).toEqual([0, 2_000, 4_000, 8_000, 16_000, 32_000])
  // A workflow with many calls side by side has 51,200 events for all of their looks.
  expect(looks.length).toBeLessThan(55)
  const pauses = looks.slice(1).map((at, index) => ({ at, pauseMs: at - looks[index]! }))
  for (const { at, pauseMs } of pauses) expect(pauseMs).toBeLessThanOrEqual(Math.max(600_000, at / 12))
})
