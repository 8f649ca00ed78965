import type { Command } from 'commander'
import { definedOnly } from '../../core/defined-only.ts'
import { OUTCOME_KINDS } from '../../core/protocol.ts'
import { countOf } from '../../core/words/count-of.ts'
import { shorten } from '../../core/words/shorten.ts'
import { MOST_LISTED } from '../../runtime/lists/list-bounds.ts'
import { type ListedRun, listRuns } from '../../runtime/lists/list-runs.ts'
import type { LedgerFilter, Records, RunEnding, RunFilter, RunReport } from '../../runtime/store/records.ts'
import { UNOPENED_ENDINGS } from '../../runtime/unopened/unopened-endings.ts'
import { withRecords } from '../connections.ts'
import { EXIT } from '../exit-codes.ts'
import { type FailingRuns, lookForFailing } from '../failing.ts'
import { timeSpan } from '../parse/time-span.ts'
import { count, label, name, someOf, time } from '../parse/values.ts'
import { printJson } from '../print/json.ts'
import { noteMore, noteUnknown, noteUnknownLabel } from '../print/list-notes.ts'
import { formatCost } from '../print/money.ts'
import { runJson } from '../print/run-json.ts'
import { folding, renderTableWithin } from '../print/table.ts'
import { formatDuration, formatLabels, formatTime } from '../print/words.ts'
import { CliProblem, noSuchRun } from '../problem.ts'
import { keyToRead } from '../run-meant.ts'
import type { Terminal } from '../terminal.ts'
import { isForStore, lookForUnopened, noteUnopened, type Unopened, unopenedTables } from '../unopened.ts'
import { listWaiting } from '../waiting.ts'

interface RunsFlags {
  readonly workspace?: string
  readonly label?: LedgerFilter['label']
  readonly outcome?: readonly RunEnding[]
  readonly waiting?: boolean
  readonly since?: number
  readonly until?: number
  readonly after?: string
  readonly limit?: number
  readonly taskQueue?: string
  readonly json?: boolean
}

const ENDINGS = [...OUTCOME_KINDS, 'open'] as const satisfies readonly RunEnding[]

export function addRuns(program: Command, terminal: Terminal): void {
  program
    .command('runs')
    .description('list the runs of the store, newest first, each with its own cost; a child has a row of its own')
    .option('--workspace <name>', 'only runs that it pays for', name)
    .option('--label <key=value>', 'only runs with this label', label)
    .option(
      '--outcome <kind>',
      `only runs that ended so, or are open; may be repeated: ${ENDINGS.join(', ')}`,
      someOf(ENDINGS),
    )
    .option('--waiting', 'only runs that wait for a person: for what, since when, and the command that answers it')
    .option('--since <time>', 'only those that began since: a date, or 20m, 2h, 1d before now', time)
    .option('--until <time>', 'only those that began before then', time)
    .option('--after <run>', 'only those that are listed behind this run: the last one of the page before', name)
    .option('--limit <count>', `at most this many (default: ${MOST_LISTED})`, count)
    .option(
      '--task-queue <name>',
      'the queue on which to look for runs that no worker has opened, with --outcome open or --waiting (default: signalbox)',
      name,
    )
    .option('--json', 'print one JSON object')
    .action((flags: RunsFlags) => list(flags, terminal))
}

