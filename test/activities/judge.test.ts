import { describe, expect, it } from 'vitest'
import type { Prepared } from '../../activities/call-model/prepare/prepared.ts'
import { judgeReply } from '../../activities/call-model/reply/judge.ts'
import type { ReplyAnswer } from '../../src/core/ports.ts'

const PREPARED = {
  tools: [],
  input: {},
  call: { step: 3 },
  schema: { name: 'Verdict', json: {}, parse: (value: unknown) => ({ ok: true, value }) },
} as unknown as Prepared

const judged = (text: string) =>
  judgeReply(
    PREPARED,
    { text, finish: 'stop', message: { role: 'assistant', content: [] } } as unknown as ReplyAnswer,
    'e',
  )

describe('an answer that has to be JSON', () => {
  it.each([
    ['as it is', '{"ok":true}'],
    ['with room around it', '\n {"ok":true}\n\n'],
    ['in a fence', '```json\n{"ok":true}\n```\n'],
    ['in a fence without a language', ' ```{"ok":true}``` '],
    ['in a fence that does not end', '```json\n{"ok":true}'],
    ['behind a fence that was not begun', '{"ok":true}\n```'],
  ])('is read %s', (_, text) => {
    expect(judged(text)).toEqual({ kind: 'answer', value: { ok: true } })
  })

  it('is none where it is nested too deep to be written again', () => {
    const nested = (deep: number) => `{"ok":${'['.repeat(deep)}${']'.repeat(deep)}}`
    expect(judged(nested(900))).toMatchObject({ kind: 'answer' })
    expect(judged(nested(100_000))).toMatchObject({
      kind: 'fault',
      fault: { kind: 'malformed-reply' },
      problem: 'it is nested more than 1000 deep',
    })
  })

  it.each([
    ['in it', `{"ok":${' '.repeat(50_000)}true}`],
    ['behind it', `{"ok":true}${'\n'.repeat(50_000)}`],
  ])('is read in milliseconds with a great deal of room %s, which models come to that must write JSON', (_, text) => {
    const began = performance.now()
    expect(judged(text)).toEqual({ kind: 'answer', value: { ok: true } })
    expect(performance.now() - began).toBeLessThan(2_000)
  })
})
