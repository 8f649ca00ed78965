import { expect, it } from 'vitest'
import { inPages } from '../../src/store/in-pages.ts'

it('gives all that a page has, also where that is more than a function takes arguments', () => {
  // Five hundred runs, a page of them, have as many calls as they have made.
  const work = inPages([1], function* () {
    return Array.from({ length: 200_000 }, () => 'call')
  })
  expect(work.next().value).toHaveLength(200_000)
})
