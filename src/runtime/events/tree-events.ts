/**
 * Merges the events of a run and of all runs below it into one list.
 *
 * The order of each run's own events is kept. A child's events come after the `child-start` in its parent. Otherwise the events are in the
 * order of their times.
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
  /** That run's key: where a {@link TreePosition} has its offset. */
  readonly key: string
  /** The id of that run's parent; absent for the run at the top. */
  readonly parent?: string
  readonly event: RunEvent
}

/** How far the runs of a tree were read, as plain JSON: the offset of the last event that was seen, by the run's key. */
export type TreePosition = Record<string, number>

export interface TreeReader {
  /** The events of all runs since the last look, up to now. */
  look(): AsyncGenerator<TreeEvent>
  /** The runs that the last look found. */
  runs(): readonly RunOfTree[]
}

/** How far one run was read. */
interface Reading {
  readonly run: RunOfTree
  /** The offset up to which its events were read from the store. */
  offset: number
  /** The offset of its last event at this look. */
  until: number
  /** Events that were read and not yielded yet. */
  readonly events: RunEvent[]
}

/** The state of a merge. Each run that has more events is in one of `ready`, `empty` and `held`. */
interface Tree {
  readonly byId: Map<string, Reading>
  /** Runs with an event at hand, the earliest event first. */
  readonly ready: Heap<Reading>
  /** Runs without an event at hand, of which the store has more. */
  readonly empty: Set<Reading>
  /** Children whose `child-start` was not yielded yet, in the order in which they began. */
  readonly held: Set<Reading>
}

interface Source {
  readonly events: Pick<EventPort, 'readSpans'>
  readonly reports: Pick<ReportPort, 'tree'>
}

/** How many runs one query reads. */
const RUNS_AT_ONCE = 50

/** How many events are read per run at once, unless there are so many runs that {@link EVENTS_IN_MEMORY} allows fewer. */
const EVENTS_AT_ONCE = 100

/** About how many events may be in memory, over all runs. A merge needs the next event of each run at hand. */
const EVENTS_IN_MEMORY = 10_000

/** The fewest events that are read per run at once: with fewer, there would be a query for almost every event. */
const FEWEST_AT_ONCE = 10

/**
 * A reader of the tree below a run.
 *
 * @param key - The key of the run at the top.
 * @param after - Events up to this position are skipped.
 */
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
        if (next) yield nextEvent(tree, next)
        else if (!releaseUnannounced(tree)) return
      }
    },
  }
}

/** Adds a run, or what is new of it. A child waits for its `child-start`, unless the position says that some of its events were seen. */
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

/** Reads the empty runs, and in the same query the children that will be released next: each would need a query of its own otherwise. */
async function readMore(events: Source['events'], tree: Tree): Promise<void> {
  const next = [...tree.held].slice(0, RUNS_AT_ONCE).filter(isUnread)
  const readings = [...tree.empty, ...next].slice(0, RUNS_AT_ONCE)
  const byKey = new Map(readings.map(reading => [reading.run.key, reading]))
  const limit = Math.max(FEWEST_AT_ONCE, Math.min(EVENTS_AT_ONCE, Math.floor(EVENTS_IN_MEMORY / tree.byId.size)))
  const spans = readings.map(({ run: { key }, offset, until }) => ({ key, after: offset, until }))
  for (const { key, event } of await events.readSpans(spans, limit)) byKey.get(key)!.events.push(event)
  for (const reading of readings) {
    // Fewer events than the limit: the offsets up to `until` are used up, since transient events are deleted and leave gaps.
    reading.offset = reading.events.length < limit ? reading.until : reading.events.at(-1)!.offset
    if (tree.empty.delete(reading)) queue(tree, reading)
  }
}

/**
 * Compares by time. If times are equal, runs higher in the tree come first, so that a child's events follow its `child-start`, and
 * `child-end` comes last, so that they precede it. The key of a run begins with its parent's, so a longer key lies lower.
 */
function isBefore(one: Reading, other: Reading): boolean {
  const [first, second] = [one.events[0]!, other.events[0]!]
  if (first.atMs !== second.atMs) return first.atMs < second.atMs
  const [isEnd, isOtherEnd] = [first.kind === 'child-end', second.kind === 'child-end']
  if (isEnd !== isOtherEnd) return isOtherEnd
  const [length, otherLength] = [one.run.key.length, other.run.key.length]
  return isEnd ? length > otherLength : length < otherLength
}

/** Takes the next event of a run. If it is a `child-start`, that child's events may follow. */
function nextEvent(tree: Tree, reading: Reading): TreeEvent {
  const { id, key, parent } = reading.run
  const event = reading.events.shift()!
  queue(tree, reading)
  const child = event.kind === 'child-start' ? tree.byId.get(event.run) : undefined
  if (child) release(tree, child)
  return { run: id, key, ...(parent !== undefined && { parent }), event }
}

/**
 * Releases children whose `child-start` will not come: it lies before the position, was purged, or was never written because the parent
 * had ended. Only the topmost of them; the `child-start` of those below may still come.
 *
 * @returns whether there were any.
 */
function releaseUnannounced(tree: Tree): boolean {
  const { byId, held } = tree
  const topmost = [...held].filter(({ run }) => !held.has(byId.get(run.parent!)!))
  for (const reading of topmost) release(tree, reading)
  return topmost.length > 0
}

/** Lets a child's events follow. Does nothing if it was not held. */
function release(tree: Tree, reading: Reading): void {
  if (tree.held.delete(reading)) queue(tree, reading)
}
