/**
 * Everything that a worker needs, as a Temporal plug-in: it joins a Worker that people already have.
 *
 * @module
 */
import { resolve } from 'node:path'
import type { SimplePlugin } from '@temporalio/plugin'
import { NativeConnection, Runtime } from '@temporalio/worker'
import { createActivities } from '../../activities/index.ts'
import { withdrawBatches } from '../../activities/withdraw-batches.ts'
import type { Configuration } from '../catalog/index.ts'
import { createWeb } from '../providers/transport/web.ts'
import type { Store, StoreSettings } from '../store/index.ts'
import { connectMcpServers } from '../tools/index.ts'
import { type KeysOf, refuseUnknown } from '../tools/refuse-unknown.ts'
import { APP_KEYS, type App, OTHER_EXPORTS } from './app/app.ts'
import { requireApp } from './app/require-app.ts'
import { type Closers, createClosers } from './closers.ts'
import { DEFAULT_CONFIGURATION_PATH, loadConfiguration, requireOwnFiles } from './configuration/configuration.ts'
import { ConfigurationProblem } from './configuration/configuration-problem.ts'
import { followConfiguration } from './configuration/follow-configuration.ts'
import { packageNotes } from './configuration/package-notes.ts'
import { createReload } from './configuration/reload.ts'
import { JoiningPlugin } from './joining/joining-plugin.ts'
import { tellDamage } from './logging/tell-damage.ts'
import { tellRoom } from './logging/tell-room.ts'
import { createStopping } from './ports/stopping.ts'
import { wirePorts } from './ports/wire-ports.ts'
import { proxiesOf } from './proxies.ts'
import { quietActivities } from './seals/quiet-activities.ts'
import { workspaceRules } from './seals/workspace-rules.ts'
import { abandoningLate } from './store/abandon-late.ts'
import { isOpen } from './store/given-store.ts'
import { openWorkerStore } from './store/open-store.ts'
import type { TelemetryOptions } from './telemetry/telemetry.ts'
import { answersWith, GRPC } from './temporal/grpc-answer.ts'
import { ofOwnExecution } from './temporal/own-execution.ts'
import { missingSearchAttributes, type OperatorConnection } from './temporal/search-attributes.ts'
import { leaveThreadsUnwatched } from './temporal/unwatched-threads.ts'

/** What a plug-in serves, and with which configuration and store. */
export interface PluginOptions extends Omit<App, 'workflowsPath'> {
  /**
   * The path of a `signalbox.yaml`, which is read again while a worker runs if it, or a secret's file that it names, changes; or a
   * configuration that was already loaded, which stays.
   *
   * @defaultValue `signalbox.yaml`
   */
  readonly config?: string | Configuration | undefined
  /** @defaultValue `DATABASE_URL`, else `.signalbox/signalbox.db` */
  readonly store?: Store | StoreSettings | undefined
  /** Used to look up `missingSearchAttributes`. Runs set those that the namespace of their Worker has, with or without it. */
  readonly connection?: OperatorConnection | undefined
  /** The namespace in which they are looked up: that of your Worker. @defaultValue `default` */
  readonly namespace?: string | undefined
  /**
   * How often, in milliseconds, a worker gives back what runs that no longer exist have reserved, and purges content whose retention is
   * over. The first time is at once; 0 turns it off. @defaultValue 300000
   */
  readonly reconcileEveryMs?: number | undefined
  /** Metrics and traces of the worker. @defaultValue none */
  readonly telemetry?: TelemetryOptions | undefined
  /** The variables with keys and addresses. @defaultValue `process.env` */
  readonly env?: NodeJS.ProcessEnv | undefined
}

/** The options that `createWorker` takes too. */
export const SHARED_KEYS: KeysOf<Omit<PluginOptions, 'connection' | 'namespace'> & Pick<App, 'workflowsPath'>> = {
  ...APP_KEYS,
  config: true,
  store: true,
  env: true,
  reconcileEveryMs: true,
  telemetry: true,
}

/** `loadApp` returns `workflowsPath` too. It is for the Worker, and not used here. */
const KEYS: KeysOf<PluginOptions & Pick<App, 'workflowsPath'>> = { ...SHARED_KEYS, connection: true, namespace: true }

/** As it closes, a plug-in only writes what other workers may learn from it. A store that does not answer is not waited for longer. */
const LAST_NEWS = { answeredWithinMs: 1_000 }

/** A plug-in with its connections open. */
export interface SignalboxPlugin extends SimplePlugin {
  /** The search attributes that `namespace` lacks. If there are any, runs work without all of them. */
  readonly missingSearchAttributes: readonly string[]
  /** The configuration that it was created with, also when another one is in use. */
  readonly configuration: Configuration
  readonly store: Store
  /**
   * Swaps the configuration: calls that begin from now on are planned by this one. Agents and tools stay. For one that comes from elsewhere
   * than a file; where the plug-in was given a path, the next change of the file replaces it.
   *
   * @throws ConfigurationProblem if it lacks a class that an agent or `classes` names, or StoreProblem; the previous one then stays in
   * effect.
   */
  use(configuration: Configuration): Promise<void>
  /** Closes what the plug-in has opened: vendors' connections, and the store unless it was passed in. */
  close(): Promise<void>
}

