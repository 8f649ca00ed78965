/**
 * What `signalbox worker` and `signalbox dev` have in common: a worker from a configuration and the module it names.
 *
 * @module
 */
import { Runtime } from '@temporalio/worker'
import type { Configuration } from '../catalog/index.ts'
import type { Store } from '../store/index.ts'
import { appAt } from './app/load-app.ts'
import { DEFAULT_CONFIGURATION_PATH, loadConfiguration } from './configuration/configuration.ts'
import { type Following, followConfiguration } from './configuration/follow-configuration.ts'
import { packageNotes } from './configuration/package-notes.ts'
import { createReload, type Reloaded } from './configuration/reload.ts'
import { installLogging, type LoggingFormat, type LoggingLevel } from './logging/logging.ts'
import { createOutages, type Outages } from './logging/outages.ts'
import { workspaceRules } from './seals/workspace-rules.ts'
import { readMasterKeys } from './store/master-keys.ts'
import { openToAllNote } from './store/open-to-all.ts'
import {
  type Destinations,
  destinationsOf,
  metricsProblem,
  runtimeMetrics,
  telemetryOf,
} from './telemetry/destinations.ts'
import type { TemporalConnection } from './temporal/connection-options.ts'
import { answerUnless } from './temporal/grpc-answer.ts'
import { watchSignals } from './watch-signals.ts'
import { createWorker, type Deployment, type SignalboxWorker } from './worker.ts'

export interface ServeOptions {
  /** A path, or what was read from one. @defaultValue `signalbox.yaml` */
  readonly config?: string | Configuration
  /** Where it was read from, to be read anew. @defaultValue `config` if that is a path, else `signalbox.yaml` */
  readonly configPath?: string
  /** The module with agents, tools, schemas and workflows. @defaultValue the configuration's `app` */
  readonly app?: string
  readonly taskQueue?: string
  readonly temporal?: TemporalConnection
  /** How long calls may go on after a shutdown began, in milliseconds. @defaultValue 30000 */
  readonly shutdownGraceMs?: number
  readonly deployment?: Deployment
  /** Milliseconds between two rounds of giving back and purging. @defaultValue 300000 */
  readonly reconcileEveryMs?: number
  /** @defaultValue `DATABASE_URL`, else `.signalbox/signalbox.db` */
  readonly store?: Store
  /** The database of the Temporal server, where that runs here too: people are told if others may read it. */
  readonly databasePath?: string
  /** Log lines from this level on go to standard error. Absent: Temporal's own logger. */
  readonly logLevel?: LoggingLevel
  /** @defaultValue `json` */
  readonly logFormat?: LoggingFormat
  /** Where Prometheus finds metrics, and a collector that takes them and traces. @defaultValue `SIGNALBOX_METRICS`, `SIGNALBOX_OTLP` */
  readonly metrics?: string
  readonly otlp?: string
  readonly env?: NodeJS.ProcessEnv
}

export interface Serving extends SignalboxWorker {
  /** One line each: what was left out of the configuration, and what the server lacks. */
  readonly notes: readonly string[]
  /** Reads the configuration anew when the file changes, swaps it in unless something is wrong with it, and says what came of it. */
  followConfiguration(report: (reloaded: Reloaded) => void): Following
  /** Writes a line into the worker's log. */
  log(level: 'info' | 'warn', words: string): void
}

/**
 * Reads configuration and module, then connects: nothing is started for one that is not right.
 *
 * @throws what {@link createWorker} throws.
 */
export async function createServing(options: ServeOptions): Promise<Serving> {
  const { env = process.env, logLevel, logFormat, databasePath } = options
  const destinations = destinationsOf(options, env)
  const configuration =
    typeof options.config === 'object' ? options.config : await loadConfiguration(options.config, env)
  const app = await appAt(options.app ?? configuration.app)
  const notes = [...configuration.notes, ...packageNotes(configuration), ...keyNotes(configuration, env)]
  const outages = createOutages(words => Runtime.instance().logger.info(words))
  if (logLevel !== undefined) installRuntime(logLevel, logFormat, destinations, outages)
  const { taskQueue, temporal, shutdownGraceMs, deployment, reconcileEveryMs, store } = options
  const given = { taskQueue, temporal, shutdownGraceMs, deployment, reconcileEveryMs, store, env }
  const worker = await createWorker({ ...given, ...app, config: configuration, telemetry: telemetryOf(destinations) })
  const places = [worker.plugin.store.place, ...(databasePath === undefined ? [] : [databasePath])]
  return {
    ...worker,
    run: () => runWatched(worker, outages),
    ...reloading(options, configuration, worker),
    log: (level, words) => Runtime.instance().logger[level](words),
    notes: [...notes, ...searchAttributeNotes(worker), ...openNotes(places)],
  }
}

/** The look at the store writes, for a read-only server would answer a read: it sweeps what a worker sweeps now and then anyway. */
async function runWatched({ worker, plugin, run }: SignalboxWorker, outages: Outages): Promise<void> {
  const { connection } = worker.options
  const { budgets } = plugin.store
  const ending = new AbortController()
  if (connection)
    outages.watch(
      {
        server: () => answerUnless([], connection, service => service.getSystemInfo({})),
        store: () => budgets.sweep(Date.now()),
      },
      ending.signal,
    )
  try {
    await run()
  } finally {
    ending.abort()
  }
}

function reloading(
  { config, configPath, env = process.env }: ServeOptions,
  first: Configuration,
  { plugin }: SignalboxWorker,
): Pick<Serving, 'followConfiguration'> {
  const path = configPath ?? (typeof config === 'string' ? config : DEFAULT_CONFIGURATION_PATH)
  const reload = createReload({ path, env, first, use: plugin.use })
  return { followConfiguration: report => followConfiguration({ path, reload, report }) }
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
): void {
  try {
    installLogging(level, format, runtimeMetrics(destinations), outages)
  } catch (error) {
    throw metricsProblem(error, destinations) ?? error
  }
  // Until the process has ended: the runtime hears the first signal and leaves the next to the system, which would end us midway.
  watchSignals()
}

function searchAttributeNotes({ plugin }: SignalboxWorker): readonly string[] {
  const missing = plugin.missingSearchAttributes
  if (missing.length === 0) return []
  return [
    `the server lacks the search attributes ${missing.join(', ')}; runs work without them. \`signalbox setup\` registers them`,
  ]
}

function openNotes(paths: readonly string[]): readonly string[] {
  return paths.map(openToAllNote).filter(note => note !== undefined)
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
