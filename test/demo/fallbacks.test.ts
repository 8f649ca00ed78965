import { describe, expect, it } from 'vitest'
import { fallbacksOf } from '../../src/runtime/demo/choices.ts'
import { attemptAt, callOf } from './records.ts'

const fault = (kind: 'rate-limited' | 'unreachable') => ({ fault: { kind, message: '', evidence: {} } }) as const

describe('the fallbacks of a call', () => {
  it('are its moves to another endpoint after a fault, not its second tries', () => {
    const call = callOf([
      attemptAt('a:x/m', fault('unreachable')),
      attemptAt('a:x/m', fault('unreachable')),
      attemptAt('b:x/m', fault('rate-limited')),
      attemptAt('c:x/n'),
    ])
    expect(fallbacksOf(call).map(({ fault, from, to }) => `${from} ${fault} ${to}`)).toEqual([
      'a:x/m unreachable b:x/m',
      'b:x/m rate-limited c:x/n',
    ])
  })

  it('are none where nothing followed the fault', () => {
    expect(fallbacksOf(callOf([attemptAt('a:x/m', fault('unreachable'))]))).toEqual([])
  })
})
