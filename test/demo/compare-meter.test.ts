import { describe, expect, it } from 'vitest'
import { costBetween, NO_COST } from '../../src/core/money/cost.ts'
import type { AttemptRecord } from '../../src/core/ports.ts'
import { compareWithMeter, type Metered } from '../../src/runtime/demo/compare-meter.ts'
import { attemptAt } from './records.ts'

const billed = ({ wireRequestId, provider }: AttemptRecord, billedPico: string): Metered => ({
  vendor: provider,
  requestId: `req-${wireRequestId}`,
  clientRequestId: wireRequestId,
  billedPico,
  state: 'closed',
})

describe('ledger and meter', () => {
  it('agree where exact rows are equal and the others lie within their bounds', () => {
    const answered = attemptAt('a:x/m')
    const cut = attemptAt('b:x/m', { outcome: 'fault', cost: costBetween(0n, 500n) })
    const refused = attemptAt('d:x/m', { outcome: 'fault', cost: NO_COST })
    const comparison = compareWithMeter([answered, cut, refused], [billed(answered, '100'), billed(cut, '40')])
    expect(comparison).toMatchObject({ ledgerExactPico: 100n, meterExactPico: 100n, meterPico: 140n })
    expect(comparison).toMatchObject({ ledgerLowPico: 100n, ledgerHighPico: 600n, problems: [] })
  })

  it.each(['99', '101'])('disagree where a vendor billed %s pico-dollars for an exact 100', pico => {
    const answered = attemptAt('a:x/m')
    const { problems, meterExactPico } = compareWithMeter([answered], [billed(answered, pico)])
    expect(problems).toEqual([expect.stringMatching(/desk-1 at a:x\/m costs \$0\.0000000001 in the ledger and/)])
    expect(meterExactPico).toBe(BigInt(pico))
  })

  it('disagree by errors that cancel each other out in the sums', () => {
    const [first, second] = [attemptAt('a:x/m'), attemptAt('a:x/m')]
    const comparison = compareWithMeter([first, second], [billed(first, '90'), billed(second, '110')])
    expect(comparison.meterExactPico).toBe(comparison.ledgerExactPico)
    expect(comparison.problems).toHaveLength(2)
  })

  it.each([
    ['a request that the ledger lacks', [], [billed(attemptAt('a:x/m'), '7')], 'which the ledger does not have'],
    ['an answer that nobody metered', [attemptAt('a:x/m')], [], 'no vendor has metered it'],
    ['an attempt without a price', [attemptAt('a:x/m', { outcome: 'fault', cost: undefined })], [], 'no known price'],
  ])('disagree by %s', (_, attempts, metered, words) => {
    expect(compareWithMeter(attempts, metered).problems).toEqual([expect.stringContaining(words)])
  })
})
