/**
 * Where the store lies, by options first and the environment second.
 *
 * @module
 */
import type { StoreSettings } from '../../store/index.ts'
import { masterKeySource } from './master-keys.ts'

/** `DATABASE_URL` names a PostgreSQL server or a file; without it the embedded file is used. */
export function storeSettings(given: StoreSettings | undefined, env: NodeJS.ProcessEnv): StoreSettings {
  const masterKeys = given?.masterKeys ?? masterKeySource(env)
  if (given?.url !== undefined || given?.path !== undefined) return { ...given, masterKeys }
  return { ...given, ...(env.DATABASE_URL && { url: env.DATABASE_URL }), masterKeys }
}
