import { expect, it } from 'vitest'
import { dialectOf } from '../../src/providers/dialects.ts'
import { deadlinesFor } from '../../src/providers/prepare/silence.ts'
import { askOf, endpointOf, settingsOf, WEATHER } from '../support/model-asks.ts'

const DEADLINES = { connectMs: 5_000, firstTokenMs: 30_000, stallMs: 20_000, totalMs: 600_000 }
const SILENT = { firstTokenMs: 300_000, stallMs: 300_000 }

const firstTokenMs = (upstream: string, reasoning: 'none' | 'minimal' | 'low' | 'medium' | 'high', silent?: object) => {
  const ask = askOf(endpointOf('openai-responses', { upstream }), { settings: { reasoning } })
  const deadlines = { ...DEADLINES, silent: silent ?? SILENT }
  const settings = settingsOf('openai-responses', 'http://127.0.0.1:1', { deadlines })
  return deadlinesFor(ask, settings, dialectOf('openai-responses')).firstTokenMs
}

it.each([
  ['gpt-5-mini', 'none', 30_000],
  ['gpt-5.1', 'none', 30_000],
  ['gpt-5-mini', 'minimal', 120_000],
  ['gpt-5-mini', 'low', 120_000],
  ['gpt-5-mini', 'medium', 300_000],
  // "Some requests may take several minutes to finish", says OpenAI of these.
  ['gpt-5-pro', 'low', 600_000],
  ['gpt-5.4-pro', 'high', 600_000],
  ['o3-pro', 'low', 600_000],
] as const)('%s that is to think as %s has %i ms for its first word', (upstream, reasoning, expected) => {
  expect(firstTokenMs(upstream, reasoning)).toBe(expected)
})

it('a time that is named holds for thoughts too', () => {
  expect(firstTokenMs('gpt-5-mini', 'medium', { stallMs: 300_000 })).toBe(30_000)
  expect(firstTokenMs('gpt-5-pro', 'high', { stallMs: 300_000 })).toBe(30_000)
})

const own = (thinking: { type: string; display?: string }) => ({ providerOptions: { anthropic: { thinking } } })

it.each([
  ['a Claude that thinks unasked shows nothing of it', 'claude-opus-5', {}, 300_000],
  ['one that is asked to think shows its thoughts', 'claude-opus-5', { reasoning: 'high' }, 30_000],
  ['one that is asked in options of its own does too', 'claude-opus-5', own({ type: 'enabled' }), 30_000],
  ['one that is to decide for itself does not', 'claude-opus-4-8', own({ type: 'adaptive' }), 300_000],
  ['unless for a summary', 'claude-opus-4-8', own({ type: 'adaptive', display: 'summarized' }), 30_000],
  ['open weights show what they think unasked', 'qwen3-235b', {}, 30_000],
  ['their host may hide it where reasoning is asked for', 'qwen3-235b', { reasoning: 'high' }, 300_000],
  ['other models may think unseen', 'large-v2', {}, 300_000],
] as const)('%s', (_, upstream, settings, expected) => {
  const protocol = upstream.startsWith('claude') ? 'anthropic' : 'openai-compatible'
  const ask = askOf(endpointOf(protocol, { upstream }), { settings })
  const its = settingsOf(protocol, 'http://127.0.0.1:1', { deadlines: { ...DEADLINES, silent: SILENT } })
  expect(deadlinesFor(ask, its, dialectOf(protocol)).firstTokenMs).toBe(expected)
})

it.each([
  ['a Claude writes its calls unseen', 'https://gateway.acme.test/', 'claude-sonnet-4-5', [WEATHER], 300_000],
  [
    'Anthropic itself shows them as they are written',
    'https://api.anthropic.com/v1',
    'claude-sonnet-4-5',
    [WEATHER],
    20_000,
  ],
  ['without tools there are none', 'https://gateway.acme.test/', 'claude-sonnet-4-5', [], 20_000],
  ['other models show them', 'https://gateway.acme.test/', 'large-v2', [WEATHER], 20_000],
])('%s', (_, baseUrl, upstream, tools, expected) => {
  const ask = askOf(endpointOf('anthropic', { upstream, abilities: ['tools'] }), { tools })
  const settings = settingsOf('anthropic', '', { baseUrl, deadlines: { ...DEADLINES, silent: SILENT } })
  expect(deadlinesFor(ask, settings, dialectOf('anthropic')).stallMs).toBe(expected)
})
