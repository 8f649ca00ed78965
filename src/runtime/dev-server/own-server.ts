/**
 * The dev server of `signalbox dev`: on ports that the other commands expect, with a database that no other server has.
 *
 * @module
 */
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ConfigurationProblem } from '../configuration/configuration-problem.ts'
import { fileRefused } from '../configuration/file-refused.ts'
import { UI_PORT_OFFSET, USUAL_PORT } from '../temporal/usual-addresses.ts'
import type { TemporalCli } from './cli-version.ts'
import { type DevServer, startDevServer } from './dev-server.ts'
import { isFree } from './free-ports.ts'
import { holdDatabase } from './hold-database.ts'

export const DEFAULT_DATABASE_PATH = '.signalbox/temporal.db'

export interface OwnServerOptions {
  /** @defaultValue 7233 */
  readonly port?: number
  /** @defaultValue a thousand above the port */
  readonly uiPort?: number
  /** Where the server keeps its runs. @defaultValue `.signalbox/temporal.db` */
  readonly databasePath?: string
}

interface Surroundings {
  readonly env: NodeJS.ProcessEnv
  readonly report: (line: string) => void
}

const FLAGS = { port: '--port', uiPort: '--ui-port', databasePath: '--db' } as const satisfies {
  readonly [Key in keyof OwnServerOptions]-?: string
}

/**
 * For when no server is started, because the environment names one.
 *
 * @throws ConfigurationProblem where there are options for the server that is not started.
 */
export function refuseServerOptions(address: string, options: OwnServerOptions): void {
  const idle = (Object.keys(FLAGS) as (keyof typeof FLAGS)[]).filter(key => options[key] !== undefined)
  if (idle.length === 0) return
  throw new ConfigurationProblem(
    `TEMPORAL_ADDRESS names the server at ${address}, so no server is started and ${idle.map(key => FLAGS[key]).join(' and ')} would have no effect; leave ${idle.length === 1 ? 'that' : 'these'} out to join that server, or \`unset TEMPORAL_ADDRESS\`, which a line of an earlier \`signalbox dev\` may have set in this shell, to start one`,
  )
}

/** @throws ConfigurationProblem for a port or a database that another has; ServerNotStarted */
export async function startOwnServer(cli: TemporalCli, options: OwnServerOptions & Surroundings): Promise<DevServer> {
  const { port = USUAL_PORT, databasePath = DEFAULT_DATABASE_PATH, env, report } = options
  const { uiPort = port + UI_PORT_OFFSET } = options
  await refuseTaken(FLAGS.port, port)
  await refuseTaken(FLAGS.uiPort, uiPort)
  const giveBack = heldDatabase(databasePath)
  const logPath = join(dirname(databasePath), 'temporal.log')
  try {
    const server = await startDevServer({ cli, port, uiPort, databasePath, logPath, report, env })
    void server.ended.then(giveBack)
    return server
  } catch (error) {
    giveBack()
    throw error
  }
}

async function refuseTaken(flag: string, port: number): Promise<void> {
  if (await isFree(port)) return
  throw new ConfigurationProblem(
    `port ${port} is taken, perhaps by another Temporal server; choose another one with ${flag}, or set TEMPORAL_ADDRESS to use the server that is there`,
  )
}

/** Makes the folder of the server's database, and keeps other dev servers from it. @returns how to give it back */
function heldDatabase(path: string): () => void {
  let giveBack: (() => void) | undefined
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    giveBack = holdDatabase(path)
  } catch (error) {
    throw fileRefused(error, `the database ${path} cannot be made`, `choose another one with ${FLAGS.databasePath}`)
  }
  if (giveBack) return giveBack
  throw new ConfigurationProblem(
    `the database ${path} is in use by another \`signalbox dev\`; end that one, use its server with TEMPORAL_ADDRESS and \`signalbox worker\`, or choose another database with ${FLAGS.databasePath}`,
  )
}
