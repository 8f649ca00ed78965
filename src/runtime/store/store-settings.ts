/**
 * Where the store is, by options first and the environment second.
 *
 * @module
 */
import type { StoreSettings } from '../../store/index.ts'
import { masterKeySource } from './master-keys.ts'

/**
 * Fills in what was not given: `DATABASE_URL` (a PostgreSQL server or a file, else the embedded file) and the environment's master keys.
 *
 * Unless `upToDate: false` is given, a store of an older version is refused. A command must not migrate it: workers of that version may be
 * running, and they could not start again.
 */
export function storeSettings(given: StoreSettings | undefined, env: NodeJS.ProcessEnv): StoreSettings {
  const masterKeys = given?.masterKeys ?? masterKeySource(env)
  const settings = { upToDate: true, ...given, masterKeys }
  if (given?.url !== undefined || given?.path !== undefined) return settings
  return { ...settings, ...(env.DATABASE_URL && { url: env.DATABASE_URL }) }
}
