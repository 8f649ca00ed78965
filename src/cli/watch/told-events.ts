/**
 * The events of a run that is watched, and of those below it where these are wanted.
 *
 * @module
 */
import { definedOnly } from '../../core/defined-only.ts'
import type { RunEvent } from '../../core/events.ts'
import type { TreeEvent, TreePosition } from '../../runtime/events/tree-events.ts'
import type { RunHandle } from '../../runtime/runs/run-handle.ts'
import type { Records, RunReport } from '../../runtime/store/records.ts'

/** An event with the run that it is of. */
export type Told = Pick<TreeEvent, 'run' | 'event'>

/** Which events. */
export interface Wanted {
  readonly after?: number
  /** What happens in the runs below it, too. */
  readonly below?: boolean
  /** In place of `after`, how far it and each run below it were seen. */
  readonly afterEach?: TreePosition
}

type Watched = Pick<RunHandle, 'id' | 'events' | 'treeEvents'>

/** Reads the run's events, and at the next time those after the last that it gave. */
export function reading(run: Watched, wanted: Wanted): () => AsyncGenerator<Told> {
  return wanted.below ? treeReading(run, wanted) : ownReading(run, wanted)
}

function ownReading(run: Watched, { after }: Wanted): () => AsyncGenerator<Told> {
  let offset = after
  return async function* () {
    for await (const event of run.events(definedOnly({ after: offset }))) {
      offset = event.offset
      yield { run: run.id, event }
    }
  }
}

function treeReading(run: Watched, { afterEach }: Wanted): () => AsyncGenerator<Told> {
  const position = { ...afterEach }
  return async function* () {
    for await (const told of run.treeEvents({ after: position })) {
      position[told.key] = told.event.offset
      yield told
    }
  }
}

/** The same of a run that has ended, from what the store has. */
export async function toldInRecords(
  records: Pick<Records, 'reports' | 'events'>,
  { id, key }: Pick<RunReport, 'id' | 'key'>,
  { after, afterEach, below }: Wanted,
): Promise<AsyncIterable<Told>> {
  const [{ recordedEvents }, { createTreeReader }] = await Promise.all([
    import('../../runtime/events/recorded-events.ts'),
    import('../../runtime/events/tree-events.ts'),
  ])
  return below
    ? createTreeReader(records, key, afterEach).look()
    : ownEvents(id, recordedEvents(records.events, key, after))
}

async function* ownEvents(run: string, events: AsyncIterable<RunEvent>): AsyncGenerator<Told> {
  for await (const event of events) yield { run, event }
}

/** Keeps the ids of those below that have begun and not ended: one that no worker opens has no events of its own. */
export async function* withOpen(open: Set<string>, root: string, events: AsyncIterable<Told>): AsyncGenerator<Told> {
  for await (const told of events) {
    const { run, event } = told
    if (event.kind === 'child-start') open.add(event.run)
    else if (event.kind === 'child-end') open.delete(event.run)
    else if (event.kind === 'run-end') open.delete(run)
    else if (run !== root) open.add(run)
    yield told
  }
}
