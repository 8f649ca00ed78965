import type { Command } from 'commander'
import type { Development } from '../../runtime/dev.ts'
import { USUAL_PORT, usualUiUrl } from '../../runtime/temporal/usual-addresses.ts'
import { EXIT } from '../exit-codes.ts'
import { APP, CONFIG, graceOption, levelOption, METRICS, OTLP, type ServingFlags } from '../parse/serving-options.ts'
import { port } from '../parse/values.ts'
import { renderPairs } from '../print/table.ts'
import type { Terminal } from '../terminal.ts'
import { leaveUnserved } from './worker.ts'

interface DevFlags extends ServingFlags {
  readonly port?: number
  readonly uiPort?: number
  readonly db?: string
}

/** After Ctrl-C nobody wants to wait long, and what still runs goes on at the next start. */
const GRACE = '3s'

export function addDev(program: Command, terminal: Terminal): void {
  program
    .command('dev')
    .description('start a Temporal dev server with its UI, a worker and the store with one command, until Ctrl-C')
    .option(...CONFIG)
    .option(...APP)
    .option('--port <port>', "the server's port (default: 7233)", port)
    .option('--ui-port <port>', "the UI's port (default: a thousand above the server's)", port)
    .option('--db <path>', "the server's database (default: .signalbox/temporal.db)")
    .addOption(graceOption('how long calls may continue after Ctrl-C', GRACE))
    .option(...METRICS)
    .option(...OTLP)
    .addOption(levelOption('warn', 'in words'))
    .action((flags: DevFlags) => dev(flags, terminal))
}

async function dev({ db, grace, ...flags }: DevFlags, terminal: Terminal): Promise<void> {
  const { startDevelopment } = await import('../../runtime/dev.ts')
  const development = await startDevelopment({
    ...flags,
    ...(db !== undefined && { databasePath: db }),
    shutdownGraceMs: grace,
    env: terminal.env,
    report: terminal.note,
  })
  if (development === 'told-to-end') return leaveUnserved(terminal)
  const { serving, address, uiUrl, storePlace } = development
  for (const line of serving.notes) terminal.note(`note: ${line}`)
  terminal.print(
    renderPairs([
      ['Temporal', address],
      ['UI', uiUrl],
      ['store', storePlace],
      ['task queue', serving.worker.options.taskQueue],
    ]),
  )
  const exports = exportsFor(development)
  const after = exports.length > 0 ? ', after the lines below,' : ''
  terminal.print(
    `Ready. \`${terminal.command} start\` in another terminal${after} starts a run; Ctrl-C ends everything.`,
  )
  for (const line of exports) terminal.print(line)
  const following = serving.followConfiguration(({ words }) => terminal.note(words))
  const end = await development.run().finally(following.end)
  if (end === 'told-to-end') return
  terminal.end(EXIT.outOfReach)
  terminal.note(
    'error: the Temporal dev server has ended, and the worker with it; temporal.log beside its database says why',
  )
}

/** What leads the command in other terminals to a dev server that does not listen where they look by themselves. */
export function exportsFor({ address, uiUrl }: Pick<Development, 'address' | 'uiUrl'>): readonly string[] {
  if (uiUrl === undefined) return []
  return [
    ...(address.endsWith(`:${USUAL_PORT}`) ? [] : [`export TEMPORAL_ADDRESS=${address}`]),
    ...(uiUrl === usualUiUrl(address) ? [] : [`export TEMPORAL_UI_URL=${uiUrl}`]),
  ]
}
