import type { RunEvent } from '../../src/core/events.ts'
import type { RunState } from '../../src/core/protocol.ts'
import type { RunHandle } from '../../src/runtime/runs/run-handle.ts'

type Kind = RunEvent['kind']
type EventNamed<K extends Kind> = RunEvent & { readonly kind: K }

/** The first event of a kind. */
export async function eventOf<K extends Kind>(events: AsyncIterable<RunEvent>, kind: K): Promise<EventNamed<K>> {
  for await (const event of events) if (event.kind === kind) return event as EventNamed<K>
  throw new Error(`the run ended without ${kind}`)
}

/** Every event until the run's end. */
export async function allEvents(events: AsyncIterable<RunEvent>): Promise<readonly RunEvent[]> {
  const all: RunEvent[] = []
  for await (const event of events) all.push(event)
  return all
}

/** A look costs the server and a worker more than most steps of a run. */
const LOOK_EVERY_MS = 100

/** Asks the run until its state is as wished. */
export async function untilState(run: RunHandle, holds: (state: RunState) => boolean): Promise<RunState> {
  for (;;) {
    const state = await run.state()
    if (holds(state)) return state
    await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS))
  }
}
