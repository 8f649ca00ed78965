import { expect, it } from 'vitest'
import type { RunEvent, RunEventBody } from '../../../src/core/events.ts'
import { eventsOfTurn } from '../../../src/runtime/runs/events-of-turn.ts'

const delta = (step: number): RunEventBody => ({ kind: 'text-delta', step, attempt: 1, text: `of ${step}` })
const begins = (step: number): RunEventBody => ({ kind: 'step-start', step, taskClass: 'cheap' })

it('are those up to the next message, without what the turn before still streamed as this one interrupted it', async () => {
  const bodies: RunEventBody[] = [
    delta(1),
    begins(2),
    delta(1),
    delta(2),
    { kind: 'said', id: 'two', text: 'Next.' },
    delta(2),
  ]
  const run = {
    async *events() {
      yield* bodies.map((body, at) => ({ ...body, offset: at + 1, atMs: 0 }) as RunEvent)
    },
    state: async () => expect.unreachable('there was always an event'),
  }
  const read: unknown[] = []
  for await (const event of eventsOfTurn(run, {})) read.push(typeof event === 'string' ? event : event.offset)
  expect(read).toEqual([2, 4, 5])
})
