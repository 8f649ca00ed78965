import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type DevServer, startDevServer } from '../../src/runtime/dev-server/dev-server.ts'
import { findTemporalCli } from '../../src/runtime/dev-server/find-cli.ts'
import { eventOf } from '../support/following.ts'
import { expectLedgerMatchesMeter } from '../support/invariants.ts'
import { APP, VENDORS, YAML } from '../support/scene.ts'
import { type Stage, setStage } from '../support/stage.ts'

let server: DevServer | undefined
let stage: Stage | undefined
let folder: string | undefined

afterAll(async () => {
  await stage?.close()
  await server?.stop()
  if (folder) await rm(folder, { recursive: true, force: true })
})

describe('a Temporal server that is killed in the middle of a run', () => {
  it('and comes back finds the run where it was: it answers, and nothing is paid twice', async () => {
    folder = await mkdtemp(join(tmpdir(), 'signalbox-server-'))
    server = await start(folder)
    stage = await setStage({ temporalAddress: server.address, yaml: YAML, app: APP, ...VENDORS })
    const run = await stage.signalbox.start('clerk', { input: 'Please publish this.' })
    const asked = await eventOf(run.events(), 'approval-ask')
    process.kill(server.pid, 'SIGKILL')
    await server.ended
    server = await start(folder, Number(server.address.split(':')[1]))
    await run.approve(asked.toolCallId)
    expect(await run.outcome()).toMatchObject({ kind: 'answered', calls: 2, toolCalls: 2 })
    expect(stage.vendors.meter()).toHaveLength(2)
    await expectLedgerMatchesMeter(stage)
  })
})

async function start(database: string, port?: number): Promise<DevServer> {
  const report = () => {}
  const { TEMPORAL_ADDRESS: _, ...env } = process.env
  const found = await findTemporalCli({ env, report })
  if (found.kind !== 'cli') throw new Error('a server of our own is needed, to be killed')
  const databasePath = join(database, 'temporal.db')
  return startDevServer({ cli: found.cli, databasePath, headless: true, report, ...(port !== undefined && { port }) })
}
