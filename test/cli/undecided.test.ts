import { expect, it } from 'vitest'
import { commandFor } from '../../src/cli/undecided.ts'

it('names what waits by the command that decides it, in the word that was meant if that is an answer', () => {
  const approval = { toolCallId: 'call-1', toolName: 'pay', inputPreview: '{"usd":5}', step: 2 }
  expect(commandFor('deny', { run: 'desk 1', approval })).toBe(`  signalbox deny 'desk 1' call-1    for pay  {"usd":5}`)
  const question = { ...approval, answers: ['yes', 'no'] }
  expect(commandFor('deny', { run: 'desk', approval: question })).toBe(
    '  signalbox answer desk call-1 yes    for pay  {"usd":5}',
  )
})
