import { kindOf } from '../../core/words/kind-of.ts'
import type { Store, StoreSettings } from '../../store/index.ts'

/** Whether an open store was given, and not settings or nothing. @throws TypeError for any other value */
export function isOpen(given: Store | StoreSettings | undefined): given is Store {
  if (given === undefined) return false
  if (typeof given === 'object' && given !== null) return 'ledger' in given
  throw new TypeError(
    `the store was given as ${kindOf(given)}; write { url: 'postgres://…' }, { path: '…' } or an open one`,
  )
}
