import { expect, it } from 'vitest'
import type { AssistantMessage } from '../../src/core/messages.ts'
import { createCallIds } from '../../src/providers/collect/call-ids.ts'

function idsOf(calls: readonly string[], before: readonly string[] = []): readonly string[] {
  const called = before.map(toolCallId => ({ type: 'tool-call' as const, toolCallId, toolName: 'look_up', input: {} }))
  const prompt: readonly AssistantMessage[] = called.map(call => ({ role: 'assistant', content: [call] }))
  const callIds = createCallIds(prompt)
  return calls.map(id => callIds(id).toolCallId)
}

it('gives each call of an answer an id of its own, whatever ids its server repeats', () => {
  expect(idsOf(['a', 'a_2', 'a', 'b', 'a'])).toEqual(['a', 'a_2', 'a_3', 'b', 'a_4'])
})

it('gives a call none that an earlier answer has, where its server counts anew in each', () => {
  expect(idsOf(['call_0', 'call_1', 'call_2'], ['call_0', 'call_1', 'call_0_2'])).toEqual([
    'call_0_3',
    'call_1_2',
    'call_2',
  ])
})

it('does not take hours over an answer that repeats one id thousands of times', () => {
  const ids = idsOf(Array(20_000).fill('a'))
  expect(new Set(ids).size).toBe(20_000)
  expect(ids.at(-1)).toBe('a_20000')
})
