import type { Command } from 'commander'
import { definedOnly } from '../../core/defined-only.ts'
import { notEndedWords } from '../../core/words/not-ended.ts'
import { shellWord } from '../../core/words/shell-word.ts'
import type { PurgeReport } from '../../runtime/store/purge.ts'
import type { LedgerFilter, RunFilter } from '../../runtime/store/records.ts'
import { withRecords } from '../connections.ts'
import { EXIT } from '../exit-codes.ts'
import { duration, label, name } from '../parse/values.ts'
import { printJson } from '../print/json.ts'
import { noteUnknown } from '../print/list-notes.ts'
import { CliProblem } from '../problem.ts'
import { namespaceHere } from '../run-meant.ts'
import type { Terminal } from '../terminal.ts'

interface PurgeFlags {
  readonly run?: string
  readonly label?: LedgerFilter['label']
  readonly workspace?: string
  readonly olderThan?: number
  readonly compact: boolean
  readonly json?: boolean
}

type RunsWhere = Pick<RunFilter, 'label' | 'workspace'>

export function addPurge(program: Command, terminal: Terminal): void {
  program
    .command('purge')
    .description(
      'delete what runs have said and read: destroy the keys of sealed runs, delete the rows of others; calls and costs stay',
    )
    .option('--run <id>', 'one run, with the runs below it', name)
    .option('--label <key=value>', 'each tree of runs that all have this label', label)
    .option('--workspace <name>', 'each tree of runs that it all pays for; with --label both must hold', name)
    .option('--older-than <duration>', 'runs that ended at least this long ago, e.g. 30d', duration)
    .option('--no-compact', "do not rewrite the database's files; deleted content may remain in their free pages")
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nWithout --run, --label, --workspace and --older-than: the runs whose retention\nis over.')
    .action((flags: PurgeFlags) => purge(flags, terminal))
}

async function purge(
  { run, label, workspace, olderThan, compact, json }: PurgeFlags,
  terminal: Terminal,
): Promise<void> {
  const where = label || workspace !== undefined ? definedOnly({ label, workspace }) : undefined
  if ([run, where, olderThan].filter(which => which !== undefined).length > 1)
    throw new CliProblem(
      EXIT.badInput,
      'say which runs: --run <id>, or --label <key=value> and --workspace <name>, or --older-than <duration>, not several of these',
    )
  const { purgeContent } = await import('../../runtime/store/purge.ts')
  const wish = definedOnly({ run, where, olderThanMs: olderThan, compact })
  const { place, ...report } = await purgeContent(wish, terminal.env, () => namespaceHere(terminal))
  if (report.left?.length) terminal.end(EXIT.badInput)
  if (report.uncompacted !== undefined) terminal.end(EXIT.outOfReach)
  if (where && report.purged.length === 0) await noteNone(where, terminal)
  if (json) return printJson(terminal, { store: place, ...report })
  printReport({ place, ...report }, terminal)
}

/** Somebody who has to see content gone, and has misspelt whose it is, would take the empty list for it. */
async function noteNone(where: RunsWhere, terminal: Terminal): Promise<void> {
  const { label, workspace } = where
  const named = [
    ...(label ? [`the label ${label.key}=${label.value}`] : []),
    ...(workspace === undefined ? [] : [`the workspace ${workspace}`]),
  ]
  await withRecords(terminal, async records => {
    if ((await records.reports.runs({ ...where, limit: 1 })).length > 0) return
    terminal.note(`note: no run in ${records.place} has ${named.join(' and ')}, so there was nothing to look through`)
    await noteUnknown(terminal, records, { workspace })
  })
}

/** `--json` names all. */
const MOST_NAMED = 10

function printReport(report: PurgeReport, terminal: Terminal): void {
  const { purged, left = [], leftInLog, uncompacted, place } = report
  if (purged.length === 0) terminal.print('no run had anything to purge')
  for (const { run: id, how, runs } of purged.slice(0, MOST_NAMED))
    terminal.print(
      `${id}: ${how === 'deleted' ? 'content deleted' : 'key destroyed'}${runs > 1 ? ` (${runs} runs)` : ''}`,
    )
  if (purged.length > MOST_NAMED) terminal.print(`and ${purged.length - MOST_NAMED} more, ${purged.length} in all`)
  for (const tree of left) terminal.note(leftWords(tree))
  const isDeleted = purged.some(({ how }) => how === 'deleted')
  if (!isDeleted) printRewritten(report, terminal)
  else if (uncompacted !== undefined)
    terminal.note(
      `it is deleted, but may remain in free pages of the database's files, which were not rewritten: ${uncompacted} The next purge that deletes something rewrites them; \`vacuum full\` of the tables in PostgreSQL's schema signalbox, or \`vacuum\` of a SQLite file, does so at once`,
    )
  if (leftInLog)
    terminal.note(
      `note: it is still in ${place}-wal, because somebody, such as a backup, reads the file; once nobody does, a worker empties that within some minutes, or whoever closes the file last does so at once`,
    )
  if (isDeleted)
    terminal.note(
      "note: Temporal keeps the histories of runs that were not sealed until its namespace's retention is over; `temporal workflow delete --query 'WorkflowId = \"<run>\"'` deletes those of one",
    )
}

/** Says what became of a file that was to be rewritten only because of its free room. */
function printRewritten({ compacted, uncompacted, place }: PurgeReport, terminal: Terminal): void {
  if (compacted) terminal.print(`the file ${place} was rewritten, because half of it was free room`)
  if (uncompacted !== undefined)
    terminal.note(`half of the file ${place} is free room, but it could not be rewritten: ${uncompacted}`)
}

type LeftTree = NonNullable<PurgeReport['left']>[number]

/** Why a tree was left as it is, and what to do about it. */
function leftWords({ run, key, open, runs, matching }: LeftTree): string {
  const id = shellWord(key)
  const others = `only ${matching} of its ${runs} runs are such runs, and a purge ends the content of them all; if the others may go too, \`signalbox purge --run ${id}\` ends it`
  const ended = 'it has ended since it was looked at; purge once more'
  const why = open === undefined ? (matching < runs ? others : ended) : notEndedWords(open)
  return `not purged: ${run}: ${why}`
}
