import type { Command } from 'commander'
import { definedOnly } from '../../core/defined-only.ts'
import type { Labels } from '../../core/protocol.ts'
import type { Signalbox } from '../../runtime/client.ts'
import type { BudgetReport, NewLimits, SharedBudgets } from '../../runtime/store/shared-budgets.ts'
import { EXISTING_STORE, withSignalbox } from '../connections.ts'
import { EXIT } from '../exit-codes.ts'
import { DEFAULT_CONFIG, optionOr } from '../parse/serving-options.ts'
import { count, labels, path, usd } from '../parse/values.ts'
import { budgetJson } from '../print/budget-json.ts'
import { budgetsTable, describeBudget } from '../print/budgets.ts'
import { printJson } from '../print/json.ts'
import { CliProblem } from '../problem.ts'
import type { Terminal } from '../terminal.ts'

interface Flags {
  readonly config: string
  readonly json?: boolean
}

/** Which value is meant, where each value of a label has a limit. */
interface ValueFlags extends Flags {
  readonly label?: Labels
}

const LABEL = [
  '--label <key=value>',
  'only this value, of a budget that has a limit for each value of a label',
  labels,
] as const

/** So many values are listed of a budget that has a limit for each: there may be thousands. */
const VALUES_LISTED = 5
const VALUES_SHOWN = 20

export function addBudget(program: Command, terminal: Terminal): void {
  const budget = program.command('budget').description('see and set the budgets that runs share')
  const common = (command: Command) =>
    command
      .addOption(optionOr('--config <path>', 'the configuration that names them', path, DEFAULT_CONFIG))
      .option('--json', 'print one JSON object')
  common(budget.command('list').description('list the budgets with what is spent and reserved in this period')).action(
    (flags: Flags) => list(flags, terminal),
  )
  common(
    budget
      .command('show')
      .description('show one budget: who holds reservations, who waits for room, and since when')
      .argument('<name>')
      .option(...LABEL)
      .option('--set', 'without --label: list the values that have limits of their own')
      .option('--limit <count>', `without --label: show at most this many values (default: ${VALUES_SHOWN})`, count),
  ).action((name: string, flags: ShowFlags) => show(name, flags, terminal))
  common(
    budget
      .command('set')
      .description("set limits in the store; they apply at once, for every worker, and override the configuration's")
      .argument('<name>')
      .option(...LABEL)
      .option('--usd <amount>', 'the limit in USD', usd)
      .option('--tokens <count>', 'the limit in tokens', count)
      .option(
        '--clear',
        "remove the limits that were set: the configuration's apply again, or for a value its budget's",
      ),
  ).action((name: string, flags: SetFlags) => set(name, flags, terminal))
  budget
    .command('reconcile')
    .description(
      'close runs that were terminated, timed out or lost, and give back what they hold; workers do so every few minutes',
    )
    .option(
      '--foreign',
      'also close runs of other namespaces and servers that this server does not have; use it if their server is gone for good',
    )
    .option('--json', 'print one JSON object')
    .action((flags: ReconcileFlags) => reconcileNow(flags, terminal))
}

interface ReconcileFlags extends Pick<Flags, 'json'> {
  readonly foreign?: boolean
}

async function reconcileNow({ json, foreign = false }: ReconcileFlags, terminal: Terminal): Promise<void> {
  const { reconcileWith } = await import('../../runtime/reconcile/reconcile-with.ts')
  const reconciling = async (signalbox: Signalbox) => {
    const { closed, foreign: left } = await reconcileWith(signalbox, { foreign })
    if (json) return printJson(terminal, { runs: closed, foreign: left })
    for (const { run, reason } of closed) terminal.print(`${run}: ${reason}; what it held is given back`)
    if (closed.length === 0) terminal.print('the store has no open run that has ended')
    if (left > 0) terminal.print(foreignWords(left))
  }
  await withSignalbox(terminal, reconciling, EXISTING_STORE)
}

function foreignWords(runs: number): string {
  const many = runs === 1 ? '1 open run is' : `${runs} open runs are`
  return `${many} of another namespace or server, and left alone; if that is gone for good, --foreign closes them`
}

async function list(flags: Flags, terminal: Terminal): Promise<void> {
  await withBudgets(flags, terminal, async budgets => {
    const reports = await budgets.list({ most: VALUES_LISTED })
    if (flags.json) return printJson(terminal, { store: budgets.place, budgets: reports.map(budgetJson) })
    terminal.print(reports.length > 0 ? budgetsTable(reports, terminal.columns) : `${flags.config} names no budgets`)
    for (const { budget, more } of reports) if (more) terminal.note(moreWords(budget.name))
  })
}

function moreWords(name: string): string {
  return `of ${name} only the ${VALUES_LISTED} that have spent most are listed; \`signalbox budget show ${name}\` shows more`
}

interface ShowFlags extends ValueFlags {
  readonly set?: boolean
  readonly limit?: number
}

async function show(name: string, { label, set: own, limit = VALUES_SHOWN, ...flags }: ShowFlags, terminal: Terminal) {
  if (label && own) throw new CliProblem(EXIT.badInput, 'say which values to show: one by --label, or --set')
  await withBudgets(flags, terminal, async budgets => {
    const report = await budgets.show(name, { ...(label && { label }), ...(own && { set: own }), most: limit })
    printBudget(report, flags, budgets.place, terminal)
    const first = own ? 'were set last' : 'have spent most'
    if (report.more)
      terminal.note(
        `only the ${limit} that ${first} are shown, and there are more: raise --limit, or name one by --label`,
      )
  })
}

function printBudget(report: BudgetReport, { json }: Flags, store: string, terminal: Terminal): void {
  if (json) printJson(terminal, { store, ...budgetJson(report) })
  else terminal.print(describeBudget(report, { nowMs: Date.now(), width: terminal.columns }))
}

type SetFlags = ValueFlags & NewLimits & { readonly clear?: boolean }

async function set(name: string, { clear, label, usd: money, tokens, ...flags }: SetFlags, terminal: Terminal) {
  const limits = definedOnly({ usd: money, tokens })
  const isEmpty = Object.keys(limits).length === 0
  if (clear ? !isEmpty : isEmpty)
    throw new CliProblem(EXIT.badInput, 'say what to set: --usd, --tokens or both; or --clear alone')
  const setting = async (budgets: SharedBudgets) => {
    const which = { ...(label && { label }), most: VALUES_LISTED }
    printBudget(await budgets.set(name, clear ? undefined : limits, which), flags, budgets.place, terminal)
  }
  // Limits may be set before the first worker starts.
  await withBudgets(flags, terminal, setting, { existing: false })
}

async function withBudgets(
  { config }: Flags,
  { env }: Terminal,
  use: (budgets: SharedBudgets) => Promise<void>,
  store = { existing: true },
): Promise<void> {
  const { openSharedBudgets } = await import('../../runtime/store/shared-budgets.ts')
  const budgets = await openSharedBudgets(config, env, store)
  try {
    await use(budgets)
  } finally {
    await budgets.close()
  }
}
