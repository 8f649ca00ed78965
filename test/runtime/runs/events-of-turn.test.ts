import { expect, it } from 'vitest'
import type { RunEvent, RunEventBody } from '../../../src/core/events.ts'
import type { RunState } from '../../../src/core/protocol.ts'
import { eventsOfTurn, NEXT_IS_AWAITED, type RunOfTurns } from '../../../src/runtime/runs/events-of-turn.ts'

const delta = (step: number): RunEventBody => ({ kind: 'text-delta', step, attempt: 1, text: `of ${step}` })
const begins = (step: number): RunEventBody => ({ kind: 'step-start', step, taskClass: 'cheap' })
const SAID: RunEventBody = { kind: 'said', id: 'two', text: 'Next.' }

const eventOf = (body: RunEventBody, offset: number) => ({ ...body, offset, atMs: 0 }) as RunEvent

async function offsetsOf(run: RunOfTurns): Promise<readonly unknown[]> {
  const read: unknown[] = []
  for await (const event of eventsOfTurn(run, {})) read.push(typeof event === 'string' ? event : event.offset)
  return read
}

it('are those up to the next message, without what the turn before still streamed as this one interrupted it', async () => {
  const bodies = [delta(1), begins(2), delta(1), delta(2), SAID, delta(2)]
  const events = async function* () {
    yield* bodies.map((body, at) => eventOf(body, at + 1))
  }
  const state = async () => expect.unreachable('there was always an event')
  expect(await offsetsOf({ events, state })).toEqual([2, 4, 5])
})

it('wait for no worker that is to say how the run stands', async () => {
  let tell = () => {}
  const asked = new Promise<void>(resolve => {
    tell = resolve
  })
  const events = async function* () {
    yield eventOf(begins(1), 1)
    await asked
    yield eventOf(SAID, 2)
  }
  const state = () => {
    tell()
    return new Promise<never>(() => {})
  }
  expect(await offsetsOf({ events, state })).toEqual([1, 2])
})

it('end sooner after an interruption where a call has waited, as no event tells of that', async () => {
  const leaving = new AbortController()
  const ends: string[] = []
  const read = async (body: RunEventBody) => {
    const events = async function* () {
      yield eventOf(body, 1)
      await new Promise(resolve => leaving.signal.addEventListener('abort', resolve))
    }
    let asked = 0
    const state = async () => {
      asked += 1
      return { hears: asked > 2 } as RunState
    }
    for await (const event of eventsOfTurn({ events, state }, {})) if (event === NEXT_IS_AWAITED) ends.push(body.kind)
  }
  const readers = [read(begins(1)), read({ kind: 'wait', step: 1, ms: 60_000, reason: 'acme answered 429' })]
  await Promise.race(readers)
  leaving.abort()
  await Promise.all(readers)
  expect(ends[0]).toBe('wait')
})
