/**
 * All commands of `signalbox`, each in a file of its own.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { addBacktest } from './commands/backtest.ts'
import { addBudget } from './commands/budget.ts'
import { addCalls } from './commands/calls.ts'
import { addCodec } from './commands/codec.ts'
import { addConfig } from './commands/config.ts'
import { addCost } from './commands/cost.ts'
import { addDecisions } from './commands/decide.ts'
import { addDemo } from './commands/demo.ts'
import { addDev } from './commands/dev.ts'
import { addEndpoints } from './commands/endpoints.ts'
import { addExplain } from './commands/explain.ts'
import { addFork } from './commands/fork.ts'
import { addHealth } from './commands/health.ts'
import { addKeys } from './commands/keys.ts'
import { addModels } from './commands/models.ts'
import { addPurge } from './commands/purge.ts'
import { addRuns } from './commands/runs.ts'
import { addSay } from './commands/say.ts'
import { addSetup } from './commands/setup.ts'
import { addShow } from './commands/show.ts'
import { addSpend } from './commands/spend.ts'
import { addStart } from './commands/start.ts'
import { addEnds } from './commands/stop.ts'
import { addTerminate } from './commands/terminate.ts'
import { addVendors } from './commands/vendors.ts'
import { addWatch } from './commands/watch.ts'
import { addWorker } from './commands/worker.ts'
import { EXIT_CODES_HELP } from './exit-codes.ts'
import type { Terminal } from './terminal.ts'

/** Each adds one command, or a few that belong together. Groups and order are those of docs/commands.md, and of the help. */
const COMMANDS: Readonly<Record<string, readonly ((program: Command, terminal: Terminal) => void)[]>> = {
  'Serving runs': [addDemo, addDev, addWorker, addHealth, addVendors, addSetup],
  'Starting and steering runs': [
    addStart,
    addWatch,
    addRuns,
    addShow,
    addDecisions,
    addSay,
    addEnds,
    addTerminate,
    addFork,
  ],
  'Costs, routes and budgets': [addCost, addCalls, addSpend, addEndpoints, addExplain, addBacktest, addBudget],
  'Content and keys': [addPurge, addKeys, addCodec],
  'Models and configuration': [addModels, addConfig],
}

const ENVIRONMENT_HELP = [
  'Environment:',
  '  TEMPORAL_ADDRESS           the Temporal server (default: localhost:7233);',
  "                             Temporal's other variables apply too",
  '  TEMPORAL_UI_URL            its UI, for links to runs',
  '  DATABASE_URL               the store: postgres://… or sqlite:path',
  '                             (default: .signalbox/signalbox.db)',
  '  SIGNALBOX_MASTER_KEY       the master key, to read sealed runs',
  '  SIGNALBOX_MASTER_KEY_FILE  a file that has it (default: .signalbox/master.key)',
].join('\n')

const OUTPUT_HELP = [
  'Output:',
  '  With --json, standard output is one JSON object and nothing else (for watch,',
  '  one per line). On an error it is empty, but `config check` and `models import`',
  '  print `ok: false` and the problems. Errors and notes go to standard error; the',
  '  exit code says which kind of error it was.',
].join('\n')

/** Ids, and what is said to a run, may begin with a dash; all options but help and version begin with two. */
function dashWords(error: string): string {
  if (!/^error: unknown option '-[^-]/.test(error)) return ''
  return "put arguments that begin with a dash after --, as in 'signalbox show -- my-run'"
}

export function createProgram(terminal: Terminal): Command {
  const program = new Command('signalbox')
    .description('Durable agents on Temporal whose model calls name a task class instead of a vendor.')
    .version(packageVersion())
    .configureOutput({
      writeOut: terminal.write,
      writeErr: text => terminal.note(text.trimEnd()),
      outputError: (text, write) => write(text + dashWords(text)),
    })
    // By default what stands beside the longest command is not wrapped in less than 82 columns, and lines break anywhere.
    // Lists name commands alone: what they take would leave little room for what they do.
    .configureHelp({ minWidthToWrap: 20, subcommandTerm: command => command.name() })
    .exitOverride()
    // Options belong to the command that they stand behind: `models` has some of its own and commands below it.
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .addHelpText('after', `\n${ENVIRONMENT_HELP}\n\n${OUTPUT_HELP}\n\n${EXIT_CODES_HELP}`)
  for (const [group, adders] of Object.entries(COMMANDS)) {
    program.commandsGroup(`${group}:`)
    for (const add of adders) add(program, terminal)
  }
  return program.commandsGroup('Help:').helpCommand('help [command]', 'say what a command does, takes and prints')
}

/** The manifest lies one folder further up when the package runs from its build. */
const MANIFEST = import.meta.url.endsWith('.ts') ? '../../package.json' : '../../../package.json'

function packageVersion(): string {
  const text = readFileSync(new URL(MANIFEST, import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
