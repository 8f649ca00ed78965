import { expect, test } from 'vitest'
import { limitedBy } from '../../src/providers/faults/limited-by.ts'

const said = (message: string, more: { code?: string; type?: string } = {}) => ({ message, ...more })

test.each([
  ['tokens', said('Rate limit reached for gpt-5 on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000.')],
  ['tokens', said('Limit 30000, Used 29000.', { type: 'tokens' })],
  ['tokens', said('This request would exceed the rate limit for your organization of 40,000 input tokens per minute.')],
  ['tokens', said('Number of request tokens has exceeded your per-minute rate limit.')],
  ['tokens', said('Too many tokens, please wait before trying again.')],
  ['tokens', said('You exceeded your quota.', { code: 'GenerateContentInputTokensPerModelPerMinute-FreeTier' })],
  ['tokens', said('Requests have exceeded token rate limit of your current AIServices S0 pricing tier.')],
  ['concurrency', said('Number of concurrent connections has exceeded your rate limit.')],
  [
    'concurrency',
    said('Your account request reached organization max concurrency: 3, please try again after 1 seconds'),
  ],
  ['concurrency', said('您当前使用该API的并发数过高', { code: '1302' })],
  [undefined, said('Rate limit reached for gpt-5 on requests per min (RPM): Limit 500, Used 500, Requested 1.')],
  ['concurrency', said('You exceeded your quota.', { code: 'ConcurrentRequestsPerModel' })],
  [undefined, said('You exceeded your quota.', { code: 'GenerateContentRequestsPerMinutePerProject' })],
  [undefined, said('Too many requests')],
  // LiteLLM's proxy names all its limits, whichever was reached.
  [undefined, said('Crossed TPM / RPM / Max Parallel Request Limit. current rpm: 2, rpm limit: 2, current tpm: 90')],
  // What a vendor quotes is not its own.
  [undefined, said('Rejected: "how many concurrent tokens per minute?"')],
])('a 429 is about %s that says %o', (about, { message, code, type }) => {
  const words = { ...(code && { code }), ...(type && { type }) }
  const body = { error: { message, ...words } }
  expect(limitedBy({ kind: 'rate-limited', ...words }, { status: 429, headers: {}, body })).toBe(about)
})

test('a 429 is about tokens whose headers say that none are left, and its words nothing', () => {
  const by = (headers: Record<string, string>) =>
    limitedBy({ kind: 'rate-limited' }, { status: 429, headers, body: { error: { message: 'Too many requests' } } })
  expect(by({ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-remaining-requests': '12' })).toBe('tokens')
  expect(by({ 'x-ratelimit-remaining-tokens': '1200', 'x-ratelimit-remaining-requests': '0' })).toBeUndefined()
  expect(by({ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-remaining-requests': '0' })).toBeUndefined()
})

test('a 429 is not about tokens that says something else, though its headers say that none are left', () => {
  const headers = { 'x-ratelimit-remaining-tokens': '0' }
  const by = (message: string, type?: string) =>
    limitedBy({ kind: 'rate-limited', ...(type && { type }) }, { status: 429, headers, body: { error: { message } } })
  expect(
    by('Rate limit reached for gpt-5 on requests per min (RPM): Limit 500, Used 500, Requested 1.'),
  ).toBeUndefined()
  expect(
    by('This request would exceed the rate limit for your organization of 50 requests per minute.'),
  ).toBeUndefined()
  expect(by('Requests have exceeded call rate limit of your current OpenAI S0 pricing tier.')).toBeUndefined()
  expect(by('Limit 500, Used 500.', 'requests')).toBeUndefined()
})
