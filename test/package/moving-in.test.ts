/** An application that is there already: with another version of Temporal's SDK than ours, with zod 3, and with a bundler. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { type RunningVendors, startVendors } from '../../src/providers/simulated/index.ts'
import { ACME, packInto, TSCONFIG } from './project.ts'
import { readmeFiles } from './readme-files.ts'

const run = promisify(execFile)

const THEIRS = ['@temporalio/client@1.23.0', '@temporalio/worker@1.23.0', 'zod@3.25.76']

let project: string
let vendors: RunningVendors
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'signalbox-moving-in-'))
  vendors = await startVendors({ vendors: [ACME] })
  const path = `${dirname(process.execPath)}:${process.env.PATH}`
  env = {
    ...process.env,
    PATH: path,
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    ACME_URL: vendors.vendors[0]!.baseUrl,
  }
  const { filename } = await packInto(project, env)
  await writeFile(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  const install = [...THEIRS, join(project, filename), 'typescript', '@types/node@24', 'esbuild']
  await run('npm', ['install', '--no-fund', '--no-audit', '--prefer-offline', ...install], { cwd: project, env })
  const files = new Map([...readmeFiles(), ...Object.entries(FILES), ['tsconfig.json', JSON.stringify(TSCONFIG)]])
  // Where zod 3 has to stay.
  files.set('signalbox.app.ts', files.get('signalbox.app.ts')!.replace("'zod'", "'zod/v4'"))
  for (const [name, text] of files) await writeFile(join(project, name), text)
})

afterAll(async () => {
  await vendors?.close()
  await rm(project, { recursive: true, force: true })
})

const node = (...words: string[]) => run(process.execPath, words, { cwd: project, env })
const esbuild = (...words: string[]) =>
  run('npx', ['esbuild', '--bundle', '--platform=node', '--log-level=error', ...words], { cwd: project, env })

it('compiles with schemas of the zod 4 that is in zod 3.25', async () => {
  await run('npx', ['tsc', '--noEmit', '-p', '.', '--skipLibCheck'], { cwd: project, env })
})

it('says of a Worker and of a Client of another version which two there are, and what to do', async () => {
  const { stdout } = await node('joining.ts')
  const [worker, client] = stdout.trim().split('\n')
  expect(worker).toMatch(
    /the Worker .* SDK 1\.23\.0, .* 1\.24: bring your @temporalio packages to 1\.24 .*createWorker/,
  )
  expect(client).toMatch(
    /the Client .* SDK 1\.23\.0, .* 1\.24: bring your @temporalio packages to 1\.24 .*connect\(\{ client/,
  )
})

it('serves beside them by createWorker, for their Client, and for a client that was bundled whole', async () => {
  await esbuild('bundled-client.ts', '--outfile=bundled-client.cjs')
  const { stdout } = await node('beside.ts')
  expect(stdout.trim().split('\n')).toEqual(['theirs: answered', 'bundled: answered'])
})

it('says of a worker that was bundled whole what to keep out of the bundle', async () => {
  await esbuild('bundled-worker.ts', '--external:@temporalio/*', '--outfile=bundled-worker.cjs')
  const { stdout } = await node('bundled-worker.cjs')
  expect(stdout).toContain('--external:signalbox')
})

const FILES: Readonly<Record<string, string>> = {
  'joining.ts': `
import { Client, Connection } from '@temporalio/client'
import { NativeConnection, Worker } from '@temporalio/worker'
import { createPlugin } from 'signalbox/worker'

const address = process.env.TEMPORAL_ADDRESS!
const plugin = (await createPlugin({ config: 'signalbox.yaml' })) as never
const connection = await NativeConnection.connect({ address })
await Worker.create({ connection, taskQueue: 'theirs', plugins: [plugin] }).catch(error => console.log(error.message))
await connection.close()
try {
  new Client({ connection: Connection.lazy({ address }), plugins: [plugin] })
} catch (error) {
  console.log((error as Error).message)
}
process.exit()
`,
  'beside.ts': `
import { execFileSync } from 'node:child_process'
import { Client, Connection } from '@temporalio/client'
import { connect } from 'signalbox/client'
import { createWorker, loadApp } from 'signalbox/worker'

const worker = await createWorker({ ...(await loadApp('signalbox.app.ts')), taskQueue: 'beside', shutdownGraceMs: 0 })
const serving = worker.run()
const client = new Client({ connection: await Connection.connect({ address: process.env.TEMPORAL_ADDRESS! }) })
const signalbox = await connect({ client: client as never, taskQueue: 'beside' })
const run = await signalbox.start('review', { input: 'York has 9 million passengers' })
console.log('theirs:', (await run.outcome()).kind)
const bundled = execFileSync(process.execPath, ['bundled-client.cjs', run.id], { encoding: 'utf8' })
console.log('bundled:', bundled.trim())
worker.shutdown()
await serving
process.exit()
`,
  'bundled-client.ts': `
import { connect } from 'signalbox/client'

async function main() {
  const signalbox = await connect()
  console.log((await signalbox.run(process.argv[2]!).outcome()).kind)
  await signalbox.close()
}
void main()
`,
  'bundled-worker.ts': `
import { createWorker } from 'signalbox/worker'

createWorker().catch(error => {
  console.log(error.message)
  process.exit()
})
`,
}
