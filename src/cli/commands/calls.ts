import { type Command, Option } from 'commander'
import { WORKER_ENDS } from '../../core/faults/attempt-end.ts'
import { FAULT_KINDS } from '../../core/faults/fault.ts'
import { countOf } from '../../core/words/count-of.ts'
import { listCalls, MOST_CALLS_LISTED } from '../../runtime/lists/list-calls.ts'
import type { CallReport, LedgerFilter, Records } from '../../runtime/store/records.ts'
import { withRecords } from '../connections.ts'
import { EXIT } from '../exit-codes.ts'
import { timeSpan } from '../parse/time-span.ts'
import { count, label, name, time } from '../parse/values.ts'
import { callJson, callsTable } from '../print/calls-table.ts'
import { printJson } from '../print/json.ts'
import { noteMore, noteUnknown, noteUnknownLabel } from '../print/list-notes.ts'
import { CliProblem, noSuchRun } from '../problem.ts'
import { keyToRead } from '../run-meant.ts'
import type { Terminal } from '../terminal.ts'

interface CallsFlags {
  readonly run?: string
  readonly below?: boolean
  readonly class?: string
  readonly model?: string
  readonly provider?: string
  readonly fault?: string
  readonly label?: LedgerFilter['label']
  readonly since?: number
  readonly until?: number
  readonly before?: string
  readonly limit?: number
  readonly json?: boolean
}

export function addCalls(program: Command, terminal: Terminal): void {
  program
    .command('calls')
    .description('list model calls with their attempts, or why nobody was asked, oldest first')
    .option('--run <run>', 'only calls of this run', name)
    .option('--below', 'with --run, also calls of the runs below it')
    .option('--class <name>', 'only calls of this task class', name)
    .option('--model <author/name>', 'only calls with an attempt at this model', name)
    .option('--provider <name>', 'only calls with an attempt at this provider', name)
    .addOption(
      new Option('--fault <kind>', 'only calls with an attempt that ended in this fault, or with its worker').choices([
        ...FAULT_KINDS,
        ...WORKER_ENDS,
      ]),
    )
    .option('--label <key=value>', 'only calls with this label', label)
    .option('--since <time>', 'only those that began since: a date, or 20m, 2h, 1d before now', time)
    .option('--until <time>', 'only those that began before then', time)
    .option(
      '--before <call>',
      'only those that are listed before this call, further back in time: the first one of the last page',
      name,
    )
    .option('--limit <count>', `at most this many, of the newest (default: ${MOST_CALLS_LISTED})`, count)
    .option('--json', 'print one JSON object')
    .action((flags: CallsFlags) => list(flags, terminal))
}

async function list(
  { json, class: taskClass, since, until, before, limit = MOST_CALLS_LISTED, ...rest }: CallsFlags,
  terminal: Terminal,
): Promise<void> {
  const { below } = rest
  if (below && rest.run === undefined)
    throw new CliProblem(
      EXIT.badInput,
      '--below adds the runs below one run: name that with --run, or leave out --below',
    )
  const filter = { ...rest, ...(taskClass && { taskClass }), ...timeSpan(since, until) }
  await withRecords(terminal, async records => {
    const { reports, place } = records
    const meant = rest.run === undefined ? {} : { run: await keyToRead(terminal, records, rest.run) }
    const further = before === undefined ? {} : { before: await firstCall(records, before) }
    const { calls, more } = await listCalls(reports, { ...filter, ...meant, ...further, limit })
    const next = more ? calls[0]?.callId : undefined
    if (more) noteMore(terminal, limit, next && `--before ${next}`)
    const { run } = meant
    if (calls.length === 0 && run !== undefined && !(await reports.run(run))) throw await noSuchRun(run, place)
    if (calls.length === 0 && before === undefined) {
      await noteUnknown(terminal, records, { class: taskClass, model: rest.model, provider: rest.provider })
      await noteUnknownLabel(terminal, records, 'calls', filter)
    }
    if (run !== undefined && !below) await noteBelow(terminal, reports, run)
    if (json) return printJson(terminal, { store: place, calls: calls.map(callJson), more, next })
    const withRun = run === undefined || below === true
    terminal.print(
      calls.length > 0 ? callsTable(calls, { withRun, width: terminal.columns }) : `no such calls in ${place}`,
    )
  })
}

/** The call that begins the last page. */
async function firstCall({ reports, place }: Records, callId: string): Promise<CallReport> {
  const call = await reports.call(callId)
  if (call) return call
  throw new CliProblem(
    EXIT.badInput,
    `no call '${callId}' is in ${place}: --before takes a call's id, as --json has it under next and callId`,
  )
}

/** `cost` counts the runs below too, so its figures differ from those of this list. */
async function noteBelow(terminal: Terminal, reports: Records['reports'], run: string): Promise<void> {
  const [, ...below] = await reports.tree(run)
  if (below.length === 0) return
  const runs = `${countOf(below.length, 'run')} below it ${below.length === 1 ? 'has' : 'have'} others`
  terminal.note(`only its own calls are listed: ${runs}, which \`signalbox cost\` counts too; --below lists them all`)
}
