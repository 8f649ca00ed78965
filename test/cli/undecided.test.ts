import { expect, it } from 'vitest'
import { commandFor, decidedBefore } from '../../src/cli/undecided.ts'

it('names what waits by the command that decides it, in the word that was meant if that is an answer', () => {
  const approval = { toolCallId: 'call-1', toolName: 'pay', inputPreview: '{"usd":5}', step: 2 }
  const deny = { verb: 'deny', run: 'desk 1', command: 'npx signalbox' }
  expect(commandFor(deny, approval)).toBe(`  npx signalbox deny 'desk 1' call-1    for pay  {"usd":5}`)
  const question = { ...approval, answers: ['yes', 'no'] }
  expect(commandFor(deny, question)).toBe(`  npx signalbox answer 'desk 1' call-1 yes    for pay  {"usd":5}`)
})

it('says what holds to the second of two people who decide at once, and who decided it', () => {
  const decided = { toolCallId: 'call-1', toolName: 'refund', step: 1, atMs: Date.UTC(2026, 10, 29, 14, 20, 52) }
  const at = 'at 2026-11-29 14:20:52 UTC'
  expect(decidedBefore({ ...decided, decision: 'deny', by: 'bob' })).toBe(`; refund was denied by bob ${at}`)
  expect(decidedBefore({ ...decided, decision: 'deny', deadline: true })).toBe(
    `; refund was denied by its deadline ${at}`,
  )
  expect(decidedBefore(decided)).toBe(`; refund was decided by a person ${at}`)
})
