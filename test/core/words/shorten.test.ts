import { expect, it } from 'vitest'
import { shorten } from '../../../src/core/words/shorten.ts'

it('shortens a text, and by no half of a character', () => {
  expect([shorten('ab👩cd', 4), shorten('ab👩cd', 5), shorten('ab👩c', 5)]).toEqual(['ab…', 'ab👩…', 'ab👩c'])
})
