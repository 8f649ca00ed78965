import { expect, it } from 'vitest'
import { isTooLate, noticeOf, noticesFor, pauseAfterTry } from '../../src/core/notice.ts'

const on = ['answered'] as const
const RUN = { workspace: 'press', workflow: 'review', labels: { team: 'growth', customer: 'ann' } }

it.each([
  ['every run', {}, true],
  ['its workspace', { workspace: 'press' }, true],
  ['another workspace', { workspace: 'legal' }, false],
  ['its workflow', { workflow: 'review' }, true],
  ['another workflow', { workflow: 'report' }, false],
  ['a label of it', { label: { team: 'growth' } }, true],
  ['a label of another value', { label: { team: 'growth', customer: 'bob' } }, false],
  ['all of that', { workspace: 'press', workflow: 'review', label: RUN.labels }, true],
  ['all but one of that', { workspace: 'press', workflow: 'report', label: RUN.labels }, false],
])('a notice about %s', (_, scope, isAbout) => {
  expect(noticesFor([{ name: 'crm', on, scope }], RUN, 'here')).toEqual(
    isAbout ? [{ name: 'crm', on, queue: 'here' }] : [],
  )
})

it('has names, figures and times', () => {
  const cost = { lowPico: '10000000000', highPico: '12500000000' }
  const end = { ...RUN, name: 'crm', run: 'letter-1', key: 'first-1', outcome: 'failed', cost } as const
  expect(noticeOf({ ...end, startedAtMs: 0, endedAtMs: 90_000 })).toEqual({
    kind: 'run-end',
    notice: 'crm',
    run: 'letter-1',
    key: 'first-1',
    ...RUN,
    outcome: 'failed',
    costUsd: '0.0125',
    exact: false,
    startedAt: '1970-01-01T00:00:00.000Z',
    endedAt: '1970-01-01T00:01:30.000Z',
  })
})

it('is tried with growing pauses, the longest an hour, for a day', () => {
  expect([1, 2, 3, 9, 10, 30].map(pauseAfterTry)).toEqual([10_000, 20_000, 40_000, 2_560_000, 3_600_000, 3_600_000])
  const day = 86_400_000
  const [first, tenth] = [1, 10].map(tries => ({ endedAtMs: 5_000, tries }))
  expect([isTooLate(5_000 + day, tenth!), isTooLate(5_001 + day, tenth!)]).toEqual([false, true])
  expect(isTooLate(5_001 + day, first!)).toBe(false)
})
