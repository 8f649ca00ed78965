import { expect, it } from 'vitest'
import { additionsOfCut, additionsOfFailed, type Cut } from '../../../src/core/agent/interrupted.ts'
import { type AgentState, NEW_AGENT } from '../../../src/core/agent/state.ts'
import { userMessage } from '../../../src/core/agent/words.ts'
import type { Answer, ToolCallRef, ToolResultRef } from '../../../src/core/protocol.ts'

const NOTE = userMessage('[The answer was interrupted here.]')
const ASKED = [userMessage('Hello.')]
const CALLING: AgentState = { ...NEW_AGENT, step: 1 }

const call = (toolCallId: string): ToolCallRef => ({
  toolCallId,
  toolName: 'add',
  needsApproval: false,
  inputPreview: '',
})
const result = (toolCallId: string): ToolResultRef => {
  const preview = '3'
  return { toolCallId, toolName: 'add', isError: false, preview, bytes: 1, stored: false, step: 1 }
}
const answer = (...toolCalls: ToolCallRef[]): Answer => ({
  callId: 'call-1',
  text: 'Yes.',
  toolCalls,
  truncated: false,
  endpoint: 'one:acme/small',
  model: 'acme/small',
  transcript: { lineage: 'run/1', length: 3 },
})
const cut = (changes: Partial<Cut>): Cut => ({ state: CALLING, events: [], additions: ASKED, ...changes })
const resultsIn = (changes: Partial<Cut>) =>
  additionsOfCut(cut(changes)).flatMap(addition =>
    addition.role === 'tool-results' ? addition.results.map(({ toolCallId, preview }) => [toolCallId, preview]) : [],
  )

it('has what was asked and what could be read of the answer, but no instructions and no blanks', () => {
  const partial = { role: 'assistant', content: [{ type: 'text', text: 'Once upon' }] }
  const additions = [{ role: 'system', content: 'Be brief.' } as const, ...ASKED]
  expect(additionsOfCut(cut({ additions, said: 'Once upon ' }))).toEqual([...ASKED, partial, NOTE])
  expect(additionsOfCut(cut({ said: ' \n' }))).toEqual([...ASKED, NOTE])
})

it('has what people said meanwhile', () => {
  const state = { ...CALLING, said: ['One.'] }
  const said = [...ASKED, userMessage('One.'), userMessage('Two.'), NOTE]
  expect(additionsOfCut(cut({ state, events: [{ kind: 'said', text: 'Two.' }] }))).toEqual(said)
})

it('has a result for each tool, also for one whose end was not looked at any more', () => {
  const tools = ['a', 'b', 'c'].map(id => ({ call: call(id), status: id === 'c' ? 'ready' : 'running' }) as const)
  const state: AgentState = { ...CALLING, phase: 'tools', tools }
  expect(resultsIn({ state, events: [{ kind: 'tool-done', result: result('a') }] })).toEqual([
    ['a', '3'],
    ['b', '"interrupted: nobody knows whether it was done"'],
    ['c', '"not run: interrupted before it began"'],
  ])
  const [one] = tools
  const last = { state: { ...state, tools: [one!] }, events: [{ kind: 'tool-done', result: result('a') }] } as const
  expect(resultsIn(last)).toEqual([['a', '3']])
})

it('takes in an answer that came with the interruption', () => {
  expect(additionsOfCut(cut({ events: [{ kind: 'answered', answer: answer(), atMs: 0 }] }))).toEqual([])
  const asks = cut({ events: [{ kind: 'answered', answer: answer(call('a')), atMs: 0 }] })
  expect(resultsIn(asks)).toEqual([['a', '"not run: interrupted before it began"']])
})

it('of a turn that came to its limit of steps has the results that no call took along', () => {
  const tools = [{ call: call('a'), status: 'done', result: result('a') }] as const
  const ended: AgentState = { ...CALLING, phase: 'ended', tools }
  expect(additionsOfFailed(cut({ state: ended }), [], undefined)).toEqual([
    { role: 'tool-results', results: [result('a')] },
    NOTE,
  ])
  const answered: AgentState = { ...CALLING, phase: 'ended', said: ['And?'] }
  expect(additionsOfFailed(cut({ state: answered }), [], undefined)).toEqual([userMessage('And?'), NOTE])
})

it('of a turn whose words nobody would answer has only what was there before and what people said meanwhile', () => {
  const before = [userMessage('Before.')]
  const additions = [...before, ...ASKED]
  for (const fault of ['refused', 'invalid-request', 'unsupported', 'context-too-long', 'no-route'] as const)
    expect(additionsOfFailed(cut({ additions }), before, fault)).toEqual(before)
  expect(additionsOfFailed(cut({ additions }), before, 'overloaded')).toEqual([...additions, NOTE])
  const state = { ...CALLING, said: ['One.'] }
  const events = [{ kind: 'said', text: 'Two.' }] as const
  const said = [...before, userMessage('One.'), userMessage('Two.')]
  expect(additionsOfFailed(cut({ additions, state, events }), before, 'refused')).toEqual(said)
  const later: AgentState = { ...CALLING, step: 2 }
  expect(additionsOfFailed(cut({ additions, state: later }), before, 'refused')).toEqual([...additions, NOTE])
})
