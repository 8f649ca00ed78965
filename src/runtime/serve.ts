/**
 * What `signalbox worker` and `signalbox dev` have in common: a worker from a configuration and the module it names.
 *
 * @module
 */
import { resolve } from 'node:path'
import { Runtime } from '@temporalio/worker'
import type { Configuration } from '../catalog/index.ts'
import type { Store } from '../store/index.ts'
import { appAt } from './app/load-app.ts'
import { DEFAULT_CONFIGURATION_PATH, loadConfiguration } from './configuration/configuration.ts'
import { type Following, followConfiguration } from './configuration/follow-configuration.ts'
import { packageNotes } from './configuration/package-notes.ts'
import { createReload, type Reloaded } from './configuration/reload.ts'
import { installLogging } from './logging/logging.ts'
import type { LoggingFormat, LoggingLevel } from './logging/open-log.ts'
import { createOutages, type Outages } from './logging/outages.ts'
import type { SignalboxPlugin } from './plugin.ts'
import { workspaceRules } from './seals/workspace-rules.ts'
import { readMasterKeys } from './store/master-keys.ts'
import { openToAllNotes } from './store/open-to-all.ts'
import { storeSettingsHere } from './store/store-settings.ts'
import {
  type Destinations,
  destinationsOf,
  metricsProblem,
  runtimeMetrics,
  telemetryOf,
} from './telemetry/destinations.ts'
import { connectionOptions, type TemporalConnection } from './temporal/connection-options.ts'
import { answerUnless } from './temporal/grpc-answer.ts'
import { serverWords } from './temporal/server-version.ts'
import { type SignalWatch, watchSignals } from './watch-signals.ts'
import { type CreateWorkerOptions, createWorker, type SignalboxWorker } from './worker.ts'

export interface ServeOptions
  extends Pick<CreateWorkerOptions, 'taskQueue' | 'shutdownGraceMs' | 'deployment' | 'env'>,
    Destinations {
  /** The configuration's file, which is read again when it changes. @defaultValue `signalbox.yaml` */
  readonly config?: string
  /** What that file says, if it was read already. */
  readonly configuration?: Configuration
  /** The module with agents, tools, schemas and workflows. @defaultValue the configuration's `app` */
  readonly app?: string
  readonly temporal?: TemporalConnection
  /** @defaultValue `DATABASE_URL`, else `.signalbox/signalbox.db` */
  readonly store?: Store
  /** Log lines from this level on go to standard error. Absent: Temporal's own logger. */
  readonly logLevel?: LoggingLevel
  /** @defaultValue `json` */
  readonly logFormat?: LoggingFormat
}

export interface Serving extends SignalboxWorker {
  /** One line each: what was left out of the configuration, and what the server lacks. */
  readonly notes: readonly string[]
  /** Which server it is; `undefined` where it does not say. */
  readonly server: string | undefined
  /**
   * Reads the configuration anew when the file changes, swaps it in unless something is wrong with it, and says what came of it: in the
   * worker's log, if nobody is named to hear of it.
   */
  followConfiguration(report?: (reloaded: Reloaded) => void): Following
  /** Writes a line into the worker's log. */
  log(level: 'info' | 'warn', words: string): void
}

/**
 * Reads configuration and module, then connects: nothing is started for one that is not right. `told-to-end`: a signal came first, and
 * what had been begun is left to the end of the process.
 *
 * @throws what {@link createWorker} throws.
 */
