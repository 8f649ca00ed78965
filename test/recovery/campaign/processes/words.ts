/**
 * What the campaign and its processes say to each other.
 *
 * @module
 */
import type { FaultRuleInput, MeterRow } from '../../../../src/providers/simulated/index.ts'

/** From a worker: it serves; it is held at a mark. */
export type WorkerSaid = { readonly kind: 'ready' } | { readonly kind: 'reached'; readonly mark: string }

/** To a worker: it may go on from a mark. */
export interface GoOn {
  readonly kind: 'go-on'
  readonly mark: string
}

export type VendorsSaid =
  | { readonly kind: 'ready'; readonly env: Readonly<Record<string, string>> }
  | { readonly kind: 'meter'; readonly rows: readonly MeterRow[] }
  | { readonly kind: 'faults-set' }

export type VendorsAsked =
  | { readonly kind: 'meter' }
  | { readonly kind: 'faults'; readonly vendor: string; readonly rules: readonly FaultRuleInput[] }
  | { readonly kind: 'stop' }

/** What this process was started with. */
export function settingsOf<Settings>(): Settings {
  return JSON.parse(process.argv[2] ?? '{}') as Settings
}
