/**
 * The Temporal server that the demo's runs live on.
 *
 * @module
 */
import { join } from 'node:path'
import type { Closers } from '../closers.ts'
import { startDevServer } from '../dev-server/dev-server.ts'
import { findTemporalCli } from '../dev-server/find-cli.ts'
import { connectionOptions, localConnection, type TemporalConnection } from '../temporal/connection-options.ts'
import { usualUiUrl } from '../temporal/usual-addresses.ts'

export interface ServerOptions {
  readonly env: NodeJS.ProcessEnv
  /** For the server's database and its log. */
  readonly folder: string
  readonly closers: Closers
  readonly report: (line: string) => void
}

export interface DemoServer {
  readonly temporal: TemporalConnection
  readonly uiUrl: string
  /** Started by us: it ends with the demo, and its runs with it. */
  readonly own: boolean
  /** Settles when a server of ours has ended, whoever ended it; never for another. */
  readonly ended: Promise<void>
}

/** Starts a dev server with its UI, or uses the one that `TEMPORAL_ADDRESS` names. */
export async function startServer({ env, folder, closers, report }: ServerOptions): Promise<DemoServer> {
  const found = await findTemporalCli({ env, report })
  if (found.kind === 'address') return serverAt(found.address, env, report)
  const logPath = join(folder, 'temporal.log')
  const server = await startDevServer({ cli: found.cli, databasePath: join(folder, 'temporal.db'), logPath, report })
  closers.add(() => server.stop())
  report(`Temporal server ${server.version} at ${server.address}, UI at ${server.uiUrl}`)
  return { temporal: localConnection(server.address), uiUrl: server.uiUrl!, own: true, ended: server.ended }
}

function serverAt(address: string, env: NodeJS.ProcessEnv, report: (line: string) => void): DemoServer {
  const uiUrl = env.TEMPORAL_UI_URL ?? usualUiUrl(address)
  const guess = env.TEMPORAL_UI_URL ? '' : ' (a guess; TEMPORAL_UI_URL says where it is)'
  report(`using the Temporal server at ${address}, UI at ${uiUrl}${guess}`)
  return { temporal: connectionOptions(env), uiUrl, own: false, ended: new Promise(() => {}) }
}
