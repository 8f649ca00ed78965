import { describe, expect, it } from 'vitest'
import { withAlsoAsked } from '../../../src/core/faults/also-asked.ts'
import type { Fault, FaultKind } from '../../../src/core/faults/fault.ts'
import type { AttemptOutcome } from '../../../src/core/protocol.ts'

const FAULT: Fault = {
  kind: 'timed-out',
  message: 'a:x/y did not answer in time. Raise it.',
  evidence: { status: 504 },
}

/** `a:x/y overloaded`, in the order in which they ended. */
const ended = (...attempts: string[]) =>
  attempts.map((words, at) => {
    const [endpoint = '', how = ''] = words.split(' ')
    const isFault = !['abandoned', 'outrun'].includes(how)
    const end = isFault ? { outcome: 'fault' as const, fault: how as FaultKind } : { outcome: how as AttemptOutcome }
    return { attempt: at + 1, endpoint, ...end }
  })

describe('the fault that ends a call', () => {
  it('names the other endpoints that were asked, each once with what it said last', () => {
    const asked = ended('b:x/y overloaded', 'c:x/y abandoned', 'b:x/y rate-limited', 'a:x/y timed-out')
    expect(withAlsoAsked(FAULT, 'a:x/y', asked)).toEqual({
      ...FAULT,
      message: `${FAULT.message} Also asked: b:x/y (rate-limited), c:x/y (worker lost).`,
    })
  })

  it('names the first three and counts the rest', () => {
    const asked = ended(...['b', 'c', 'd', 'e', 'f', 'a'].map(name => `${name}:x/y overloaded`))
    const { message } = withAlsoAsked({ ...FAULT, message: 'a:x/y said no' }, 'a:x/y', asked)
    expect(message).toBe(
      'a:x/y said no. Also asked: b:x/y (overloaded), c:x/y (overloaded), d:x/y (overloaded) and 2 more.',
    )
  })

  it('is as it was where no other was asked, or was asked only beside one that answered first', () => {
    expect(withAlsoAsked(FAULT, 'a:x/y', ended('a:x/y overloaded', 'a:x/y timed-out', 'b:x/y outrun'))).toBe(FAULT)
    expect(withAlsoAsked(FAULT, 'a:x/y', [])).toBe(FAULT)
  })
})
