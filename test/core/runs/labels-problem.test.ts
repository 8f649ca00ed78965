import { expect, it } from 'vitest'
import { boundProblem, labelsProblem } from '../../../src/core/runs/labels-problem.ts'

it.each([
  ['press', "the labels are a text; write { team: 'press' }"],
  [{ year: 2026 }, "the label year is 2026; write it as text, like '2026'"],
  [{ team: { name: 'press' } }, 'the label team is an object; write it as text'],
  [{ team: null }, 'the label team is nothing; write it as text'],
])('%j are no labels', (labels, words) => {
  expect(labelsProblem(labels)).toBe(words)
})

it('a name and a text of a label have a bound, which is told', () => {
  expect(boundProblem({ team: 'x'.repeat(1_000) })).toBeUndefined()
  const words =
    /^the label k+… has 1001 characters, and its name and its text may have 1000 each; say the rest in the input$/
  expect(boundProblem({ team: 'press', ['k'.repeat(1_001)]: 'x' })).toMatch(words)
  expect(boundProblem({ team: null })).toBeUndefined()
})
