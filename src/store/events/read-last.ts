import type { RunEventBody } from '../../core/events.ts'
import type { EventOfRun } from '../../core/ports.ts'
import { readEvent } from '../../core/read-event.ts'
import { inPages } from '../in-pages.ts'
import { openedIfPossible } from '../seals/seal-text.ts'
import { ask, type Work } from '../work.ts'
import { isOfKinds } from './of-kinds.ts'

type Kinds = readonly RunEventBody['kind'][]

/** Each has many rows, and a file's process waits while they are read. */
const RUNS_AT_ONCE = 50

/** The events of these kinds among the last `count` offsets of each run. */
export const readLast = (keys: readonly string[], count: number, kinds: Kinds): Work<EventOfRun[]> =>
  inPages(keys, page => readPage(page, count, kinds), RUNS_AT_ONCE)

function* readPage(keys: readonly string[], count: number, kinds: Kinds): Work<EventOfRun[]> {
  const events: EventOfRun[] = []
  for (const { run_key: key, event_offset, at_ms, body } of yield* rowsOf(keys, count, kinds)) {
    const text = yield* openedIfPossible(body)
    if (text === undefined) continue
    const event = JSON.parse(text) as RunEventBody
    if (kinds.includes(event.kind)) events.push({ key, event: readEvent(event, event_offset, at_ms) })
  }
  return events
}

/** What is sealed does not tell its kind before it is opened. */
function rowsOf(keys: readonly string[], count: number, kinds: Kinds) {
  return ask(dialect =>
    dialect.queries
      .selectFrom('runs')
      .innerJoin('run_events', 'run_events.run_key', 'runs.run_key')
      .select(['run_events.run_key', 'event_offset', 'at_ms', 'body'])
      .where('runs.run_key', 'in', keys)
      .where('transient', '=', 0)
      .where(({ eb }) => eb('event_offset', '>=', eb('next_offset', '-', count)))
      .where(({ eb, or }) => or([isOfKinds(dialect, kinds), eb('seal_key', 'is not', null)]))
      .orderBy('runs.run_key')
      .orderBy('event_offset'),
  )
}
