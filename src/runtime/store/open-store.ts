/**
 * Opens the store that the environment names, for workers and for commands.
 *
 * @module
 */
import { openStore, type Store, type StoreSettings } from '../../store/index.ts'
import { storeSettings } from './store-settings.ts'

/**
 * Opens the store for a worker. Creates it if it is missing, and migrates one of an older version.
 *
 * @throws StoreProblem if it cannot be opened; ConfigurationProblem for an invalid master key, which otherwise only the first sealed run
 * would show.
 */
export async function openWorkerStore(given: StoreSettings | undefined, env: NodeJS.ProcessEnv): Promise<Store> {
  const settings = storeSettings({ upToDate: false, ...given }, env)
  settings.masterKeys?.()
  return openStore(settings)
}

/** Opens an existing store for a command. @throws StoreProblem if there is none or it cannot be opened. */
export function openExistingStore(env: NodeJS.ProcessEnv): Promise<Store> {
  return openStore(storeSettings({ existing: true }, env))
}
