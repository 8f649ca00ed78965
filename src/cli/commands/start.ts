import type { Command } from 'commander'
import { definedOnly } from '../../core/defined-only.ts'
import type { Budget, Labels } from '../../core/protocol.ts'
import { withSignalbox } from '../connections.ts'
import { EXIT } from '../exit-codes.ts'
import { withFiles } from '../parse/input-files.ts'
import { type InputOptions, runInput } from '../parse/run-input.ts'
import { count, duration, givenLabels, name, path, paths, priority, usd } from '../parse/values.ts'
import { renderPairs } from '../print/table.ts'
import { CliProblem } from '../problem.ts'
import type { Terminal } from '../terminal.ts'
import { isThere, tellStarted, wasThereWords } from '../watch/tell-started.ts'

interface StartFlags extends InputOptions {
  readonly file?: readonly string[]
  readonly id?: string
  readonly class?: string
  readonly budget?: string
  readonly steps?: number
  readonly tokens?: number
  readonly time?: number
  readonly ask?: boolean
  readonly workspace?: string
  readonly priority?: number
  readonly label?: Labels
  readonly zdr?: boolean
  readonly taskQueue?: string
  readonly watch?: boolean
  readonly json?: boolean
}

export function addStart(program: Command, terminal: Terminal): void {
  program
    .command('start')
    .description('start a run of a workflow or an agent')
    .argument('<name>', 'the name of the workflow or the agent', name)
    .option('--input <json or text>', 'what it works on')
    .option('--input-file <path>', 'the same from a file; - is standard input', path)
    .option('--file <path>', 'an image or a PDF for the agent; may be repeated', paths)
    .option('--id <id>', "the run's id; starting the same under it again gives you the existing run", name)
    .option('--class <name>', "the task class, instead of the agent's own", name)
    .option('--budget <usd>', 'the most that it may cost, e.g. 0.50', usd)
    .option('--steps <count>', 'the most model calls', count)
    .option('--tokens <count>', 'the most tokens', count)
    .option(
      '--ask',
      'if --budget or --tokens is short, wait for people to raise it: signalbox approve <run> --raise-usd',
    )
    .option('--time <duration>', 'the longest that it may take, e.g. 10m', duration)
    .option('--workspace <name>', 'who pays', name)
    .option('--priority <1-5>', 'how soon it is dispatched when runs queue; 1 goes first (default: 3)', priority)
    .option('--label <key=value>', 'a label for the ledger; may be repeated', givenLabels)
    .option(
      '--zdr',
      'zero data retention: only endpoints that keep nothing, and everything that is kept here is encrypted',
    )
    .option('--task-queue <name>', 'the queue that workers serve (default: signalbox)', name)
    .option('--watch', 'show what happens until the run ends')
    .option('--json', 'print one JSON object; with --watch once it has ended')
    .action((named: string, flags: StartFlags) => start(named, flags, terminal))
}

async function start(name: string, flags: StartFlags, terminal: Terminal): Promise<void> {
  if (flags.ask && flags.budget === undefined && flags.tokens === undefined)
    throw new CliProblem(
      EXIT.badInput,
      '--ask waits where --budget or --tokens is short: give one of these, or leave out --ask',
    )
  const input = withFiles(await runInput(flags, terminal), flags.file)
  const { id, workspace, label, watch, taskQueue } = flags
  const options = {
    taskClass: flags.class,
    budget: budgetOf(flags),
    id,
    workspace,
    priority: flags.priority,
    labels: label,
    policy: flags.zdr ? { zdr: true } : undefined,
  }
  await withSignalbox(
    terminal,
    async signalbox => {
      // A run that nobody could watch would be paid for all the same.
      if (watch) await signalbox.store()
      const wasThere = id !== undefined && (await isThere(signalbox, id))
      const run = await signalbox.start(name, { input, ...definedOnly(options) })
      if (wasThere) terminal.note(wasThereWords(run.id))
      await tellStarted(signalbox, { run, wasThere, words: url => startedWords(run.id, url) }, flags, terminal)
    },
    definedOnly({ taskQueue }),
  )
}

function startedWords(id: string, url: string | undefined): string {
  return renderPairs([
    ['run', id],
    ['url', url],
  ])
}

function budgetOf({ budget, tokens, steps, time, ask }: StartFlags): Budget | undefined {
  const limits = definedOnly({ usd: budget, tokens, steps, timeMs: time, ...(ask && { onShort: 'ask' as const }) })
  return Object.keys(limits).length > 0 ? limits : undefined
}
