import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'
import { startDevServer } from '../../src/runtime/dev-server/dev-server.ts'
import { findTemporalCli } from '../../src/runtime/dev-server/find-cli.ts'
import { SHARED_BUNDLE } from './shared-bundle.ts'

declare module 'vitest' {
  interface ProvidedContext {
    temporalAddress: string
  }
}

const PREPARE = fileURLToPath(new URL('prepare-run.ts', import.meta.url))
const FIXTURES = fileURLToPath(new URL('../workflows/fixtures/all.ts', import.meta.url))

/** The server collects garbage once it has ten times the memory that it needs: some hundred MB instead of a sixth of its CPU. */
const SELDOM = '900'

/** One Temporal dev server for the whole run, on a free port; ended with it. And one bundle of the shipped workflows and of those that tests bring. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-tests-'))
  const bundlePath = join(folder, 'workflows.js')
  process.env.NODE_COMPILE_CACHE ??= join(folder, 'compiled')
  const prepare = () => promisify(execFile)(process.execPath, [PREPARE, bundlePath, FIXTURES])
  const [stop] = await Promise.all([provideServer(project), prepare()])
  process.env[SHARED_BUNDLE] = bundlePath
  project.onTestsRerun(async () => void (await prepare()))
  return async () => {
    await stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function provideServer(project: TestProject): Promise<() => Promise<void>> {
  const report = (line: string) => process.stderr.write(`${line}\n`)
  const found = await findTemporalCli({ env: process.env, report })
  if (found.kind === 'address') {
    project.provide('temporalAddress', found.address)
    return async () => {}
  }
  const env = { ...process.env, GOGC: SELDOM }
  const server = await startDevServer({ cli: found.cli, headless: true, forTests: true, env, report })
  project.provide('temporalAddress', server.address)
  return () => server.stop()
}
