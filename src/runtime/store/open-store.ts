/**
 * Opens the store of this process's environment: for a worker, and for commands that work on what runs have left there.
 *
 * @module
 */
import { openStore, type Store, type StoreSettings } from '../../store/index.ts'
import { storeSettings } from './store-settings.ts'

/**
 * Opens the store for a worker, which makes it where it is missing, and brings it up to date.
 *
 * @throws ConfigurationProblem for a master key that is none: otherwise only the first sealed run would show that. StoreProblem.
 */
export async function openWorkerStore(given: StoreSettings | undefined, env: NodeJS.ProcessEnv): Promise<Store> {
  const settings = storeSettings({ upToDate: false, ...given }, env)
  settings.masterKeys?.()
  return openStore(settings)
}

/** Opens a store that is there already. @throws StoreProblem where none is: a command makes none. */
export function openExistingStore(env: NodeJS.ProcessEnv): Promise<Store> {
  return openStore(storeSettings({ existing: true }, env))
}
