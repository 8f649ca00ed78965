import type { TestProject } from 'vitest/node'
import { startDevServer } from '../../src/runtime/temporal/dev-server.ts'
import { findTemporalCli } from '../../src/runtime/temporal/find-cli.ts'

declare module 'vitest' {
  interface ProvidedContext {
    temporalAddress: string
  }
}

/** One Temporal dev server for the whole run, on a free port; ended with it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const report = (line: string) => process.stderr.write(`${line}\n`)
  const found = await findTemporalCli({ env: process.env, report })
  if (found.kind === 'address') {
    project.provide('temporalAddress', found.address)
    return async () => {}
  }
  const server = await startDevServer({ cli: found.cli, headless: true, timerMaxTimeShiftMs: 1, report })
  project.provide('temporalAddress', server.address)
  return () => server.stop()
}
