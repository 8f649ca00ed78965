import type { Command } from 'commander'
import type { LoggingLevel } from '../../runtime/logging.ts'
import { duration } from '../parse/values.ts'
import type { Terminal } from '../terminal.ts'
import { levelOption } from './level-option.ts'

interface WorkerFlags {
  readonly config?: string
  readonly app?: string
  readonly taskQueue?: string
  readonly grace: number
  readonly logLevel: LoggingLevel
}

export function addWorker(program: Command, terminal: Terminal): void {
  program
    .command('worker')
    .description('serve runs until SIGINT or SIGTERM')
    .option('--config <path>', 'the configuration (default: signalbox.yaml)')
    .option('--app <path>', "a module with agents, tools, schemas and workflows (default: the configuration's app)")
    .option('--task-queue <name>', 'the queue to serve (default: signalbox)')
    .option(
      '--grace <duration>',
      'how long calls may go on after the signal before they are handed over',
      duration,
      duration('30s'),
    )
    .addOption(levelOption('info'))
    .action((flags: WorkerFlags) => serve(flags, terminal))
}

async function serve({ grace, ...flags }: WorkerFlags, { env, note, print }: Terminal): Promise<void> {
  const { createServing } = await import('../../runtime/serve.ts')
  const serving = await createServing({ ...flags, shutdownGraceMs: grace, env })
  for (const line of serving.notes) note(`note: ${line}`)
  const { taskQueue, namespace } = serving.worker.options
  print(`Serves the task queue ${taskQueue} of the namespace ${namespace}. Ctrl-C ends it.`)
  await serving.run()
}
