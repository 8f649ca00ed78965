import type { Command } from 'commander'
import type { Serving } from '../../runtime/serve.ts'
import type { Deployment } from '../../runtime/worker.ts'
import { EXIT } from '../exit-codes.ts'
import { APP, CONFIG, graceOption, levelOption, METRICS, OTLP, type ServingFlags } from '../parse/serving-options.ts'
import { name } from '../parse/values.ts'
import { CliProblem } from '../problem.ts'
import type { Terminal } from '../terminal.ts'

interface WorkerFlags extends ServingFlags {
  readonly taskQueue?: string
  readonly deployment?: string
  readonly buildId?: string
}

export function addWorker(program: Command, terminal: Terminal): void {
  program
    .command('worker')
    .description('serve runs until SIGINT or SIGTERM')
    .option(...CONFIG)
    .option(...APP)
    .option('--task-queue <name>', 'the queue to serve (default: signalbox)', name)
    .addOption(graceOption('how long calls may continue after the signal before they are handed over', '30s'))
    .option('--deployment <name>', 'the worker deployment that this worker belongs to; needs --build-id', name)
    .option(
      '--build-id <id>',
      'the version of its code; it serves nothing before it is made current (docs/operations.md)',
      name,
    )
    .option(...METRICS)
    .option(...OTLP)
    .addOption(levelOption('info', 'as JSON'))
    .action((flags: WorkerFlags) => serve(flags, terminal))
}

async function serve({ grace, deployment: named, buildId, ...flags }: WorkerFlags, terminal: Terminal): Promise<void> {
  const { env, print } = terminal
  const { createServing } = await import('../../runtime/serve.ts')
  const deployment = deploymentOf(named, buildId)
  const serving = await createServing({ ...flags, shutdownGraceMs: grace, env, ...(deployment && { deployment }) })
  if (serving === 'told-to-end') return leaveUnserved(terminal)
  if (serving.server !== undefined) serving.log('info', `serves runs of ${serving.server}`)
  for (const line of serving.notes) serving.log('warn', line)
  const { taskQueue, namespace } = serving.worker.options
  print(`Serves the task queue ${taskQueue} of the namespace ${namespace}. Ctrl-C ends it.`)
  if (deployment) print(await versionWords(deployment))
  await serving.run().finally(heedChanges(serving))
}

/** For a process that was told to end while its worker started. */
export function leaveUnserved({ note, leave }: Pick<Terminal, 'note' | 'leave'>): void {
  note('told to end before it served')
  leave()
}

/** What a worker with a version is told. Its version may become current while it serves, so this says what holds until then. */
async function versionWords(deployment: Deployment): Promise<string> {
  const { currentCommand } = await import('../../runtime/temporal/served-queue.ts')
  return `It serves runs once its version is current: ${currentCommand(deployment)}`
}

/**
 * Reads the configuration anew when the file changes, and by SIGHUP; not in a terminal, which sends that when it is closed.
 *
 * @returns what ends it
 */
function heedChanges(serving: Serving): () => Promise<void> {
  const following = serving.followConfiguration()
  if (process.stdout.isTTY) return following.end
  process.on('SIGHUP', following.readNow)
  return () => {
    process.off('SIGHUP', following.readNow)
    return following.end()
  }
}

function deploymentOf(name: string | undefined, buildId: string | undefined): Deployment | undefined {
  if (name !== undefined && buildId !== undefined) return { name, buildId }
  if (name === undefined && buildId === undefined) return undefined
  throw new CliProblem(EXIT.badInput, 'give both --deployment and --build-id, or neither')
}
