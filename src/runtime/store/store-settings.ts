/**
 * Where the store is, by options first and the environment second.
 *
 * @module
 */
import { resolve } from 'node:path'
import { type StoreSettings, storeAddress } from '../../store/index.ts'
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

/**
 * What the environment names, from this folder and with the keys that it has now, for who opens the store once the process may be in another
 * folder.
 *
 * @throws StoreProblem for an address that is none; ConfigurationProblem for an invalid master key.
 */
export function storeSettingsHere(env: NodeJS.ProcessEnv): StoreSettings {
  const masterKeys = masterKeySource(env)
  masterKeys()
  const address = storeAddress(env.DATABASE_URL, undefined)
  if (address.kind === 'postgres') return { url: address.url, masterKeys }
  return { path: address.path === ':memory:' ? address.path : resolve(address.path), masterKeys }
}
