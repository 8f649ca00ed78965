/**
 * Creates workers: our plug-in, with defaults that suit durable model calls.
 *
 * @module
 */
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker'
import { TASK_QUEUE } from '../core/protocol.ts'
import { type KeysOf, refuseUnknown } from '../tools/refuse-unknown.ts'
import { OTHER_EXPORTS } from './app/app.ts'
import { bundleProblem } from './app/bundle-errors.ts'
import { requireApp } from './app/require-app.ts'
import { shippedBundle } from './joining/shipped-bundle.ts'
import { openPlugin, type PluginOptions, SHARED_KEYS, type SignalboxPlugin } from './plugin.ts'
import { abandoningLate } from './store/abandon-late.ts'
import { connectionTo, type TemporalConnection, type TemporalPlace } from './temporal/connection-options.ts'
import { TemporalUnreachable } from './temporal/unreachable.ts'

/** What a worker serves, how it reaches Temporal, and how it shuts down. */
export interface CreateWorkerOptions extends Omit<PluginOptions, 'connection' | 'namespace'> {
  /** A module whose exported functions are workflows, served together with the built-in agent. */
  readonly workflowsPath?: string | undefined
  /** The Temporal server and namespace. @defaultValue Temporal's own environment configuration */
  readonly temporal?: TemporalPlace | undefined
  /** The task queue that it serves. @defaultValue `signalbox` */
  readonly taskQueue?: string | undefined
  /** How long running calls may continue after a shutdown has begun. Then other workers take them over. @defaultValue 30000 */
  readonly shutdownGraceMs?: number | undefined
  /**
   * The worker's version, for rolling out new code. Runs stay with the version that began their part, and move to the current one with the
   * next part. A version gets no tasks until `temporal worker deployment set-current-version` names it.
   *
   * @defaultValue none: every worker of the queue serves every run
   */
  readonly deployment?: Deployment | undefined
  /** Any other option of Temporal's Worker. */
  readonly worker?: Partial<WorkerOptions> | undefined
}

/** A worker deployment's name, e.g. `press`, and the build that this worker runs, e.g. a commit. */
export interface Deployment {
  readonly name: string
  readonly buildId: string
}

/** A worker that is connected but does not run yet. */
export interface SignalboxWorker {
  readonly worker: Worker
  readonly plugin: SignalboxPlugin
  /** Serves until it is shut down. Then it closes its connections. */
  run(): Promise<void>
  /** Begins to shut down: what is running has the grace time to finish, and other workers take over the rest. May be called again. */
  shutdown(): void
}

const SHUTDOWN_GRACE_MS = 30_000

const KEYS: KeysOf<CreateWorkerOptions> = {
  ...SHARED_KEYS,
  temporal: true,
  taskQueue: true,
  shutdownGraceMs: true,
  deployment: true,
  worker: true,
}

/**
 * Creates a worker for the task queue, connected and ready to run.
 *
 * @throws what `createPlugin` throws; ConfigurationProblem for workflows that cannot be bundled or loaded; TemporalUnreachable, which names the
 * server's address, if it cannot be reached or refuses the caller.
 */
export async function createWorker(options: CreateWorkerOptions = {}): Promise<SignalboxWorker> {
  refuseUnknown('createWorker', options, KEYS, OTHER_EXPORTS)
  requireApp('createWorker', options)
  const temporal = connectionTo(options.temporal, options.env)
  const connection = await connectTo(temporal)
  try {
    const plugin = await openPlugin({ ...options, connection, namespace: temporal.namespace })
    const worker = await workerOn(connection, temporal.namespace, plugin, options).catch(
      closing(plugin, options.workflowsPath),
    )
    const run = () => runAndClose(worker, plugin, connection)
    return { worker, plugin, run, shutdown: () => shutDown(worker) }
  } catch (error) {
    // An open connection would keep the process alive.
    await connection.close()
    throw error
  }
}

/** Temporal's `shutdown` throws when it is called again. In a signal handler that would end the process in the middle of its calls. */
function shutDown(worker: Worker): void {
  if (worker.getState() === 'RUNNING' || worker.getState() === 'INITIALIZED') worker.shutdown()
}

function closing(plugin: SignalboxPlugin, workflowsPath: string | undefined): (error: unknown) => Promise<never> {
  return async error => {
    await plugin.close()
    throw bundleProblem(error, workflowsPath)
  }
}

function workerOn(
  connection: NativeConnection,
  namespace: string,
  plugin: SignalboxPlugin,
  options: CreateWorkerOptions,
): Promise<Worker> {
  return Worker.create({
    connection,
    namespace,
    taskQueue: options.taskQueue ?? TASK_QUEUE,
    ...workflowsOf(options),
    shutdownGraceTime: options.shutdownGraceMs ?? SHUTDOWN_GRACE_MS,
    ...(options.deployment && { workerDeploymentOptions: versioned(options.deployment) }),
    ...options.worker,
    plugins: [plugin, ...(options.worker?.plugins ?? [])],
  })
}

/**
 * The workflows to serve. The bundle that we ship has the built-in agent only, so it is used only if there is nothing that suggests
 * workflows of one's own: neither options for Temporal's Worker, which may name a bundle, nor schemas for inputs.
 */
function workflowsOf({ workflowsPath, worker, inputs }: CreateWorkerOptions) {
  if (workflowsPath !== undefined) return { workflowsPath }
  return worker === undefined && inputs === undefined ? shippedBundle() : {}
}

function versioned({ name, buildId }: Deployment) {
  return {
    version: { deploymentName: name, buildId },
    useWorkerVersioning: true as const,
    defaultVersioningBehavior: 'PINNED' as const,
  }
}

/**
 * Without compression, unless `native` says otherwise. The events of a call have about 2 kB, since content is in the store, and
 * compressing them costs more time than it saves: docs/decisions/2026-11-26-a-worker-does-not-pack.md.
 */
async function connectTo(temporal: TemporalConnection): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect({ grpcCompression: { codec: 'none' }, ...temporal.native })
  } catch (cause) {
    throw new TemporalUnreachable(temporal, { cause })
  }
}

async function runAndClose(worker: Worker, plugin: SignalboxPlugin, connection: NativeConnection): Promise<void> {
  try {
    await abandoningLate(plugin.store, worker, () => worker.run().finally(plugin.close))
  } finally {
    await connection.close()
  }
}