/**
 * Creates a plug-in that adds our workflows and activities to your Temporal Worker. Opens the store and reads the configuration.
 *
 * @throws ConfigurationProblem, StoreProblem, or an Error that lists what is wrong with agents and tools, or names an MCP server that
 * cannot be reached.
 */
export async function createPlugin(options: PluginOptions = {}): Promise<SignalboxPlugin> {
  refuseUnknown('createPlugin', options, KEYS, OTHER_EXPORTS)
  requireApp('createPlugin', options)
  return openPlugin(options).catch(error => {
    throw missingNamespace(error, options) ?? error
  })
}

/** The server's own words name no option. */
function missingNamespace(error: unknown, { namespace = 'default' }: PluginOptions): ConfigurationProblem | undefined {
  if (!answersWith(error, [GRPC.notFound])) return undefined
  return new ConfigurationProblem(
    `createPlugin was told to look in the namespace '${namespace}', which the Temporal server does not have; correct its option \`namespace\`, or create the namespace`,
    { cause: error },
  )
}

/** {@link createPlugin} for a caller who has looked at the options. */
export async function openPlugin(options: PluginOptions): Promise<SignalboxPlugin> {
  requireOwnFiles()
  leaveThreadsUnwatched()
  const closers = createClosers()
  try {
    return await joining(options, closers)
  } catch (error) {
    // What is open, processes of MCP servers too, would outlive a worker that never was.
    await closers.close()
    throw error
  }
}

async function joining(options: PluginOptions, { add, close }: Closers): Promise<SignalboxPlugin> {
  const { agents, tools = [], schemas, classes, inputs, env = process.env } = options
  const configuration = await configurationOf(options, env)
  const missing = await missingOf(options)
  const proxies = proxiesOf(env)
  const web = createWeb(proxies)
  add(() => web.close())
  const mcp = await connectMcpServers(options.mcpServers, { send: web.fetch, tellSlow: warner(options) })
  add(() => mcp.close())
  const store = isOpen(options.store) ? options.store : await openWorkerStore(options.store, env)
  if (!isOpen(options.store)) add(() => store.close())
  await store.seals.publish(workspaceRules(configuration))
  const stopping = createStopping()
  const wired = wirePorts({
    configuration,
    store,
    app: { agents, schemas, classes, inputs, tools: [...tools, ...mcp.tools] },
    proxies,
    fetch: web.fetch,
    telemetry: options.telemetry,
    stopping: stopping.signal,
  })
  add(() => wired.close())
  await wired.begin()
  const use = async (next: Configuration) => {
    wired.check(next)
    await store.seals.publish(workspaceRules(next))
    wired.use(next)
  }
  const plugin = new JoiningPlugin({
    activities: ofOwnExecution(createActivities(wired.ports)),
    interceptors: [tellDamage(Date.now), tellRoom(), quietActivities(wired.seals), ...wired.interceptors],
    seals: wired.seals,
    stopping,
    store,
    heldInputs: Object.keys(inputs ?? {}),
    warnings: [...mcp.warnings, ...notesOf(options, configuration)],
    reconcileEveryMs: options.reconcileEveryMs,
    withdraw: runs => withdrawBatches(wired.ports, runs),
    meanwhile: following(options, env, configuration, use),
    deliver: wired.deliver,
  })
  return unlisted(plugin, {
    missingSearchAttributes: missing,
    configuration,
    store,
    use,
    close: () => abandoningLate(store, undefined, close, LAST_NEWS),
  })
}

/** Adds fields that are not listed: Temporal's SDK logs a worker's plug-ins at `debug`, and must not log keys of the configuration. */
function unlisted<More extends object>(plugin: SimplePlugin, more: More): SimplePlugin & More {
  for (const [name, value] of Object.entries(more)) Object.defineProperty(plugin, name, { value })
  return plugin as SimplePlugin & More
}

/** Without a native connection Temporal's runtime may not be there yet, and a program may still install its own logger. */
function warner({ connection }: PluginOptions): (words: string) => void {
  return words => {
    if (connection instanceof NativeConnection) Runtime.instance().logger.warn(words)
  }
}

async function configurationOf({ config }: PluginOptions, env: NodeJS.ProcessEnv): Promise<Configuration> {
  return config === undefined || typeof config === 'string' ? loadConfiguration(config, env) : config
}

/** What was left out of the configuration. Whoever has loaded it has its notes. */
function notesOf({ config }: PluginOptions, configuration: Configuration): readonly string[] {
  const isLoaded = config !== undefined && typeof config !== 'string'
  return isLoaded ? [] : [...configuration.notes, ...packageNotes(configuration)]
}

/** Takes changes of the configuration's file, and says in the log what came of them. Nothing is followed if it was given as loaded. */
function following(
  { config = DEFAULT_CONFIGURATION_PATH }: PluginOptions,
  env: NodeJS.ProcessEnv,
  first: Configuration,
  use: SignalboxPlugin['use'],
): () => () => Promise<void> {
  if (typeof config !== 'string') return () => async () => {}
  // The process may go to another folder while a worker runs.
  const path = resolve(config)
  const reload = createReload({ path, env, first, use })
  return () => followConfiguration({ path, reload }).end
}

async function missingOf({ connection, namespace = 'default' }: PluginOptions): Promise<readonly string[]> {
  return connection ? missingSearchAttributes(connection, namespace) : ['all: there was no connection to look with']
}
