/**
 * A Temporal dev server that is killed and comes back on its port and its file.
 *
 * @module
 */
import { type DevServer, startDevServer } from '../../../../src/runtime/dev-server/dev-server.ts'
import { findTemporalCli } from '../../../../src/runtime/dev-server/find-cli.ts'

export interface CampaignServer {
  readonly address: string
  kill(): Promise<void>
  startAgain(): Promise<void>
  stop(): Promise<void>
}

export async function startServer(databasePath: string, logPath: string): Promise<CampaignServer> {
  const report = () => {}
  const { TEMPORAL_ADDRESS: _, ...env } = process.env
  const found = await findTemporalCli({ env, report })
  if (found.kind !== 'cli') throw new Error('a Temporal server of our own is needed, to be killed')
  const start = (port?: number) =>
    startDevServer({
      cli: found.cli,
      databasePath,
      logPath,
      headless: true,
      forTests: true,
      report,
      ...(port !== undefined && { port }),
    })
  let server: DevServer = await start()
  const { address } = server
  return {
    address,
    async kill() {
      process.kill(server.pid, 'SIGKILL')
      await server.ended
    },
    async startAgain() {
      server = await start(Number(address.split(':')[1]))
    },
    stop: () => server.stop(),
  }
}
