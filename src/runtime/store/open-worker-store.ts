import { openStore, type Store, type StoreSettings } from '../../store/index.ts'
import { storeSettings } from './store-settings.ts'

/**
 * Opens the store for a worker.
 *
 * @throws ConfigurationProblem for a master key that is none, which would show with the first sealed run only otherwise. StoreProblem.
 */
export async function openWorkerStore(given: StoreSettings | undefined, env: NodeJS.ProcessEnv): Promise<Store> {
  const settings = storeSettings(given, env)
  settings.masterKeys?.()
  return openStore(settings)
}
