/**
 * Shows a run while it works.
 *
 * @module
 */
import type { Outcome, OutcomeKind } from '../../core/protocol.ts'
import { type EndedRun, endAfter } from '../../core/runs/ended-run.ts'
import { countOf } from '../../core/words/count-of.ts'
import type { Signalbox } from '../../runtime/client.ts'
import type { Records, RunReport } from '../../runtime/store/records.ts'
import { attemptsWords, formatTreeCost } from '../print/money.ts'
import { outcomeLine, outcomeWords } from '../print/outcome.ts'
import { formatDuration } from '../print/words.ts'
import { keyHere } from '../run-meant.ts'
import type { Terminal } from '../terminal.ts'
import { exitCodeOf } from './exit-code.ts'
import { createFloor } from './floor.ts'
import { noteFailures } from './note-failures.ts'
import { pastOutages } from './past-outages.ts'
import { createEventPrinter } from './print-events.ts'
import { createTreePrinter } from './print-tree.ts'
import { reading, type Told, toldInRecords, type Wanted, withOpen } from './told-events.ts'

export interface WatchOptions extends Wanted {
  readonly reasoning?: boolean
  readonly json?: boolean
  /** What was noted of it just before. */
  readonly noted?: string
}

/** Of an outcome, what is shown behind the events. */
type ShownOutcome = Pick<Outcome, 'kind' | 'message' | 'text' | 'output'>

/** Prints the run's events until it ends, then what it came to; sets the exit code by its outcome. */
export async function watchRun(
  signalbox: Signalbox,
  id: string,
  terminal: Terminal,
  { noted, ...options }: WatchOptions,
): Promise<void> {
  const run = signalbox.run(id)
  const { json, below } = options
  const open = new Set<string>()
  const looks = noteFailures(signalbox, id, terminal, { noted, below: () => open })
  const read = reading(run, options)
  const ask = async () => (await signalbox.store()).reports.run(id)
  const told = pastOutages({ read, ask }, terminal)
  const events = below ? withOpen(open, id, told) : told
  const hear = async () => {
    const end = await printEvents(events, id, terminal, options).catch(error => unlessUnknown(error, terminal))
    // A run that was terminated never wrote its end; Temporal knows it, and is waited for where it is away.
    const outcome: ShownOutcome = json && end ? { kind: end.outcome } : await run.outcome()
    return { end, outcome }
  }
  const { end, outcome } = await Promise.race([hear(), looks.failed]).finally(looks.end)
  const { kind, message, text, output } = outcome
  terminal.end(exitCodeOf(kind))
  // No event has told of such an end.
  if (json && !end) terminal.note(outcomeLine(id, { kind, message }))
  if (json) return
  // What an agent said has been printed as it came.
  if (text === undefined) for (const words of outcomeWords({ kind, output })) terminal.print(words)
  const store = await signalbox.store()
  const key = await keyHere(signalbox, store, id)
  terminal.print(await summaryOf(store, { id, key }, beyond(end, { kind, message })))
}

/** Of the records, what tells of one run. */
type Recorded = Pick<Records, 'reports' | 'events' | 'place'>

/** The same for a run that has ended, of which the store has all that happened; `false` for any other. @param key - Of the run. */
export async function watchRecords(
  records: Recorded,
  key: string,
  terminal: Terminal,
  options: WatchOptions,
): Promise<boolean> {
  const report = await records.reports.run(key)
  if (report?.outcome === undefined) return false
  const { id, outcome: kind, message } = report
  const end = await printEvents(await toldInRecords(records, report, options), id, terminal, options)
  terminal.end(exitCodeOf(kind))
  if (!options.json) terminal.print(await summaryOf(records, { id, key }, beyond(end, { kind, message })))
  return true
}

/** Says that the store does not have the run, and goes on: the outcome comes from the server, perhaps much later. */
async function unlessUnknown(error: unknown, terminal: Terminal): Promise<undefined> {
  const { isUnknownHere } = await import('../../runtime/finding/unknown-run.ts')
  if (!isUnknownHere(error)) throw error
  terminal.note(error.message)
}

/** Gives what ended the run, where an event says so. */
async function printEvents(
  events: AsyncIterable<Told>,
  id: string,
  terminal: Terminal,
  { after, afterEach, reasoning = false, json = false, below = false }: WatchOptions,
): Promise<EndedRun | undefined> {
  const floor = createFloor(terminal.write)
  const printing = { floor, command: terminal.command, reasoning }
  const own = createEventPrinter({ ...printing, run: id })
  const { print } = below ? createTreePrinter(printing) : { print: ({ event }: Told) => own.print(event) }
  let end: EndedRun | undefined
  let isQuiet = true
  for await (const told of events) {
    const { run, event } = told
    isQuiet = false
    if (json) terminal.print(JSON.stringify(below ? told : event))
    else print(told)
    if (run === id) end = endAfter(event, end)
  }
  const passed = after ?? (afterEach && 'that position')
  if (isQuiet && passed !== undefined) terminal.note(`run ${id} has ended, and has no event after ${passed}`)
  return end
}

interface End {
  readonly kind: OutcomeKind
  readonly message?: string
}

/** The message, which may be long, is said once. */
function beyond(said: EndedRun | undefined, { kind, message }: End): End {
  return message === said?.message ? { kind } : { kind, message }
}

async function summaryOf(
  { reports, place }: Pick<Records, 'reports' | 'place'>,
  { id, key }: Pick<RunReport, 'id' | 'key'>,
  { kind, message }: End,
): Promise<string> {
  const report = await reports.run(key)
  const said = `run ${id}: ${kind}${message === undefined ? '' : ` · ${message}`}`
  if (!report)
    return `${said}\nnote: the store ${place} knows nothing of it; set DATABASE_URL to the store that its workers use to see more, unless no worker had opened it`
  const { calls, startedAtMs, endedAtMs } = report
  const tree = await reports.cost(report.key)
  const time = endedAtMs === undefined ? [] : [formatDuration(endedAtMs - startedAtMs)]
  const made = `${countOf(calls, 'call')}, ${attemptsWords(report, tree)}`
  return [said, made, formatTreeCost(report, tree), ...time].join(' · ')
}
