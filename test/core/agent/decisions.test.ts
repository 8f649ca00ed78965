import { expect, it } from 'vitest'
import type { Decision, PendingApproval } from '../../../src/core/protocol.ts'
import { createDecisions } from '../../../workflows/run/inbox/decisions.ts'
import type { Listener } from '../../../workflows/run/inbox/inbox.ts'

const ID = 'functions.send_mail:0'

/** An agent that waits for a word on one call. */
function asking(step: number): Listener & { readonly heard: Decision[] } {
  const heard: Decision[] = []
  const ask: PendingApproval = { toolCallId: ID, toolName: 'send_mail', inputPreview: '{}', step }
  return {
    heard,
    onDecision: decision => heard.push(decision),
    onSaid: () => {},
    onStop: () => {},
    pending: () => [ask],
    unread: () => [],
  }
}

it('is one word for one call, where agents side by side ask under the same id', () => {
  const [first, second] = [asking(3), asking(4)]
  const decisions = createDecisions(() => [first, second], [])
  expect(decisions.take({ toolCallId: ID, decision: 'approve' })).toMatchObject({ held: { step: 3 }, repeated: false })
  expect([first.heard.length, second.heard.length]).toEqual([1, 0])
  expect(decisions.pending()).toMatchObject([{ step: 4 }])
  expect(decisions.take({ toolCallId: ID, decision: 'deny' })).toMatchObject({ held: { step: 4 }, repeated: false })
  expect([first.heard.length, second.heard]).toEqual([1, [{ toolCallId: ID, decision: 'deny' }]])
  expect(decisions.take({ toolCallId: ID, decision: 'deny' })).toMatchObject({ held: { step: 4 }, repeated: true })
})

it('goes by its deadline to the agent whose deadline it is', () => {
  const [first, second] = [asking(3), asking(4)]
  const decisions = createDecisions(() => [first, second], [])
  decisions.take({ toolCallId: ID, decision: 'deny', deadline: true }, 4)
  expect([first.heard.length, second.heard.length]).toEqual([0, 1])
})

it('takes along what is known of a decision, and nothing that somebody sent beside it', () => {
  const decisions = createDecisions(() => [asking(1)], [])
  const sent = { toolCallId: ID, decision: 'approve' as const, by: 'Ada', note: 'fine', beside: 'x'.repeat(1_000_000) }
  decisions.take(sent)
  expect(decisions.held()).toEqual([{ toolCallId: ID, decision: 'approve', by: 'Ada', step: 1 }])
})