async function list(
  { json, outcome: outcomes, waiting, since, until, taskQueue, after, limit = MOST_LISTED, ...rest }: RunsFlags,
  terminal: Terminal,
): Promise<void> {
  const filter = { ...rest, ...(outcomes && { outcomes }), ...timeSpan(since, until) }
  if (waiting && after !== undefined)
    throw new CliProblem(EXIT.badInput, '--after goes on in a list of the store: with --waiting, raise --limit')
  if (waiting) return listWaiting({ ...filter, limit }, { json, taskQueue }, terminal)
  if (taskQueue !== undefined && !outcomes?.includes('open'))
    throw new CliProblem(
      EXIT.badInput,
      '--task-queue says where runs wait for a first worker: add --outcome open or --waiting, or leave it out',
    )
  await withRecords(terminal, async records => {
    const { reports, place } = records
    const behind = after === undefined ? {} : { after: await lastRun(terminal, records, after) }
    const listing = listRuns(records, { ...filter, ...behind, limit })
    const [{ runs, more }, beside, { failing, note }] = await Promise.all([
      listing,
      // The first page has them.
      after === undefined ? lookBeside({ ...filter, limit, taskQueue }, outcomes, terminal) : {},
      outcomes?.includes('open') ? lookForFailing(terminal, listing) : NONE_ASKED,
    ])
    const next = more ? runs.at(-1)?.key : undefined
    if (more) noteMore(terminal, limit, next && `--after ${next}`)
    if (runs.length === 0 && after === undefined) {
      await noteUnknown(terminal, { reports }, { workspace: rest.workspace })
      await noteUnknownLabel(terminal, { reports }, 'runs', filter)
    }
    noteUnopened(beside, terminal)
    if (note !== undefined) terminal.note(`note: ${note}`)
    const shown = runs.map(run => ({ ...run, ...definedOnly({ failing: failing.get(run.key) }) }))
    if (json) return printJson(terminal, { store: place, runs: shown.map(runJson), more, next, ...beside })
    const tables = [
      ...(shown.length > 0 ? [runsTable(shown, terminal.columns)] : []),
      ...unopenedTables(beside, terminal.columns),
    ]
    terminal.print(tables.length > 0 ? tables.join('\n\n') : `no such runs in ${place}${elsewhere(filter)}`)
  })
}

/** No list of the store alone has them, and who looks for runs in vain may well have no worker. */
function elsewhere(filter: RunFilter): string {
  return filter.outcomes || isForStore(filter) ? '' : '; --outcome open also lists those that no worker has opened'
}

/** The run that ends the page before. */
async function lastRun(terminal: Terminal, records: Records, id: string): Promise<RunReport> {
  const run = await records.reports.run(await keyToRead(terminal, records, id))
  if (!run) throw await noSuchRun(id, records.place)
  return run
}

const NONE_ASKED: FailingRuns = { failing: new Map() }

/** A run, with what of it fails and is tried again, or that no worker takes it up. */
type ShownRun = ListedRun & { readonly failing?: string }

/** Looks for runs that no worker has opened, which have none of the other outcomes. */
async function lookBeside(
  { taskQueue, ...filter }: RunFilter & Pick<RunsFlags, 'taskQueue'>,
  wanted: readonly RunEnding[] = [],
  terminal: Terminal,
): Promise<Unopened> {
  const outcomes = UNOPENED_ENDINGS.filter(ending => wanted.includes(ending))
  return outcomes.length > 0 ? lookForUnopened(terminal, { ...filter, outcomes }, taskQueue) : {}
}

/** Characters of a message: `show` has the whole. */
const WORDS_SHOWN = 160

function runsTable(runs: readonly ShownRun[], width: number | undefined): string {
  return renderTableWithin<ShownRun>(
    width,
    [
      { title: 'run', cell: run => run.id },
      { title: 'workflow', cell: run => run.workflow },
      folding('workspace', run => run.workspace),
      { title: 'started (UTC)', cell: run => formatTime(run.startedAtMs) },
      folding('took', run => formatDuration(run.endedAtMs && run.endedAtMs - run.startedAtMs), 'right'),
      { title: 'outcome', cell: run => run.outcome ?? 'open' },
      {
        title: 'calls',
        cell: run => String(run.calls),
        align: 'right',
        folded: run => `${countOf(run.calls, 'call')}, ${countOf(run.attempts, 'attempt')}`,
      },
      { title: 'attempts', cell: run => String(run.attempts), align: 'right', folded: () => '' },
      { title: 'own cost', cell: run => formatCost(run.cost), align: 'right' },
      { title: 'labels', cell: run => formatLabels(run.labels), folded: 'cell' },
      {
        title: 'message',
        cell: ({ message, failing, waitingFor = '' }) => shorten(message ?? failing ?? waitingFor, WORDS_SHOWN),
        folded: 'cell',
      },
    ],
    runs,
  )
}
