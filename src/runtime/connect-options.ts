/**
 * What a client is connected with.
 *
 * @module
 */
import type { Client } from '@temporalio/client'
import type { Configuration } from '../catalog/index.ts'
import type { Store, StoreSettings } from '../store/index.ts'
import { inputsProblems, type WorkflowInputs } from '../tools/index.ts'
import { type KeysOf, refuseUnknown } from '../tools/refuse-unknown.ts'
import type { TemporalPlace } from './temporal/connection-options.ts'

/** How a client reaches the Temporal server and the store. */
export interface ConnectOptions {
  /** The Temporal server and namespace. @defaultValue Temporal's own environment configuration */
  readonly temporal?: TemporalPlace | undefined
  /** A Temporal client that you already have, instead of a connection of ours. */
  readonly client?: Client | undefined
  /**
   * The store that the workers use: an open one, or where it is. `false`: a client without the store, which cannot read events and the
   * costs of single calls, and cannot start or reach runs under zero data retention, whose keys are in the store.
   *
   * @defaultValue `DATABASE_URL`, else `.signalbox/signalbox.db`
   */
  readonly store?: Store | StoreSettings | false | undefined
  /** The task queue of runs that it starts. @defaultValue `signalbox` */
  readonly taskQueue?: string | undefined
  /**
   * The workers' configuration, if you have it. A fork to a model that its class does not list is then refused before it begins.
   *
   * @defaultValue none: the worker refuses such a fork when it begins
   */
  readonly config?: Configuration | undefined
  /**
   * The `inputs` of the app, if you have it. An input that does not fit its workflow's schema is then refused before anything is sent.
   *
   * @defaultValue none: the worker refuses such a run when it begins
   */
  readonly inputs?: WorkflowInputs | undefined
  /**
   * The address of the Temporal UI, for links to runs.
   *
   * @defaultValue `TEMPORAL_UI_URL`, else a thousand ports above a server on this machine; none for any other server
   */
  readonly uiUrl?: string | undefined
  /** The variables with addresses and master keys. @defaultValue `process.env` */
  readonly env?: NodeJS.ProcessEnv | undefined
}

const KEYS: KeysOf<ConnectOptions> = {
  temporal: true,
  client: true,
  store: true,
  taskQueue: true,
  config: true,
  inputs: true,
  uiUrl: true,
  env: true,
}

/** @throws TypeError for an option that does not exist, and for schemas that cannot be used. */
export function requireOptions(options: ConnectOptions): void {
  refuseUnknown('connect', options, KEYS)
  const [problem] = inputsProblems(options.inputs ?? {})
  if (problem !== undefined) throw new TypeError(`connect: ${problem}`)
}
