/**
 * What `runs --waiting` lists.
 *
 * @module
 */
import { definedOnly } from '../core/defined-only.ts'
import { countOf } from '../core/words/count-of.ts'
import type { Signalbox } from '../runtime/client.ts'
import type { RunFilter } from '../runtime/store/records.ts'
import type { WaitingList, WaitingQuery } from '../runtime/waiting/list-waiting.ts'
import { EXISTING_STORE, withSignalbox } from './connections.ts'
import { EXIT } from './exit-codes.ts'
import { printJson } from './print/json.ts'
import { noteMore, noteUnknown, noteUnknownLabel } from './print/list-notes.ts'
import { waitingJson, waitingTable } from './print/waiting-runs.ts'
import { formatTime } from './print/words.ts'
import { CliProblem } from './problem.ts'
import type { Terminal } from './terminal.ts'
import { noteUnopened, unopenedBeside, unopenedTables } from './unopened.ts'

/** Lists the runs that wait for people. Each is asked itself, so the server and a worker are needed. */
export async function listWaiting(
  { outcomes, limit, ...filter }: Pick<RunFilter, 'outcomes'> & WaitingQuery & { readonly limit: number },
  { json, taskQueue }: { readonly json?: boolean; readonly taskQueue?: string },
  terminal: Terminal,
) {
  if (outcomes)
    throw new CliProblem(EXIT.badInput, 'what waits for a person is open: leave out --outcome, or --waiting')
  const listing = async (signalbox: Signalbox) => {
    const list = await signalbox.waiting({ ...filter, limit })
    if (list.more) noteMore(terminal, limit)
    const { place, reports } = await signalbox.store()
    if (list.waiting.length === 0) {
      await noteUnknown(terminal, { reports }, { workspace: filter.workspace })
      await noteUnknownLabel(terminal, { reports }, 'runs', { ...filter, waiting: true })
    }
    const beside = await unopenedBeside(signalbox, { ...filter, limit })
    if (json) printJson(terminal, { store: place, ...waitingJson(list, terminal.command), ...beside })
    else {
      const waits = list.waiting.length > 0 ? waitingTable(list.waiting, terminal) : noneWords(list, place)
      terminal.print([waits, ...unopenedTables(beside, terminal.columns)].join('\n\n'))
    }
    noteUnasked(list, terminal)
    noteCut(list, terminal)
    noteUnopened(beside, terminal)
    // Of those elsewhere no answer was to be had here.
    if (list.unasked.some(({ elsewhere }) => !elsewhere)) terminal.end(EXIT.outOfReach)
  }
  await withSignalbox(terminal, listing, { ...EXISTING_STORE, ...definedOnly({ taskQueue }) })
}

function noneWords({ unasked }: WaitingList, place: string): string {
  return `no run in ${place} ${unasked.length === 0 ? 'waits' : 'is known to wait'} for a person`
}

function noteCut({ resetSinceMs }: WaitingList, { note }: Terminal): void {
  if (resetSinceMs !== undefined)
    note(
      `note: so many workflows are open here that not all were searched: runs that had ended, and were reset before ${formatTime(resetSinceMs)} UTC, may wait too; choose by --since`,
    )
}

/** On standard error; `--json` has all. */
const MOST_NOTES = 10

function noteUnasked({ unasked }: WaitingList, { note }: Terminal): void {
  const here = unasked.filter(({ elsewhere }) => !elsewhere)
  for (const { id, why } of here.slice(0, MOST_NOTES)) note(`run ${id} may wait too, and could not be asked: ${why}`)
  if (here.length > MOST_NOTES) note(`and ${here.length - MOST_NOTES} more; choose fewer by --since or --workspace`)
  const elsewhere = unasked.length - here.length
  if (elsewhere > 0)
    note(
      `note: ${countOf(elsewhere, 'run')} of other namespaces or servers may wait too, and can be asked only there: set TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE to those`,
    )
}
