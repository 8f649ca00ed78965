import { openStore, type Store, type StoreSettings } from '../../store/index.ts'
import { storeSettings } from './store-settings.ts'

/**
 * Opens the store for a worker, which brings it up to date.
 *
 * @throws ConfigurationProblem for a master key that is none, which would show with the first sealed run only otherwise. StoreProblem.
 */
export async function openWorkerStore(given: StoreSettings | undefined, env: NodeJS.ProcessEnv): Promise<Store> {
  const settings = storeSettings({ upToDate: false, ...given }, env)
  settings.masterKeys?.()
  return openStore(settings)
}
