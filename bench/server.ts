/**
 * The Temporal server that a bench runs on.
 *
 * @module
 */
import { type DevServer, startDevServer } from '../src/runtime/dev-server/dev-server.ts'
import { findTemporalCli } from '../src/runtime/dev-server/find-cli.ts'
import {
  connectionOptions,
  localConnection,
  type TemporalConnection,
} from '../src/runtime/temporal/connection-options.ts'

export interface Server {
  readonly temporal: TemporalConnection
  readonly words: string
  readonly own?: DevServer
}

/** A server that the environment names is used as it is; otherwise ours, as `signalbox dev` starts it, on a new file. */
export async function reachServer(databasePath: string, report: (line: string) => void): Promise<Server> {
  const found = await findTemporalCli({ env: process.env, report })
  if (found.kind === 'address') return { temporal: connectionOptions(), words: `the server at ${found.address}` }
  const own = await startDevServer({ cli: found.cli, databasePath, headless: true, report })
  return { own, temporal: localConnection(own.address), words: `our dev server ${own.version}, database in a file` }
}
