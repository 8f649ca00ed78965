/**
 * Runs the demo against PostgreSQL and a Temporal server that are started apart from it, and prints its JSON.
 *
 * @module
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Client, Connection } from '@temporalio/client'
import { startDevServer } from '../src/runtime/dev-server/dev-server.ts'
import { findTemporalCli } from '../src/runtime/dev-server/find-cli.ts'
import { openStore } from '../src/store/index.ts'
import { startPostgres } from '../test/support/postgres.ts'

const report = (line: string) => console.error(line)
const { TEMPORAL_ADDRESS: _, ...env } = process.env
const found = await findTemporalCli({ env, report })
if (found.kind !== 'cli') throw new Error('a Temporal server of our own is needed here')
const temporal = await startDevServer({ cli: found.cli, report })
const postgres = await startPostgres()
try {
  const demo = spawn(
    process.execPath,
    [fileURLToPath(new URL('../src/cli/main.ts', import.meta.url)), 'demo', '--json'],
    {
      stdio: 'inherit',
      env: { ...env, TEMPORAL_ADDRESS: temporal.address, TEMPORAL_UI_URL: temporal.uiUrl, DATABASE_URL: postgres.url },
    },
  )
  const [code] = (await once(demo, 'exit')) as [number | null]
  if (code === 0) await assertUsed()
  process.exitCode = code ?? 1
} finally {
  await postgres.stop()
  await temporal.stop()
}

/** A demo that started servers of its own would end well too. */
async function assertUsed(): Promise<void> {
  const store = await openStore({ url: postgres.url })
  const runs = await store.reports.runs()
  await store.close()
  const connection = await Connection.connect({ address: temporal.address })
  const server = new Client({ connection })
  for (const { id } of runs) await server.workflow.getHandle(id).describe()
  await connection.close()
  if (runs.length === 0) throw new Error('the demo has left no run in PostgreSQL')
}
