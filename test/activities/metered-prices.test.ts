import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Price } from '../../src/core/endpoints.ts'
import { pricedUsage, TOKEN_KINDS, type TokenKind } from '../../src/core/money/price-of.ts'
import type { AttemptRecord } from '../../src/core/ports.ts'
import { type Calling, startCalling, userMessage } from '../support/calling.ts'
import { marketOf } from '../support/market.ts'

/** No two prices are alike, and none is a sum of others. */
const BASE = { input: 3, cachedInput: 0.3, cacheWrite: 3.75, cacheWriteHour: 6, output: 15, reasoning: 21 }
const ABOVE = 4_000
const TIER = {
  above: ABOVE,
  input: 7,
  cachedInput: 0.7,
  cacheWrite: 8.75,
  cacheWriteHour: 13,
  output: 31,
  reasoning: 43,
}
const PRICE = { ...BASE, tiers: [TIER] }

/** Which prices a vendor's bill depends on, over a short call, the same long one twice, and one above the border of the tier. */
const EVERYWHERE = ['input', 'cachedInput', 'output', 'reasoning'] as const satisfies readonly TokenKind[]
const BILLED = {
  openai: { protocol: 'openai', more: {}, kinds: [...EVERYWHERE, 'cacheWrite'] },
  responses: { protocol: 'openai-responses', more: {}, kinds: [...EVERYWHERE, 'cacheWrite'] },
  compatible: { protocol: 'openai-compatible', more: {}, kinds: [...EVERYWHERE, 'cacheWrite'] },
  google: { protocol: 'google', more: {}, kinds: EVERYWHERE },
  anthropic: { protocol: 'anthropic', more: {}, kinds: [...EVERYWHERE, 'cacheWrite'] },
  hourly: { protocol: 'anthropic', more: { cacheTtl: '1h' }, kinds: [...EVERYWHERE, 'cacheWriteHour'] },
} as const
type VendorName = keyof typeof BILLED
const NAMES = Object.keys(BILLED) as VendorName[]

const MODEL = { maxOutput: 8_000, abilities: ['reasoning'], price: PRICE, vendor: { reasoningTokens: 40 } }
const MARKET = marketOf(
  Object.fromEntries(
    NAMES.map(name => {
      const { protocol, more } = BILLED[name]
      return [name, { protocol, ...more, models: { [`acme/${name}`]: MODEL }, vendor: { cache: true } }]
    }),
  ),
  `classes:\n${NAMES.map(name => `  ${name}: { models: [acme/${name}], reasoning: low, maxOutputTokens: 2000 }\n`).join('')}`,
)

/** Above the 1,024 tokens below which nothing is cached, and below the tier. */
const RULES = 'Be exact, be brief, name your sources. '.repeat(200)

let calling: Calling
beforeAll(async () => {
  calling = await startCalling(MARKET)
})
afterAll(() => calling?.close())

describe.each(NAMES)('%s', name => {
  it('costs in the ledger what its meter says, and any one price that were wrong would show', async () => {
    const rows = await calls(name)
    for (const { cost, wireRequestId } of rows) {
      const metered = calling.vendors.meter().find(({ clientRequestId }) => clientRequestId === wireRequestId)
      expect(cost).toEqual({ lowPico: metered!.billedPico, highPico: metered!.billedPico })
    }
    const shows = (price: Price) => rows.some(({ usage, cost }) => picoAt(usage, price) !== cost?.highPico)
    expect(shows(PRICE)).toBe(false)
    const shown = TOKEN_KINDS.filter(kind => shows({ ...PRICE, [kind]: BASE[kind] + 1e-6 }))
    expect(shown.toSorted()).toEqual(BILLED[name].kinds.toSorted())
    expect(shows({ ...BASE, tiers: [{ ...TIER, output: TIER.output + 1e-6 }] })).toBe(true)
    expect(shows({ ...BASE, tiers: [{ ...TIER, above: 2 * ABOVE }] })).toBe(true)
  })
})

function picoAt(usage: AttemptRecord['usage'], price: Price): string | undefined {
  const priced = pricedUsage(usage, price)
  return priced.kind === 'priced' ? String(priced.pico) : undefined
}

async function calls(name: VendorName): Promise<readonly AttemptRecord[]> {
  const run = await calling.open({ id: `run-at-${name}` })
  const prompts = ['Hello.', RULES, RULES, RULES.repeat(4)]
  for (const [at, prompt] of prompts.entries()) {
    const additions = [{ role: 'system' as const, content: prompt }, userMessage('What is the rule?')]
    expect(await calling.call({ run, taskClass: name, step: at + 1, additions })).toMatchObject({ kind: 'answered' })
  }
  return await calling.store.reports.attempts({ run: run.id, limit: 10 })
}
