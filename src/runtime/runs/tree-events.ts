/**
 * What happens in a run and in all runs below it, as one list: each run's own order is kept, what a child does comes behind its beginning
 * in the run above it, and beyond that the times of events decide.
 *
 * @module
 */
import type { RunEvent } from '../../core/events.ts'
import type { EventPort } from '../../core/ports.ts'
import type { ReportPort, RunOfTree } from '../../store/index.ts'
import { createHeap, type Heap } from './heap.ts'

/** An event of a run, or of one below it. */
export interface TreeEvent {
  /** The id of the run that it is of. */
  readonly run: string
  /** That run's key, by which a position has its offset. */
  readonly key: string
  /** The id of the run right above it; absent of the run that is read. */
  readonly parent?: string
  readonly event: RunEvent
}

/** How far the runs of a tree were read, as plain JSON: by each run's key the offset of the last event of it that was seen. */
export type TreePosition = Record<string, number>

export interface TreeReader {
  /** What is new in all of them, up to now. */
  look(): AsyncGenerator<TreeEvent>
  /** As the look before has found them. */
  runs(): readonly RunOfTree[]
}

/** One run, as it is read. */
interface Reading {
  readonly run: RunOfTree
  /** Up to here its events were read … */
  offset: number
  /** … and up to here they are told at this look. */
  until: number
  /** Read, and not told yet. */
  readonly events: RunEvent[]
}

interface Tree {
  readonly byId: Map<string, Reading>
  /** Those of which something is told next, by its time. */
  readonly ready: Heap<Reading>
  /** Those of which all is told that was read, and more is there. */
  readonly empty: Set<Reading>
  /** Those whose beginning was not told yet, in the order in which they began. */
  readonly held: Set<Reading>
}

interface Source {
  readonly events: Pick<EventPort, 'readSpans'>
  readonly reports: Pick<ReportPort, 'tree'>
}

/** So many runs are asked for at once … */
const RUNS_AT_ONCE = 50

/** … and so many events of each, … */
const EVENTS_AT_ONCE = 100

/** … fewer where so many would then lie in memory, for of each run the next one is at hand … */
const EVENTS_IN_HAND = 10_000

/** … and not so few that the store is asked for almost each by itself. */
const FEWEST_AT_ONCE = 10

/** @param key - Of the run at the top. @param after - What lies up to there is passed over. */
export function createTreeReader(
  { events, reports }: Source,
  key: string,
  after: Readonly<TreePosition> = {},
): TreeReader {
  const position = { ...after }
  const tree: Tree = { byId: new Map(), ready: createHeap(isBefore), empty: new Set(), held: new Set() }
  let runs: readonly RunOfTree[] = []
  return {
    runs: () => runs,
    async *look() {
      runs = await reports.tree(key)
      for (const run of runs) takeIn(tree, run, position[run.key] ?? 0)
      for (;;) {
        while (tree.empty.size > 0) await readOn(events, tree)
        const next = tree.ready.pop()
        if (next) yield tell(tree, next)
        else if (!letIn(tree)) return
      }
    },
  }
}

/** A run of which something was seen has begun; so has the one at the top. */
function takeIn(tree: Tree, run: RunOfTree, after: number): void {
  const known = tree.byId.get(run.id)
  const reading = known ?? { run, offset: after, until: 0, events: [] }
  reading.until = run.lastOffset
  if (!known) tree.byId.set(run.id, reading)
  if (!known && run.parent !== undefined && after === 0) tree.held.add(reading)
  else if (!tree.held.has(reading)) takeUp(tree, reading)
}

function takeUp({ ready, empty }: Tree, reading: Reading): void {
  if (reading.events.length > 0) ready.push(reading)
  else if (isUnread(reading)) empty.add(reading)
}

function isUnread({ events, offset, until }: Reading): boolean {
  return events.length === 0 && offset < until
}

/** Those that begin next are read with those that are empty: each by itself would be a question of its own. */
async function readOn(events: Source['events'], tree: Tree): Promise<void> {
  const next = [...tree.held].slice(0, RUNS_AT_ONCE).filter(isUnread)
  const readings = [...tree.empty, ...next].slice(0, RUNS_AT_ONCE)
  const byKey = new Map(readings.map(reading => [reading.run.key, reading]))
  const limit = Math.max(FEWEST_AT_ONCE, Math.min(EVENTS_AT_ONCE, Math.floor(EVENTS_IN_HAND / tree.byId.size)))
  const spans = readings.map(({ run: { key }, offset, until }) => ({ key, after: offset, until }))
  for (const { key, event } of await events.readSpans(spans, limit)) byKey.get(key)!.events.push(event)
  for (const reading of readings) {
    // Where fewer came there are no more of them: some are gone, as what is transient.
    reading.offset = reading.events.length < limit ? reading.until : reading.events.at(-1)!.offset
    if (tree.empty.delete(reading)) takeUp(tree, reading)
  }
}

/** What is written at once has one time: a child begins behind the word of it in the run above, and ends before that. */
function isBefore(one: Reading, other: Reading): boolean {
  const [first, second] = [one.events[0]!, other.events[0]!]
  if (first.atMs !== second.atMs) return first.atMs < second.atMs
  const [isEnd, isOtherEnd] = [first.kind === 'child-end', second.kind === 'child-end']
  if (isEnd !== isOtherEnd) return isOtherEnd
  const [length, otherLength] = [one.run.key.length, other.run.key.length]
  return isEnd ? length > otherLength : length < otherLength
}

function tell(tree: Tree, reading: Reading): TreeEvent {
  const { id, key, parent } = reading.run
  const event = reading.events.shift()!
  takeUp(tree, reading)
  const child = event.kind === 'child-start' ? tree.byId.get(event.run) : undefined
  if (child) begin(tree, child)
  return { run: id, key, ...(parent !== undefined && { parent }), event }
}

/**
 * Lets in those whose beginning does not come any more: it lies before the position, or was purged, or the run above had ended. Says
 * whether there were any.
 */
function letIn(tree: Tree): boolean {
  const { byId, held } = tree
  const left = [...held].filter(({ run }) => !held.has(byId.get(run.parent!)!))
  for (const reading of left) begin(tree, reading)
  return left.length > 0
}

function begin(tree: Tree, reading: Reading): void {
  if (tree.held.delete(reading)) takeUp(tree, reading)
}
