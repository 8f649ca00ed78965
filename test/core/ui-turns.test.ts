import { describe, expect, it, test } from 'vitest'
import type { RunEvent, RunEventBody } from '../../src/core/events.ts'
import { readEvent } from '../../src/core/read-event.ts'
import { closeCutMessage, closeUiMessage } from '../../src/core/ui-messages/advance.ts'
import type { UiMessage } from '../../src/core/ui-messages/message.ts'
import type { EventOf } from '../../src/core/ui-messages/state.ts'
import { advanceTurn, beginTurn, cutTurn, type Turn, turnNow } from '../../src/core/ui-messages/turn.ts'
import { userParts } from '../../src/core/ui-messages/user-parts.ts'

const COST = { lowPico: '2000000', highPico: '2000000' }
const STEP = { type: 'step-start' }
const FAILED = { kind: 'unanswered', step: 1, fault: 'no-route', message: 'one refuses the key' } as const

const text = (words: string) => ({ type: 'text', text: words, state: 'done' })
const begins = (step: number, sumsUp?: true): RunEventBody => ({
  ...{ kind: 'step-start', step, taskClass: 'cheap' },
  ...(sumsUp && { sumsUp }),
})
const says = (step: number, words: string): RunEventBody => ({ kind: 'text-delta', step, attempt: 1, text: words })
const answers = (step: number, words: string, ...toolCalls: string[]): RunEventBody => ({
  ...{ kind: 'answer', step, attempt: 1, endpoint: 'one:acme/small', text: words, toolCalls, cost: COST, usage: {} },
})
const cancelled = (step: number): RunEventBody => ({
  ...{ kind: 'attempt-end', step, attempt: 1, endpoint: 'one:acme/small', outcome: 'cancelled', cost: COST },
  superseded: true,
})
const works: RunEventBody = { kind: 'tool-start', step: 1, toolCallId: 'call-add', toolName: 'add', inputPreview: '{}' }
const added: RunEventBody = {
  ...{ kind: 'tool-end', step: 1, toolCallId: 'call-add', toolName: 'add', isError: false, preview: '3' },
}
const ends = (outcome: 'answered' | 'failed', message?: string): RunEventBody => ({
  ...{ kind: 'run-end', outcome, cost: COST },
  ...(message !== undefined && { message }),
})

const read = (body: RunEventBody, at: number): RunEvent => readEvent(body, at + 1, 0)
const SAID = read({ kind: 'said', id: '1', text: 'Hi' }, 0) as EventOf<'said'>

const reading = (begun: Turn, bodies: readonly RunEventBody[]) =>
  bodies.reduce((turn: Turn, body, at) => advanceTurn(turn, read(body, at + 1), {}), begun)
const turnOf = (bodies: readonly RunEventBody[]) => reading(beginTurn('run-1', SAID), bodies)
const unsaidOf = (bodies: readonly RunEventBody[]) => reading(beginTurn('run-1'), bodies)

const shown = ({ parts, metadata }: UiMessage) => ({ parts, metadata })

describe('a turn', () => {
  it('is over with its last answer, and has nothing of what comes behind that', () => {
    const turn = turnOf([begins(1), answers(1, 'Well.'), begins(2), answers(2, 'More.'), ends('failed', 'late')])
    const over = { parts: [STEP, text('Well.')], metadata: { runId: 'run-1', after: 1, costUsd: '0', offset: 3 } }
    expect(turn.message.id).toBe('run-1-1')
    expect(shown(turnNow(turn))).toEqual(over)
    expect(shown(cutTurn(turn))).toEqual(over)
  })

  it('goes on behind an answer that asks for tools, and behind a summary', () => {
    const asked = [begins(1), answers(1, 'I add.', 'call-add'), works, added]
    const summed = [begins(2, true), answers(2, 'So far.'), begins(3), answers(3, 'Three.')]
    const tool = { type: 'tool-add', toolCallId: 'call-add', state: 'output-available', input: {}, output: 3 }
    const { message, isOver } = turnOf([...asked, ...summed])
    expect(isOver).toBe(true)
    expect(message.parts).toEqual([STEP, text('I add.'), tool, STEP, text('Three.')])
  })

  it('has nothing of what the turn before it still says, unless nothing was said in it', () => {
    const parts = [STEP, text('Mine.')]
    expect(turnOf([says(1, 'Still '), begins(2), says(2, 'Mine.'), answers(2, 'Mine.')]).message.parts).toEqual(parts)
    const [, others] = unsaidOf([says(1, 'All of it')]).message.parts
    expect(others).toMatchObject({ text: 'All of it' })
  })

  it('before anything was said has no last answer, and ends as its run does', () => {
    const turn = unsaidOf([begins(1), answers(1, 'One.'), begins(2), answers(2, 'Two.'), ends('answered')])
    expect(turn.isOver).toBe(false)
    expect(turn.message.id).toBe('run-1')
    expect(turnNow(turn).parts).toEqual([STEP, text('One.'), STEP, text('Two.')])
    expect(turnNow(turn).metadata).toEqual({ runId: 'run-1', costUsd: '0', offset: 6, outcome: 'answered' })
  })

  it('that is at work is shown as it is: what it says, and tools that are open', () => {
    const speaking = turnNow(turnOf([begins(1), says(1, 'Half an')]))
    expect(speaking.parts).toEqual([STEP, { ...text('Half an'), state: 'streaming' }])
    const working = turnNow(turnOf([begins(1), answers(1, '', 'call-add'), works, FAILED]))
    expect(working.parts.at(-1)).toMatchObject({ state: 'input-available' })
  })

  it('has what one call says as that comes, and nothing of another beside it', () => {
    const { parts } = turnOf([begins(1), begins(2), says(1, 'One '), says(2, 'Two ')]).message
    expect(parts).toEqual([STEP, { ...text('One '), state: 'streaming' }])
  })

  it('has a tool in the step that an attempt has left empty, and what is said next in another', () => {
    const { parts } = turnOf([begins(1), says(1, 'Half an'), cancelled(1), works, begins(2), says(2, 'An')]).message
    expect(parts).toMatchObject([STEP, { type: 'tool-add' }, STEP, { text: 'An' }])
  })

  it('shows a tool once: as it was approved when it begins, and in its place when it begins again', () => {
    const call = { step: 1, toolCallId: 'call-add', toolName: 'add' }
    const asked: RunEventBody = { kind: 'approval-ask', ...call, inputPreview: '{}' }
    const approved: RunEventBody = { kind: 'approval-decision', ...call, decision: 'approve' }
    const calling = [begins(1), answers(1, '', 'call-add')]
    const { parts } = turnOf([...calling, asked, approved, works]).message
    expect(parts).toMatchObject([STEP, { state: 'approval-responded' }])
    const again = turnOf([...calling, works, added, { kind: 'run-reset' }, works]).message
    expect(again.parts).toMatchObject([STEP, { state: 'input-available' }])
  })
})

