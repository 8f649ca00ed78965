import { describe, expect, it } from 'vitest'
import { calculate } from '../../demo/calculate.ts'

describe('calculate', () => {
  it.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 - 4 - 3', 3],
    ['24 / 4 / 2', 3],
    ['2 ^ 3 ^ 2', 512],
    ['-2 ^ 2', -4],
    ['2 ^ -1', 0.5],
    ['3 - -2', 5],
    ['0.1 + 0.2', 0.3],
    ['round(2 / 3, 2)', 0.67],
    ['round(1234.5)', 1235],
    ['max(3, min(9, 7), 5) + sqrt(16)', 11],
    [' sum(1, 2, 3.5) ', 6.5],
  ])('%s is %d', (expression, value) => {
    expect(calculate(expression)).toBe(value)
  })

  it.each([
    ['', 'expected "(", found the end'],
    ['2 +', 'found the end'],
    ['2 3', 'expected an operator, found "3"'],
    ['(1 + 2', 'expected ")", found the end'],
    ['1,234 + 1', 'expected an operator, found ","'],
    ['1 / 0', 'has no finite value'],
    ['£5 * 2', 'cannot read "£5 * 2"'],
    ['log(2)', 'there is no function "log"; there are min, max'],
    ['constructor(1)', 'there is no function "constructor"'],
    ['('.repeat(2000), 'nested deeper than 50'],
    [`2${'^2'.repeat(2000)}`, 'nested deeper than 50'],
  ])('refuses %s and says why', (expression, problem) => {
    expect(() => calculate(expression)).toThrow(problem)
  })
})
