import { expect, it } from 'vitest'
import { commandFor } from '../../src/cli/undecided.ts'

it('names what waits by the command that decides it, in the word that was meant if that is an answer', () => {
  const approval = { toolCallId: 'call-1', toolName: 'pay', inputPreview: '{"usd":5}', step: 2 }
  const deny = { verb: 'deny', run: 'desk 1', command: 'npx signalbox' }
  expect(commandFor(deny, approval)).toBe(`  npx signalbox deny 'desk 1' call-1    for pay  {"usd":5}`)
  const question = { ...approval, answers: ['yes', 'no'] }
  expect(commandFor(deny, question)).toBe(`  npx signalbox answer 'desk 1' call-1 yes    for pay  {"usd":5}`)
})
