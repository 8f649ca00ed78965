/**
 * The store of a client, which is opened when it is first needed.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import { closedProblem, DEFAULT_STORE_PATH, openStore, type Store, type StoreSettings } from '../../store/index.ts'
import { isOpen } from './given-store.ts'
import { storeSettings } from './store-settings.ts'

export interface LazyStore {
  /** @throws Error if this client has no store, StoreProblem if the store cannot be opened or the client is closed. */
  open(): Promise<Store>
  /**
   * Like `open`, but `undefined` if this client has no store. The default file is only opened if it exists: asking for a store does not
   * create one.
   */
  ifThere(): Promise<Store | undefined>
  close(): Promise<void>
}

export function lazyStore(given: Store | StoreSettings | false | undefined, env: NodeJS.ProcessEnv): LazyStore {
  if (given === false)
    return { open: () => Promise.reject(new Error(NO_STORE)), ifThere: async () => undefined, close: async () => {} }
  if (isOpen(given)) return { open: async () => given, ifThere: async () => given, close: async () => {} }
  let opened: Promise<Store> | undefined
  let isClosed = false
  const settings = storeSettings(given, env)
  const isNamed = settings.url !== undefined || settings.path !== undefined
  const open = async () => {
    if (isClosed && !opened) throw closedProblem('store of this client')
    // A failure is not kept: a client may live for long, and the store may be back next time.
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
      isClosed = true
      // If it could not be opened, there is nothing to close.
      const store = await opened?.catch(() => undefined)
      await store?.close()
    },
  }
}

const NO_STORE =
  'this client was connected without the store, which events and costs are read from; connect it with `store`, or set DATABASE_URL to the store that the workers use'
