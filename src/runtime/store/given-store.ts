import { kindOf } from '../../core/words/kind-of.ts'
import type { Store, StoreSettings } from '../../store/index.ts'

/** `true` for an open store, `false` for settings that say where one is. @throws TypeError for a value that is not an object */
export function isOpen(given: Store | StoreSettings): given is Store {
  if (typeof given === 'object' && given !== null) return 'ledger' in given
  throw new TypeError(
    `the store was given as ${kindOf(given)}; write { url: 'postgres://…' }, { path: '…' } or an open one`,
  )
}
