import { expect, test } from 'vitest'
import { toldLimits } from '../../src/providers/faults/told-limits.ts'

test.each([
  [
    { 'x-ratelimit-limit-requests': '500', 'x-ratelimit-limit-tokens': '30000' },
    { requestsPerMinute: 500, tokensPerMinute: 30_000 },
  ],
  [
    { 'anthropic-ratelimit-requests-limit': '50', 'anthropic-ratelimit-input-tokens-limit': '40000' },
    { requestsPerMinute: 50, tokensPerMinute: 40_000 },
  ],
  [{ 'x-ratelimit-limit-tokens': ' 6000 ' }, { tokensPerMinute: 6_000 }],
  [{ 'x-ratelimit-limit-requests': '0', 'x-ratelimit-limit-tokens': 'unlimited' }, undefined],
  [{ 'x-ratelimit-remaining-requests': '12' }, undefined],
])('%o', (headers, limits) => {
  expect(toldLimits(headers as Record<string, string>)).toEqual(limits)
})
