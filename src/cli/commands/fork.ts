import type { Command } from 'commander'
import { definedOnly } from '../../core/defined-only.ts'
import type { ForkOptions } from '../../runtime/starting/fork-run.ts'
import { EXISTING_STORE, withSignalbox } from '../connections.ts'
import { count, name, path, usd } from '../parse/values.ts'
import { renderPairs } from '../print/table.ts'
import { keyHere } from '../run-meant.ts'
import type { Terminal } from '../terminal.ts'
import { isThere, tellStarted, wasThereWords } from '../watch/tell-started.ts'

interface ForkFlags {
  readonly atStep: number
  readonly class?: string
  readonly model?: string
  readonly say?: string
  readonly id?: string
  readonly actAgain?: boolean
  readonly budget?: string
  readonly taskQueue?: string
  readonly config?: string
  readonly watch?: boolean
  readonly json?: boolean
}

export function addFork(program: Command, terminal: Terminal): void {
  program
    .command('fork')
    .description(
      "start a new run that shares an agent's run up to a step, and asks that step anew. From there on, its tools run for real, also if the run had called them",
    )
    .argument('<run>', "the run's id or key", name)
    .requiredOption('--at-step <n>', 'the step to ask anew', count)
    .option('--class <name>', 'the task class (default: that of the step)', name)
    .option(
      '--model <author/name>',
      'one model of the class, for all calls of the fork (default: the one that the run is bound to, unless --class is given)',
      name,
    )
    .option('--say <text>', 'a message to the agent, after what it saw in that step')
    .option('--act-again', 'do not ask a person before a tool that runs at most once does again what it did in the run')
    .option('--id <id>', "of the fork (default: the run's, with `-fork-` and six letters)", name)
    .option('--budget <usd>', 'the most that the fork may cost (default: the limits of the run)', usd)
    .option('--task-queue <name>', 'the queue that workers serve (default: signalbox)', name)
    .option(
      '--config <path>',
      "the workers' configuration, to check the model against (default: signalbox.yaml, if there is one)",
      path,
    )
    .option('--watch', 'show what happens until the run ends')
    .option('--json', 'print one JSON object; with --watch once it has ended')
    .action((run: string, flags: ForkFlags) => fork(run, flags, terminal))
}

async function fork(from: string, flags: ForkFlags, terminal: Terminal): Promise<void> {
  const { taskQueue } = flags
  const config = await configurationFor(flags, terminal)
  await withSignalbox(
    terminal,
    async signalbox => {
      const { planFork } = await import('../../runtime/starting/fork-run.ts')
      const plan = { ...optionsOf(flags), config }
      const store = await signalbox.store()
      const key = await keyHere(signalbox, store, from)
      const { workflow, id, input, terms } = await planFork(store, key, plan)
      const wasThere = await isThere(signalbox, id)
      if (!wasThere) noteTools({ ...flags, from }, await store.reports.toolsSince(key, flags.atStep), terminal)
      const run = await signalbox.start(workflow, { ...terms, id, input })
      if (wasThere) terminal.note(wasThereWords(id))
      const place = { from, atStep: flags.atStep, ...definedOnly({ model: terms.model }) }
      const words = (url: string | undefined) => forkedWords(run.id, place, flags, url)
      await tellStarted(signalbox, { run, wasThere, place, words }, flags, terminal)
    },
    { ...EXISTING_STORE, ...definedOnly({ taskQueue }) },
  )
}

type Forked = Pick<ForkFlags, 'atStep' | 'actAgain'> & { readonly from: string }

/** Who tries another model on a step does not expect a second payment. */
function noteTools({ from, atStep, actAgain }: Forked, tools: readonly string[], terminal: Terminal): void {
  if (tools.length === 0) return
  const asks = actAgain ? '' : '; one that runs at most once asks a person first'
  terminal.note(
    `note: tools run for real in a fork: what ${from} did from step ${atStep} on may be done again, by ${tools.join(', ')}${asks}`,
  )
}

/** `model`: the one that the fork is bound to. */
type Place = Pick<ForkFlags, 'atStep' | 'model'> & { readonly from: string }

function forkedWords(id: string, { from, atStep, model }: Place, flags: ForkFlags, url: string | undefined): string {
  return renderPairs([
    ['run', id],
    ['from', `${from}, step ${atStep}`],
    ['model', model && (flags.model === undefined ? `${model}, as of ${from}` : model)],
    ['url', url],
  ])
}

/** Read only where a model was named, which its class must list. */
async function configurationFor({ model, config }: ForkFlags, { env }: Terminal) {
  if (model === undefined) return undefined
  const { configurationAtHand } = await import('../../runtime/configuration/configuration-without-keys.ts')
  return configurationAtHand(config, env)
}

function optionsOf({ atStep, class: taskClass, model, say, id, actAgain, budget }: ForkFlags): ForkOptions {
  return {
    atStep,
    ...definedOnly({ taskClass, model, say, id, actAgain }),
    ...(budget !== undefined && { budget: { usd: budget } }),
  }
}
