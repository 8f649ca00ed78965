import type { Closers } from '../closers.ts'
import { startDevServer } from '../dev-server/dev-server.ts'
import { findTemporalCli } from '../dev-server/find-cli.ts'
import { connectionOptions, localConnection, type TemporalConnection } from '../temporal/connection-options.ts'

/** The server that `TEMPORAL_ADDRESS` names, else an in-memory dev server, which `closers` stops. */
export async function testServer(env: NodeJS.ProcessEnv, closers: Closers): Promise<TemporalConnection> {
  const report = (line: string) => void process.stderr.write(`${line}\n`)
  const found = await findTemporalCli({ env, report })
  if (found.kind === 'address') return connectionOptions(env)
  const server = await startDevServer({ cli: found.cli, headless: true, forTests: true, env, report })
  closers.add(() => server.stop())
  return localConnection(server.address)
}
