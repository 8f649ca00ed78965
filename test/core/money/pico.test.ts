import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatUsd, parseUsd, picoOfUsd, picoPerMillion } from '../../../src/core/money/pico.ts'

const PICO_PER_USD = 1_000_000_000_000n

const pico = fc.bigInt({ min: 0n, max: 10n ** 24n })

test('an amount survives being written and read', () => {
  fc.assert(
    fc.property(pico, amount => {
      expect(parseUsd(formatUsd(amount))).toEqual({ ok: true, pico: amount })
    }),
  )
})

test('reading adds up exactly, where floats do not', () => {
  const sum = ['0.1', '0.2'].map(parseUsd).reduce((total, read) => total + (read.ok ? read.pico : 0n), 0n)
  expect(formatUsd(sum)).toBe('0.3')
})

test.each([
  [0n, '0'],
  [1n, '0.000000000001'],
  [PICO_PER_USD / 2n, '0.5'],
  [1_200n * PICO_PER_USD, '1200'],
  [-PICO_PER_USD / 4n, '-0.25'],
])('%s is written %s', (amount, text) => {
  expect(formatUsd(amount)).toBe(text)
})

test.each(['', ' 1', '-1', '+1', '1e3', '1.', '.5', '$5', '0,50', 'NaN', 'Infinity', '0x10', '0.0000000000001'])(
  '%j is no amount, and the problem quotes it',
  text => {
    const read = parseUsd(text)
    expect(read).toMatchObject({ ok: false, problem: expect.stringContaining(text) })
    expect(() => picoOfUsd(text, 'the budget')).toThrow(/^the budget: /)
  },
)

describe('prices', () => {
  test.each([
    [0.075, 75_000_000_000n],
    [3, 3n * PICO_PER_USD],
    [1e-7, 100_000n],
    [1.5e-8, 15_000n],
    [0.1 + 0.2, 300_000_000_000n],
    [4e-13, 0n],
    [5e-13, 1n],
    [1e21, 10n ** 33n],
    [0, 0n],
  ])('%s USD is what its shortest decimal says', (price, expected) => {
    expect(picoPerMillion(price)).toBe(expected)
  })

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('%s is refused', price => {
    expect(() => picoPerMillion(price)).toThrow(RangeError)
  })

  test('a price list of six decimals is kept to the last one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 9 }), millionths => {
        expect(picoPerMillion(millionths / 1e6)).toBe(BigInt(millionths) * 1_000_000n)
      }),
    )
  })
})
