import { expect, it } from 'vitest'
import { createPace } from '../../src/store/content/pace.ts'

it('purges fewer trees at once the longer they take, one at least, and more again where they are small', () => {
  const pace = createPace()
  const after = (ms: number) => {
    pace.took(pace.size(), ms)
    return pace.size()
  }
  expect([after(20), after(20), after(400), after(5_000), after(5_000)]).toEqual([20, 40, 10, 1, 1])
  expect([after(10), after(0), after(0), after(0), after(0), after(0), after(0), after(0)]).toEqual([
    2, 4, 8, 16, 32, 64, 100, 100,
  ])
})
