/**
 * The store of a client: opened when it is first needed, and by nobody who does without it.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import { DEFAULT_STORE_PATH, openStore, type Store, type StoreSettings } from '../../store/index.ts'
import { isOpen } from './given-store.ts'
import { storeSettings } from './store-settings.ts'

export interface LazyStore {
  open(): Promise<Store>
  /** `undefined`: this client has none. None is made where nobody has named one. */
  ifThere(): Promise<Store | undefined>
  close(): Promise<void>
}

export function lazyStore(given: Store | StoreSettings | false | undefined, env: NodeJS.ProcessEnv): LazyStore {
  if (given === false)
    return { open: () => Promise.reject(new Error(NO_STORE)), ifThere: async () => undefined, close: async () => {} }
  if (given !== undefined && isOpen(given))
    return { open: async () => given, ifThere: async () => given, close: async () => {} }
  let opened: Promise<Store> | undefined
  const settings = storeSettings(given, env)
  const isNamed = settings.url !== undefined || settings.path !== undefined
  const open = () => {
    // Opened again the next time: a client may live as long as its process, and the store may be back by then.
    opened ??= openStore(settings).catch(error => {
      opened = undefined
      throw error
    })
    return opened
  }
  return {
    open,
    ifThere: async () => (opened || isNamed || existsSync(DEFAULT_STORE_PATH) ? open() : undefined),
    close: async () => {
      // A store that could not be opened needs no closing.
      const store = await opened?.catch(() => undefined)
      await store?.close()
    },
  }
}

const NO_STORE =
  'this client was connected without the store, which events and costs are read from; connect it with `store`, or set DATABASE_URL to the store that the workers use'
