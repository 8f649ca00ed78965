/**
 * Records histories for `npm run test:replay`: plays situations of `test/replay/situations.ts` on a dev server of its own and
 * writes one file for each part of each run, and the keys of a sealed one to `throw-away-keys/`. What was recorded once is never
 * recorded again: the code of today must replay it.
 *
 *   npx node scripts/record-history.ts <situation…>            those named; `--all`: every one that has no history yet
 *   npx node scripts/record-history.ts --run <id> --as <what>  a run of the server at TEMPORAL_ADDRESS instead
 *
 * @module
 */
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Client, Connection, Client as TemporalClient } from '@temporalio/client'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { DefaultLogger, Runtime } from '@temporalio/worker'
import { startDevServer } from '../src/runtime/dev-server/dev-server.ts'
import { findTemporalCli } from '../src/runtime/dev-server/find-cli.ts'
import { SITUATIONS, STAGE } from '../test/replay/situations.ts'
import { keepThrowAwayKeys } from '../test/replay/throw-away-keys.ts'
import { partsOf } from '../test/support/reset.ts'
import { setStage } from '../test/support/stage.ts'

const FOLDER = fileURLToPath(new URL('../test/replay/', import.meta.url))
const WORKFLOWS = fileURLToPath(new URL('../test/replay/workflows.ts', import.meta.url))

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { all: { type: 'boolean' }, run: { type: 'string' }, as: { type: 'string' } },
})
Runtime.install({ logger: new DefaultLogger('ERROR') })
const say = (line: string) => process.stderr.write(`${line}\n`)

if (values.run !== undefined) {
  const connection = await Connection.connect({ address: process.env.TEMPORAL_ADDRESS ?? 'localhost:7233' })
  await write(new TemporalClient({ connection }), values.as ?? values.run.replaceAll('/', '-'), values.run)
  await connection.close()
} else {
  const unknown = positionals.filter(name => SITUATIONS[name] === undefined)
  const names = values.all ? Object.keys(SITUATIONS).filter(name => !isRecorded(name)) : positionals
  if (unknown.length > 0 || names.length === 0) {
    say(
      `nothing to record${unknown.length > 0 ? ` as ${unknown.join(', ')}` : ''}; situations: ${Object.keys(SITUATIONS).join(', ')}`,
    )
    process.exitCode = unknown.length > 0 ? 2 : 0
  } else await recordAll(names)
}

function isRecorded(name: string): boolean {
  const own = new RegExp(`^${name}(-part-\\d+)?-\\d{4}-\\d{2}-\\d{2}\\.json$`)
  return readdirSync(FOLDER).some(file => own.test(file))
}

async function recordAll(names: readonly string[]): Promise<void> {
  const found = await findTemporalCli({ env: process.env, report: say })
  if (found.kind === 'address') throw new Error('recording needs a Temporal CLI, and TEMPORAL_ADDRESS names a server')
  const server = await startDevServer({ cli: found.cli, headless: true, forTests: true, report: say })
  try {
    for (const name of names) await record(name, server.address)
  } finally {
    await server.stop()
  }
}

/** A stage for each: one situation's faults would be another's route. */
async function record(name: string, temporalAddress: string): Promise<void> {
  const stage = await setStage({ ...STAGE, temporalAddress, workflowsPath: WORKFLOWS })
  try {
    for (const [at, id] of (await SITUATIONS[name]!(stage)).entries())
      await write(stage.signalbox.client, at === 0 ? name : `${name}-child-${at}`, id)
    const kept = keepThrowAwayKeys(stage, `${name}-${today()}`)
    if (kept !== undefined) say(`${kept}: the keys of what was sealed`)
  } finally {
    await stage.close()
  }
}

async function write(client: Client, what: string, workflowId: string): Promise<void> {
  const parts = await partsOf(client, workflowId)
  for (const [at, runId] of parts.entries()) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory()
    const part = parts.length === 1 ? '' : `-part-${at + 1}`
    const path = `${FOLDER}${what}${part}-${today()}.json`
    if (existsSync(path)) throw new Error(`${path} is recorded; what a run looks like today gets another name`)
    writeFileSync(path, `${JSON.stringify(JSON.parse(historyToJSON(history)), withoutMachine)}\n`)
    say(`${path}: ${history.events?.length} events`)
  }
}

function today(): string {
  return new Date().toISOString().slice(0, 10)
}

/** Who ran it and where its files lay is nobody's business, and no replay looks at it. */
function withoutMachine(key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value
  if (key === 'identity') return 'recorder'
  // A worker's own queue is named after its process and its machine.
  if (key === 'name') return value.replace(/^\d+@[^-]+-/, '')
  return key === 'stackTrace' ? '' : value
}
