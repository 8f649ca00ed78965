import { assert, property, string } from 'fast-check'
import { expect, it } from 'vitest'
import { readValue, shortValue, writeValue } from '../../../src/core/budgets/each-value.ts'

/** Any UTF-16, halves of characters and all. */
const ANY = string({ unit: 'binary', maxLength: 300, size: 'max' }).map(text => text + String.fromCharCode(0xd800))

it('gives every value back, without what parts names and without a character that a database refuses', () => {
  assert(
    property(ANY, value => {
      const written = writeValue(value)
      expect(readValue(written)).toBe(value)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: those are meant
      expect(written).not.toMatch(/[:=\u0000]/)
      expect(Buffer.from(written).toString()).toBe(written)
    }),
  )
  expect(writeValue('ann & co.')).toBe('ann & co.')
})

it('leaves of a long value so much that keys have room, tells it from others, and keeps what it has shortened', () => {
  const long = 'x'.repeat(5_000)
  const values = ['x'.repeat(120), 'x'.repeat(121), long, `${long}y`]
  expect(new Set(values.map(shortValue)).size).toBe(4)
  expect(shortValue(values[0]!)).toBe(values[0])
  assert(
    property(ANY, value => {
      const short = shortValue(value)
      expect(short.length).toBeLessThanOrEqual(120)
      expect(shortValue(short)).toBe(short)
    }),
  )
})

it('shortens a value as it always has: under another name, what it has spent in an open period would be forgotten', () => {
  expect(shortValue('x'.repeat(121))).toBe(`${'x'.repeat(100)}…39yxwmnx4omef`)
})