describe('a turn that was interrupted', () => {
  it('keeps what people have seen of the answer, whether its attempt has ended or speaks on', () => {
    const seen = [STEP, text('Half an')]
    const speaking = [begins(1), says(1, 'Half an')]
    expect(cutTurn(turnOf(speaking)).parts).toEqual(seen)
    const silent = turnOf([...speaking, cancelled(1)])
    expect(silent.message.parts).toEqual([STEP])
    expect(cutTurn(silent).parts).toEqual(seen)
    expect(turnNow(silent).parts).toEqual(seen)
    // Another call has begun to speak since: nobody knows yet how that goes on.
    expect(turnNow(turnOf([...speaking, cancelled(1), begins(2), says(2, 'An')])).parts).toMatchObject([
      STEP,
      { text: 'An', state: 'streaming' },
    ])
  })

  it('has the results that waited for the end of what was said, and no tool that is still open', () => {
    const during = [begins(1), answers(1, '', 'call-add'), works, begins(2), says(2, 'Half an')]
    const finished = cutTurn(turnOf([...during, added])).parts
    expect(finished).toMatchObject([STEP, { type: 'tool-add', output: 3 }, STEP, text('Half an')])
    expect(cutTurn(turnOf(during)).parts).toMatchObject([STEP, { state: 'output-error' }, STEP, text('Half an')])
  })

  it('before anything was said in it is empty', () => {
    expect(cutTurn(turnOf([begins(1)])).parts).toEqual([])
  })
})

describe('a turn whose call has failed', () => {
  it('has the words of the call where the run goes on, or ends well, and those of the run where that fails', () => {
    const failed = [begins(1), FAILED]
    for (const turn of [turnOf(failed), turnOf([...failed, ends('answered')])]) {
      expect(turnNow(turn).metadata).toMatchObject({ message: 'one refuses the key' })
      expect(turnNow(turn).metadata).not.toHaveProperty('outcome')
    }
    const end = turnNow(turnOf([...failed, ends('failed', 'nobody is left')]))
    expect(end.metadata).toMatchObject({ outcome: 'failed', message: 'nobody is left' })
  })

  it('ends with an error, once its tools have; one that ends before its run does ends as if that were all', () => {
    const { state } = turnOf([begins(1), answers(1, '', 'call-add'), works, FAILED])
    const types = closeCutMessage(state).map(({ type }) => type)
    expect(types).toEqual(['tool-output-error', 'finish-step', 'message-metadata', 'error'])
    expect(closeUiMessage(state).at(-1)).toMatchObject({ type: 'finish', finishReason: 'stop' })
  })

  it('has nothing of it any more once another call is made, or its run was reset', () => {
    for (const more of [begins(2), { kind: 'run-reset' } as const]) {
      const { metadata } = cutTurn(turnOf([begins(1), FAILED, more]))
      expect(metadata).not.toHaveProperty('message')
    }
    expect(turnNow(turnOf([ends('failed', 'late'), { kind: 'run-reset' }])).metadata).not.toHaveProperty('outcome')
  })
})

test('a file that is given as text reads the same in a browser, half a character included', async () => {
  const file = (text: string) => ({ type: 'file', mediaType: 'text/csv', data: { type: 'text', text } }) as const
  const [whole, half] = userParts([file('Zürich, 7 €'), file('cut \ud83d')])
  expect(whole).toMatchObject({
    mediaType: 'text/csv',
    url: 'data:text/csv;charset=utf-8,Z%C3%BCrich%2C%207%20%E2%82%AC',
  })
  expect(half).toMatchObject({ url: 'data:text/csv;charset=utf-8,cut%20%EF%BF%BD' })
})
