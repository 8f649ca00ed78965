import { expect, it } from 'vitest'
import { dialectOf } from '../../src/providers/dialects.ts'
import { deadlinesFor } from '../../src/providers/prepare/silence.ts'
import { askOf, endpointOf, settingsOf } from '../support/model-asks.ts'

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
