/**
 * The store that the demo's runs are recorded in.
 *
 * @module
 */
import { join } from 'node:path'
import { researchBrief } from '../../../demo/brief.ts'
import type { Store } from '../../store/index.ts'
import type { Closers } from '../closers.ts'
import { ConfigurationProblem } from '../configuration/configuration-problem.ts'
import { openWorkerStore } from '../store/open-store.ts'

export interface DemoStoreOptions {
  readonly env: NodeJS.ProcessEnv
  /** Where the demo's own store is made, if `DATABASE_URL` names none. */
  readonly folder: string
  readonly closers: Closers
  readonly report: (line: string) => void
}

/**
 * Opens what `DATABASE_URL` names, else a file in the folder.
 *
 * @throws ConfigurationProblem when that has runs of others: the demo's worker would put its rules for workspaces in the place of
 * theirs, and runs that must be sealed would start unsealed.
 */
export async function openDemoStore({ env, folder, closers, report }: DemoStoreOptions): Promise<Store> {
  const given = env.DATABASE_URL ? undefined : { path: join(folder, 'signalbox.db') }
  const store = await openWorkerStore(given, env)
  closers.add(() => store.close())
  const workspace = researchBrief().terms?.workspace
  const other = (await store.reports.runs()).find(run => run.workspace !== workspace)
  if (other)
    throw new ConfigurationProblem(
      `the ${store.place} is in use: it has runs of the workspace ${other.workspace}, which the demo would disturb; unset DATABASE_URL, or name an empty database`,
    )
  report(`store: ${env.DATABASE_URL ? store.place : 'SQLite, in a temporary folder'}`)
  return store
}
