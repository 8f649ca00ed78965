import type { Command } from 'commander'
import type { Budget, Labels, Outcome } from '../../core/protocol.ts'
import type { RunHandle } from '../../runtime/run-handle.ts'
import { type InputOptions, runInput } from '../parse/run-input.ts'
import { count, duration, labels, usd } from '../parse/values.ts'
import { printJson } from '../print/json.ts'
import { costJson } from '../print/money.ts'
import { renderPairs } from '../print/table.ts'
import { withSignalbox } from '../session.ts'
import type { Terminal } from '../terminal.ts'
import { exitCodeOf } from '../watch/exit-code.ts'
import { watchRun } from '../watch/watch-run.ts'

interface StartFlags extends InputOptions {
  readonly id?: string
  readonly class?: string
  readonly budget?: string
  readonly steps?: number
  readonly tokens?: number
  readonly time?: number
  readonly workspace?: string
  readonly label?: Labels
  readonly taskQueue?: string
  readonly watch?: boolean
  readonly json?: boolean
}

export function addStart(program: Command, terminal: Terminal): void {
  program
    .command('start')
    .description('start a run of a workflow or an agent')
    .argument('<name>', 'of the workflow or the agent')
    .option('--input <json or text>', 'what it works on')
    .option('--input-file <path>', 'the same from a file; - is standard input')
    .option('--id <id>', 'starting the same id again gives the run that is there')
    .option('--class <name>', "the task class, instead of the agent's own")
    .option('--budget <usd>', 'the most that it may cost, e.g. 0.50', usd)
    .option('--steps <count>', 'the most model calls', count)
    .option('--tokens <count>', 'the most tokens', count)
    .option('--time <duration>', 'the longest that it may take, e.g. 10m', duration)
    .option('--workspace <name>', 'who pays')
    .option('--label <key=value>', 'a word for the ledger; may be given several times', labels)
    .option('--task-queue <name>', 'the queue that workers serve (default: signalbox)')
    .option('--watch', 'show what happens until it ends')
    .option('--json', 'print one JSON object; with --watch once it has ended')
    .action((name: string, flags: StartFlags) => start(name, flags, terminal))
}

async function start(name: string, flags: StartFlags, terminal: Terminal): Promise<void> {
  const input = await runInput(flags, terminal)
  const { id, workspace, label, watch, json, taskQueue } = flags
  const options = { taskClass: flags.class, budget: budgetOf(flags), id, workspace, labels: label }
  await withSignalbox(
    terminal,
    async signalbox => {
      const run = await signalbox.start(name, { input, ...definedOnly(options) })
      const url = await run.url()
      if (json) return printJson(terminal, { id: run.id, url, ...(watch && (await outcomeJson(run, terminal))) })
      terminal.print(
        renderPairs([
          ['run', run.id],
          ['url', url],
        ]),
      )
      if (watch) await watchRun(signalbox, run.id, terminal, {})
    },
    definedOnly({ taskQueue }),
  )
}

async function outcomeJson(run: RunHandle, terminal: Terminal): Promise<{ readonly outcome: unknown }> {
  const { cost, costUsd: _, ...outcome }: Outcome = await run.outcome()
  terminal.end(exitCodeOf(outcome.kind))
  return { outcome: { ...outcome, ...costJson(cost) } }
}

function budgetOf({ budget, tokens, steps, time }: StartFlags): Budget | undefined {
  const limits = definedOnly({ usd: budget, tokens, steps, timeMs: time })
  return Object.keys(limits).length > 0 ? limits : undefined
}

/** Absent, not `undefined`: the terms become part of the run's history. */
function definedOnly<Fields extends object>(fields: Fields): { [Name in keyof Fields]?: NonNullable<Fields[Name]> } {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(present) as { [Name in keyof Fields]?: NonNullable<Fields[Name]> }
}
