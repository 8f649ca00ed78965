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
  /** The id of its run. */
  readonly run: string
  /** That run's key, under which a position has its offset. */
  readonly key: string
  /** The id of that run's parent; absent for the run at the top. */
  readonly parent?: string
  readonly event: RunEvent
}

/** How far the runs of a tree were read, as plain JSON: by each run's key the offset of the last event of it that was seen. */
export type TreePosition = Record<string, number>

export interface TreeReader {
  /** The new events of all runs, up to now. */
  look(): AsyncGenerator<TreeEvent>
  /** The runs that the last look has found. */
  runs(): readonly RunOfTree[]
}

/** One run, as it is read. */
interface Reading {
  readonly run: RunOfTree
  /** The offset up to which its events were read. */
  offset: number
  /** The offset up to which they are told at this look. */
  until: number
  /** Events that were read and not told yet. */
  readonly events: RunEvent[]
}

interface Tree {
  readonly byId: Map<string, Reading>
  /** Runs that have an event ready to be told, the earliest event first. */
  readonly ready: Heap<Reading>
  /** Runs that have no event ready, though the store has more of theirs. */
  readonly empty: Set<Reading>
  /** Children whose `child-start` was not told yet, in the order in which they began. */
  readonly held: Set<Reading>
}

interface Source {
  readonly events: Pick<EventPort, 'readSpans'>
  readonly reports: Pick<ReportPort, 'tree'>
}

/** How many runs are read with one query. */
const RUNS_AT_ONCE = 50

/** How many events are read of each run, unless that would be too many in sum. */
const EVENTS_AT_ONCE = 100

/** The most events in memory. The next event of each run has to be at hand. */
const EVENTS_IN_HAND = 10_000

/** The fewest events that are read of each run: with fewer, the store would be asked for almost every single event. */
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
      for (const run of runs) addRun(tree, run, position[run.key] ?? 0)
      for (;;) {
        while (tree.empty.size > 0) await readMore(events, tree)
        const next = tree.ready.pop()
        if (next) yield tell(tree, next)
        else if (!releaseUnannounced(tree)) return
      }
    },
  }
}

/** A child is held back until its `child-start` is told, unless the position says that some of its events were seen. */
function addRun(tree: Tree, run: RunOfTree, after: number): void {
  const known = tree.byId.get(run.id)
  const reading = known ?? { run, offset: after, until: 0, events: [] }
  reading.until = run.lastOffset
  if (!known) tree.byId.set(run.id, reading)
  if (!known && run.parent !== undefined && after === 0) tree.held.add(reading)
  else if (!tree.held.has(reading)) queue(tree, reading)
}

function queue({ ready, empty }: Tree, reading: Reading): void {
  if (reading.events.length > 0) ready.push(reading)
  else if (isUnread(reading)) empty.add(reading)
}

function isUnread({ events, offset, until }: Reading): boolean {
  return events.length === 0 && offset < until
}

/** Reads the children that begin next together with the empty runs: by itself each would cost a question. */
async function readMore(events: Source['events'], tree: Tree): Promise<void> {
  const next = [...tree.held].slice(0, RUNS_AT_ONCE).filter(isUnread)
  const readings = [...tree.empty, ...next].slice(0, RUNS_AT_ONCE)
  const byKey = new Map(readings.map(reading => [reading.run.key, reading]))
  const limit = Math.max(FEWEST_AT_ONCE, Math.min(EVENTS_AT_ONCE, Math.floor(EVENTS_IN_HAND / tree.byId.size)))
  const spans = readings.map(({ run: { key }, offset, until }) => ({ key, after: offset, until }))
  for (const { key, event } of await events.readSpans(spans, limit)) byKey.get(key)!.events.push(event)
  for (const reading of readings) {
    // Fewer came than were asked for: there are no more, for transient events are deleted.
    reading.offset = reading.events.length < limit ? reading.until : reading.events.at(-1)!.offset
    if (tree.empty.delete(reading)) queue(tree, reading)
  }
}

/** By their times. Of events with one time, a child's come after its `child-start` in the run above, and before its `child-end`. */
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
  queue(tree, reading)
  const child = event.kind === 'child-start' ? tree.byId.get(event.run) : undefined
  if (child) release(tree, child)
  return { run: id, key, ...(parent !== undefined && { parent }), event }
}

/**
 * Releases the children whose `child-start` does not come any more: it lies before the position, or was purged, or the run above had
 * ended. Returns whether there were any.
 */
function releaseUnannounced(tree: Tree): boolean {
  const { byId, held } = tree
  const left = [...held].filter(({ run }) => !held.has(byId.get(run.parent!)!))
  for (const reading of left) release(tree, reading)
  return left.length > 0
}

function release(tree: Tree, reading: Reading): void {
  if (tree.held.delete(reading)) queue(tree, reading)
}
