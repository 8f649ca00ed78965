/**
 * Where the store lies, by options first and the environment second.
 *
 * @module
 */
import type { StoreSettings } from '../../store/index.ts'
import { masterKeySource } from './master-keys.ts'

/**
 * `DATABASE_URL` names a PostgreSQL server or a file; without it the embedded file is used. A store of an older version is refused: running
 * workers may be of that version, and a command that brought it up to date would shut them out at their next start.
 */
export function storeSettings(given: StoreSettings | undefined, env: NodeJS.ProcessEnv): StoreSettings {
  const masterKeys = given?.masterKeys ?? masterKeySource(env)
  const settings = { upToDate: true, ...given, masterKeys }
  if (given?.url !== undefined || given?.path !== undefined) return settings
  return { ...settings, ...(env.DATABASE_URL && { url: env.DATABASE_URL }) }
}
