import { expect, it } from 'vitest'
import { createDrafts, type Drafts } from '../../src/providers/collect/drafts.ts'

function idsOf(calls: readonly string[]): readonly string[] {
  const drafts: Drafts = createDrafts({ onDelta: () => {}, onContent: () => {} })
  for (const toolCallId of calls) drafts.take({ type: 'tool-call', toolCallId, toolName: 'look_up', input: '{}' })
  return drafts.list.flatMap(draft => (draft.type === 'tool-call' ? [draft.toolCallId] : []))
}

it('gives each call of an answer an id of its own, whatever ids its server repeats', () => {
  expect(idsOf(['a', 'a_2', 'a', 'b', 'a'])).toEqual(['a', 'a_2', 'a_3', 'b', 'a_4'])
})

it('does not take hours over an answer that repeats one id thousands of times', () => {
  const ids = idsOf(Array(20_000).fill('a'))
  expect(new Set(ids).size).toBe(20_000)
  expect(ids.at(-1)).toBe('a_20000')
})
