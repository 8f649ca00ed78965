import { expect, it } from 'vitest'
import { nearest } from '../../../src/core/words/nearest.ts'

const KNOWN = ['maximumAttempts', 'needsApproval', 'limits', 'acme/large', 'echo/small', 'add', 'x']

it.each([
  ['a letter too few', 'limit', 'limits'],
  ['other capitals', 'NEEDSAPPROVAL', 'needsApproval'],
  ['letters that have changed places', 'acme/lagre', 'acme/large'],
  ['a short name', 'ad', 'add'],
  ['a third of the letters', 'maxAttempts', 'maximumAttempts'],
])('finds the name that was meant: %s', (_what, found, meant) => {
  expect(nearest(found, KNOWN)).toBe(meant)
})

it.each(['memory', 'xyz', 'y', 'bolt/tiny', ''])('finds none where nothing is near: "%s"', found => {
  expect(nearest(found, KNOWN)).toBeUndefined()
})

it('takes the nearest of several, and of equals the first', () => {
  expect(nearest('cheaper', ['cheapest', 'cheap', 'cheapen'])).toBe('cheapen')
  expect(nearest('strong-', ['strong-1', 'strong-2'])).toBe('strong-1')
})
