/**
 * What the scenarios and their workers say to each other.
 *
 * @module
 */
import type { CallModelInput, CallModelResult } from '../../src/core/protocol.ts'
import type { StoreSettings } from '../../src/store/index.ts'

/** What a worker is started with: all that it has in common with the others. */
export interface WorkerSettings {
  readonly yaml: string
  readonly store: Pick<StoreSettings, 'path' | 'url'>
}

export type WorkerAsked =
  | { readonly kind: 'call'; readonly number: number; readonly input: CallModelInput }
  | { readonly kind: 'stop' }

export type WorkerSaid =
  | { readonly kind: 'ready' }
  | { readonly kind: 'ended'; readonly number: number; readonly result: CallModelResult }
