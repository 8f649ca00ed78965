/**
 * The Temporal server that a bench runs on, and its folder.
 *
 * @module
 */
import { join } from 'node:path'
import type { Closers } from '../src/runtime/closers.ts'
import { startDevServer } from '../src/runtime/dev-server/dev-server.ts'
import { findTemporalCli } from '../src/runtime/dev-server/find-cli.ts'
import {
  connectionOptions,
  localConnection,
  type TemporalConnection,
} from '../src/runtime/temporal/connection-options.ts'
import { temporaryFolder } from '../src/runtime/temporary-folder.ts'
import { report } from './progress.ts'

export interface Server {
  readonly temporal: TemporalConnection
  readonly words: string
  /** For what lies beside it, and gone with the stage. */
  readonly folder: string
}

/** A server that the environment names is used as it is; otherwise ours, as `signalbox dev` starts it, on a new file. */
export async function reachServer(later: Closers['add']): Promise<Server> {
  const folder = temporaryFolder('signalbox-bench-', { add: later })
  const found = await findTemporalCli({ env: process.env, report })
  if (found.kind === 'address')
    return { temporal: connectionOptions(), words: `the server at ${found.address}`, folder }
  const own = await startDevServer({
    cli: found.cli,
    databasePath: join(folder, 'temporal.db'),
    headless: true,
    report,
  })
  later(() => own.stop())
  return { temporal: localConnection(own.address), words: `our dev server ${own.version}, database in a file`, folder }
}
