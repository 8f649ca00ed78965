import { expect, it } from 'vitest'
import { labelsProblem } from '../../src/core/labels-problem.ts'

it.each([
  ['press', "the labels are a text; write { team: 'press' }"],
  [{ year: 2026 }, "the label year is 2026; write it as text, like '2026'"],
  [{ team: { name: 'press' } }, 'the label team is an object; write it as text'],
  [{ team: null }, 'the label team is nothing; write it as text'],
])('%j are no labels', (labels, words) => {
  expect(labelsProblem(labels)).toBe(words)
})
