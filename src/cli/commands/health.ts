import type { Command } from 'commander'
import { TASK_QUEUE } from '../../core/protocol.ts'
import type { WorkerHealth } from '../../runtime/temporal/worker-health.ts'
import { withSignalbox } from '../connections.ts'
import { EXIT } from '../exit-codes.ts'
import { optionOr } from '../parse/serving-options.ts'
import { name } from '../parse/values.ts'
import { printJson } from '../print/json.ts'
import { formatDuration } from '../print/words.ts'
import type { Terminal } from '../terminal.ts'

interface HealthFlags {
  readonly taskQueue: string
  readonly json?: boolean
}

export function addHealth(program: Command, terminal: Terminal): void {
  program
    .command('health')
    .description('say by the exit code whether a worker of this machine asks for work, for health checks of containers')
    .addOption(optionOr('--task-queue <name>', 'the queue that the worker serves', name, TASK_QUEUE))
    .option('--json', 'print one JSON object')
    .action((flags: HealthFlags) => health(flags, terminal))
}

async function health({ taskQueue, json }: HealthFlags, terminal: Terminal): Promise<void> {
  const { workerHealth } = await import('../../runtime/temporal/worker-health.ts')
  const found = await withSignalbox(terminal, ({ client }) => workerHealth(client, taskQueue))
  if (!found.healthy) terminal.end(EXIT.checkFailed)
  if (json) printJson(terminal, found)
  else terminal.print(describe(found))
}

function describe({ healthy, taskQueue, namespace, host, askedAtMs }: WorkerHealth): string {
  const place = `of ${host} for the task queue ${taskQueue} of the namespace ${namespace}`
  if (healthy) return `a worker ${place} asks for work`
  const last = askedAtMs === undefined ? '' : `; the last one did ${formatDuration(Date.now() - askedAtMs)} ago`
  return `no worker ${place} asks for work${last}`
}