export async function createServing(options: ServeOptions): Promise<Serving | 'told-to-end'> {
  const { env = process.env, config: configPath = DEFAULT_CONFIGURATION_PATH, logLevel, logFormat } = options
  const destinations = destinationsOf(options, env)
  const configuration = options.configuration ?? (await loadConfiguration(configPath, env))
  const notes = [...configuration.notes, ...packageNotes(configuration), ...keyNotes(configuration, env)]
  // Paths are meant from here, and the app may change the folder when it is loaded.
  const path = resolve(configPath)
  const { temporal = connectionOptions(env), store = storeSettingsHere(env) } = options
  const app = await appAt(options.app ?? configuration.app)
  const outages = createOutages(words => Runtime.instance().logger.info(words))
  const signals = logLevel === undefined ? undefined : installRuntime(logLevel, logFormat, destinations, outages)
  const { taskQueue, shutdownGraceMs, deployment } = options
  const given = { taskQueue, temporal, shutdownGraceMs, deployment, store, env }
  const telemetry = telemetryOf(destinations)
  const worker = await unlessTold(createWorker({ ...given, ...app, config: configuration, telemetry }), signals)
  if (worker === 'told-to-end') return worker
  const { plugin } = worker
  const reload = createReload({ path, env, first: configuration, use: plugin.use })
  return {
    ...worker,
    run: () => runWatched(worker, outages),
    followConfiguration: report => followConfiguration({ path, reload, ...(report && { report }) }),
    log: (level, words) => Runtime.instance().logger[level](words),
    server: await serverWords(worker.worker.options.connection),
    notes: [...notes, ...searchAttributeNotes(plugin), ...openToAllNotes(plugin.store.place)],
  }
}

/**
 * Runs the worker, and looks meanwhile whether a server or a store that was away is back. The look at the store writes, because a read-only
 * server answers reads: it sweeps, as workers do anyway. It also reads the runs, whose table somebody may have locked.
 */
async function runWatched({ worker, plugin, run }: SignalboxWorker, outages: Outages): Promise<void> {
  const { connection } = worker.options
  const { budgets, reports } = plugin.store
  const ending = new AbortController()
  if (connection)
    outages.watch(
      {
        server: () => answerUnless([], connection, service => service.getSystemInfo({})),
        store: () => Promise.all([budgets.sweep(Date.now()), reports.runs({ limit: 1 })]),
      },
      ending.signal,
    )
  try {
    await run()
  } finally {
    ending.abort()
  }
}

/**
 * A start may wait for long: for somebody who migrates the store, or for a server that is gone without a word. The runtime, which hears
 * the signals too, ends only a worker that runs.
 */
function unlessTold<Started>(starting: Promise<Started>, signals?: SignalWatch): Promise<Started | 'told-to-end'> {
  return signals ? Promise.race([starting, signals.came.then(() => 'told-to-end' as const)]) : starting
}

/**
 * Temporal's runtime, in a process that is the worker's own. Installed when nothing more can be wrong with what was asked for: from
 * then on it takes the signals, and keeps the process alive.
 */
function installRuntime(
  level: LoggingLevel,
  format: LoggingFormat | undefined,
  destinations: Destinations,
  outages: Outages,
): SignalWatch {
  try {
    installLogging(level, format, runtimeMetrics(destinations), outages)
  } catch (error) {
    throw metricsProblem(error, destinations) ?? error
  }
  // Until the process has ended: the runtime hears the first signal and leaves the next to the system, which would end us midway.
  return watchSignals()
}

function searchAttributeNotes({ missingSearchAttributes: missing }: SignalboxPlugin): readonly string[] {
  if (missing.length === 0) return []
  return [
    `the server lacks the search attributes ${missing.join(', ')}; runs work without them. \`signalbox setup\` registers them`,
  ]
}

/** @throws ConfigurationProblem for a master key that cannot be read. */
function keyNotes(configuration: Configuration, env: NodeJS.ProcessEnv): readonly string[] {
  const sealed = workspaceRules(configuration).filter(rule => rule.zdr || rule.encryptPayloads)
  if (sealed.length === 0 || readMasterKeys(env)) return []
  const names = sealed.map(({ workspace }) => (workspace === '*' ? 'every workspace' : workspace)).join(', ')
  return [
    `there is no master key, so no run of ${names} can be started or served; \`signalbox keys new\` makes one for SIGNALBOX_MASTER_KEY`,
  ]
}
