/**
 * A configuration that has been checked.
 *
 * @module
 */
import type { AlertSettings, Webhook } from '../../core/alert.ts'
import type { ProviderSettings } from '../../core/endpoints.ts'
import type { NoticeSettings } from '../../core/notice.ts'
import type { Directory } from '../../core/task-class.ts'
import type { Problem } from './text/problem.ts'

export interface Configuration {
  /** For routing, workers and records. No keys in it. */
  readonly directory: Directory
  /** Those that can be used, with their keys: for `src/providers` alone. */
  readonly providers: readonly ProviderSettings[]
  /** Providers of the file that cannot be used now, and why. */
  readonly disabled: readonly { readonly provider: string; readonly reason: string }[]
  /** The module with agents, tools, schemas and workflows; absolute when read from a file. */
  readonly app?: string
  /** Who is told of what people should look at. */
  readonly alerts?: AlertSettings
  /** By budget: who is told that it runs low. */
  readonly budgetWebhooks: Readonly<Record<string, Webhook>>
  /** Who is told when a run ends. */
  readonly notices: readonly NoticeSettings[]
  /** The directory's notes: one line for each thing that was left out or is worth knowing. */
  readonly notes: readonly string[]
}

export type ConfigurationResult =
  | { readonly ok: true; readonly configuration: Configuration }
  | { readonly ok: false; readonly problems: readonly Problem[] }
