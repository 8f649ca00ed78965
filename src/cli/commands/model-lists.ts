import type { Command } from 'commander'
import { EXIT } from '../exit-codes.ts'
import { count, path } from '../parse/values.ts'
import { differenceWords, sourcesTable } from '../print/catalogue-difference.ts'
import { printJson } from '../print/json.ts'
import type { Terminal } from '../terminal.ts'

interface ListFlags {
  readonly provider?: string
  readonly config?: string
  readonly home?: boolean
  readonly addresses?: boolean
  readonly limit: number
  readonly json?: boolean
}

const LIMIT = 40

const PROVIDER = ['--provider <name>', "whose models a list in OpenRouter's shape has (default: openrouter)"] as const
const ADDRESSES = [
  '--addresses',
  'also take new addresses of known providers from the list; their keys will be sent there',
] as const
const LISTS = "models.dev's api.json or a snapshot of it, OpenRouter's /models or /models/{author}/{slug}/endpoints"

/** What is done with newer lists of models and prices. */
export function addModelLists(models: Command, terminal: Terminal): void {
  models
    .command('import')
    .description('use a newer list of models and prices instead of the shipped one, for this configuration')
    .argument('<file>', LISTS, path)
    .option(...PROVIDER)
    .option(...ADDRESSES)
    .option('--home', 'use it for all configurations of this user that have no list next to them')
    .option('--config <path>', 'the configuration next to which the list is put (default: signalbox.yaml)', path)
    .option('--limit <count>', 'show at most this many changes', count, LIMIT)
    .option('--json', 'print one JSON object')
    .action((file: string, flags: ListFlags) => put(file, flags, terminal))
  models
    .command('diff')
    .description(
      'show what a newer list changes: prices, windows, new and retired models, and the classes that name them',
    )
    .argument('[file]', `${LISTS} (default: what was imported, beside the shipped list)`, path)
    .option(...PROVIDER)
    .option(...ADDRESSES)
    .option('--config <path>', 'the configuration whose classes are looked at (default: signalbox.yaml)', path)
    .option('--limit <count>', 'show at most this many changes', count, LIMIT)
    .option('--json', 'print one JSON object')
    .action((file: string | undefined, flags: ListFlags) => diff(file, flags, terminal))
}

async function put(file: string, { json, limit, ...flags }: ListFlags, terminal: Terminal): Promise<void> {
  const lists = await import('../../runtime/configuration/catalogue-lists.ts')
  try {
    const imported = lists.importList(file, { ...flags, env: terminal.env })
    if (json) return printJson(terminal, { ok: true, ...imported })
    terminal.print(differenceWords(imported, limit, terminal.columns))
    terminal.print(
      `\nIt is in ${imported.path} and takes effect when a worker next starts or reads a changed configuration.`,
    )
  } catch (error) {
    if (!json || !(error instanceof lists.ListProblem)) throw error
    terminal.end(EXIT.badInput)
    printJson(terminal, { ok: false, problems: error.problems })
  }
}

async function diff(file: string | undefined, { json, limit, ...flags }: ListFlags, terminal: Terminal): Promise<void> {
  const { diffLists } = await import('../../runtime/configuration/catalogue-lists.ts')
  const difference = diffLists(file, { ...flags, env: terminal.env })
  if (json) return printJson(terminal, difference)
  terminal.print(differenceWords(difference, limit, terminal.columns))
  const { sources } = difference
  if (sources.length > 0) terminal.print(`\n${sourcesTable(sources, limit, terminal.columns)}`)
}
