import { describe, expect, it } from 'vitest'
import type { RunEvent, RunEventBody } from '../../../src/core/events.ts'
import { collectToolCalls } from '../../../src/runtime/events/tool-calls.ts'

/** What is told of tools after these events, a second apart. */
function toldAfter(...events: readonly RunEventBody[]) {
  const calls = collectToolCalls()
  for (const [at, event] of events.entries()) calls.take({ ...event, offset: at + 1, atMs: at * 1_000 } as RunEvent)
  return calls.all()
}

const letter = { step: 1, toolCallId: 'call-1', toolName: 'send_letter' }
const start = { kind: 'tool-start', ...letter, inputPreview: '{"to":"ann"}' } as const
const end = { kind: 'tool-end', ...letter, isError: false, preview: '"sent"' } as const

describe('what is told of the tools that a run has called', () => {
  it('is what each was given, what it gave, and how it ended', () => {
    expect(toldAfter(start, end)).toEqual([
      { ...letter, inputPreview: '{"to":"ann"}', startedAtMs: 0, endedAtMs: 1_000, isError: false, preview: '"sent"' },
    ])
    const cancelled = { ...end, isError: true, cancelled: true } as const
    expect(toldAfter(start, cancelled)).toMatchObject([{ isError: true, cancelled: true }])
  })

  it('is that nobody knows an end where none was written', () => {
    expect(toldAfter(start)).toEqual([{ ...letter, inputPreview: '{"to":"ann"}', startedAtMs: 0 }])
  })

  it('is one call where a lost worker had begun it, since its first beginning', () => {
    expect(toldAfter(start, start, end)).toMatchObject([{ startedAtMs: 0, endedAtMs: 2_000 }])
  })

  it('has what it cost and was given also where it was cancelled, and ended once more after a reset', () => {
    const cancelled = { ...end, isError: true, cancelled: true } as const
    const [call, ...others] = toldAfter({ ...start, costUsd: '0.005' } as RunEventBody, cancelled, end)
    expect(others).toEqual([])
    expect(call).toMatchObject({ costUsd: '0.005', inputPreview: '{"to":"ann"}', isError: false })
    expect(call).not.toHaveProperty('cancelled')
  })

  it('is another call under an id that a later step has again', () => {
    expect(toldAfter(start, end, { ...start, step: 2 })).toMatchObject([{ step: 1, isError: false }, { step: 2 }])
  })

  it('is the last one where a run that was taken back has called it again', () => {
    const again = toldAfter(start, end, { ...start, toolCallId: 'call-2' }, start)
    expect(again.map(({ toolCallId, endedAtMs }) => [toolCallId, endedAtMs])).toEqual([
      ['call-2', undefined],
      ['call-1', undefined],
    ])
  })
})
