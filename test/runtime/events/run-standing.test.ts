import { describe, expect, it } from 'vitest'
import type { RunEventBody } from '../../../src/core/events.ts'
import { standingOf } from '../../../src/runtime/events/run-standing.ts'
import { RUN } from '../../store/records.ts'
import { storeWithRun } from './store-with-run.ts'

const store = storeWithRun()

/** What the run waits for after so much more. */
async function standingAfter(...events: readonly RunEventBody[]) {
  await store().events.write(RUN, events, 5_000)
  return standingOf(store().events, RUN.id)
}

const call = { step: 1, toolCallId: 'call-1', toolName: 'publish' }

describe('what a run waits for, by its events', () => {
  it('is an approval until somebody has decided, however often it is asked for', async () => {
    const ask = { kind: 'approval-ask', ...call, inputPreview: '{}' } as const
    const deadline = { withinMs: 1_000, otherwise: 'deny' } as const
    const { pending } = await standingAfter(ask, { ...ask, deadline })
    const until = { atMs: 6_000, otherwise: 'deny' }
    expect(pending).toEqual([{ ...call, inputPreview: '{}', sinceMs: 5_000, until }])
    expect(await standingAfter({ kind: 'approval-decision', ...call, decision: 'approve' })).toEqual({ pending: [] })
  })

  it('is another approval where a later step, or another agent of the run, asks under the same id', async () => {
    const ask = { kind: 'approval-ask', ...call, inputPreview: '{}' } as const
    const { pending } = await standingAfter(ask, { ...ask, step: 2 })
    expect(pending.map(({ step }) => step)).toEqual([1, 2])
    const decided = await standingAfter({ kind: 'approval-decision', ...call, step: 2, decision: 'approve' })
    expect(decided.pending.map(({ step }) => step)).toEqual([1])
  })

  it('is no approval that a reset has taken back, once its step asks something else', async () => {
    const start = (step: number) => ({ kind: 'step-start', step, taskClass: 'cheap' }) as const
    const ask = (step: number) => ({ kind: 'approval-ask', ...call, step, inputPreview: '{}' }) as const
    const question = { ...ask(1), toolCallId: 'print', answers: ['approve', 'deny'] } as const
    // Steps side by side begin in any order, and a question has the number of the last one.
    const events = [start(1), ask(1), ask(3), start(2), question, { ...question, toolCallId: 'later', step: 3 }]
    const { pending } = await standingAfter(...events)
    expect(pending).toHaveLength(4)
    const again = await standingAfter(start(1))
    expect(again.pending.map(({ toolCallId }) => toolCallId)).toEqual(['print'])
  })

  it('is money until it is raised, whatever its tools do meanwhile', async () => {
    const short = { waits: { for: 'raise', words: 'waiting for a larger budget: $1 is short' } }
    expect(await standingAfter({ kind: 'budget-ask', step: 1, message: '$1 is short' })).toMatchObject(short)
    expect(await standingAfter({ kind: 'tool-end', ...call, isError: false, preview: '' })).toMatchObject(short)
    expect(await standingAfter({ kind: 'budget-raise', usd: '1' })).toEqual({ pending: [] })
  })

  it('is time until its call goes on', async () => {
    const waits = { step: 2, for: 'time', words: 'waiting until 1970-01-01 00:00:06 UTC: one is down' }
    expect(await standingAfter({ kind: 'wait', step: 2, ms: 1_500, reason: 'one is down' })).toEqual({
      pending: [],
      waits,
    })
    expect(await standingAfter({ kind: 'attempt-start', step: 1, attempt: 1, endpoint: 'one' })).toMatchObject({
      waits,
    })
    expect(await standingAfter({ kind: 'attempt-start', step: 2, attempt: 1, endpoint: 'one' })).toEqual({
      pending: [],
    })
  })

  it('is nothing while tools are under way, which are told with what they say last until they end', async () => {
    const note = { ...call, toolCallId: 'call-2', toolName: 'note' }
    const start = { kind: 'tool-start', ...call } as const
    const { tools } = await standingAfter(start, { kind: 'tool-start', ...note }, start)
    expect(tools).toEqual([
      { ...note, sinceMs: 5_000 },
      { ...call, sinceMs: 5_000 },
    ])
    const said = await standingAfter({ kind: 'tool-progress', ...note, text: '3 of 9' })
    expect(said.tools).toEqual([
      { ...note, sinceMs: 5_000, progress: '3 of 9' },
      { ...call, sinceMs: 5_000 },
    ])
    const end = { kind: 'tool-end', ...note, isError: false, preview: '' } as const
    expect((await standingAfter(end)).tools).toEqual([{ ...call, sinceMs: 5_000 }])
  })

  it('is nothing of an agent whose run has ended, which may have been cancelled with the call of it', async () => {
    const [one, two] = ['call-1', 'call-2'].map(toolCallId => ({ step: 4, toolCallId }))
    const began = (call: object, run: string) => [
      { kind: 'tool-start', ...call, toolName: 'critic' },
      { kind: 'child-start', ...call, run, workflow: 'critic' },
    ]
    const events = [
      ...began(one!, 'one'),
      ...began(two!, 'two'),
      { kind: 'child-start', run: 'other', workflow: 'critic' },
    ]
    const atWork = async (...more: readonly object[]) =>
      ((await standingAfter(...(more as readonly RunEventBody[]))).tools ?? []).flatMap(({ run = [] }) => run)
    expect(await atWork(...events)).toEqual(['one', 'two'])
    const end = { kind: 'child-end', outcome: 'cancelled', cost: { lowPico: '0', highPico: '0' } }
    expect(await atWork({ ...end, run: 'one' }, { ...end, run: 'other' })).toEqual(['two'])
  })
})
