/**
 * A worker: our plug-in plus the defaults that durable model calls want.
 *
 * @module
 */
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker'
import { TASK_QUEUE } from '../core/protocol.ts'
import { type KeysOf, refuseUnknown } from '../tools/refuse-unknown.ts'
import { bundleProblem } from './app/bundle-errors.ts'
import { requireApp } from './app/require-app.ts'
import { shippedBundle } from './joining/shipped-bundle.ts'
import { openPlugin, type PluginOptions, SHARED_KEYS, type SignalboxPlugin } from './plugin.ts'
import { connectionTo, type TemporalConnection, type TemporalPlace } from './temporal/connection-options.ts'
import { TemporalUnreachable } from './temporal/unreachable.ts'

/** What a worker serves, how it reaches Temporal, and how it shuts down. */
export interface CreateWorkerOptions extends Omit<PluginOptions, 'connection' | 'namespace'> {
  /** A module whose exported functions are workflows, served together with the built-in agent. */
  readonly workflowsPath?: string
  /** @defaultValue Temporal's own environment configuration */
  readonly temporal?: TemporalPlace
  /** @defaultValue `signalbox` */
  readonly taskQueue?: string
  /** How long calls may continue after a shutdown began before they are handed over. @defaultValue 30000 */
  readonly shutdownGraceMs?: number
  /**
   * The worker's version, for rolling out new code. Runs stay with the version that began their part, and move to the current one with the
   * next part. A version gets no tasks until `temporal worker deployment set-current-version` names it.
   *
   * @defaultValue none: every worker of the queue serves every run
   */
  readonly deployment?: Deployment
  /** Any other option of Temporal's Worker. */
  readonly worker?: Partial<WorkerOptions>
}

/** A worker deployment's name, e.g. `press`, and the build that this worker runs, e.g. a commit. */
export interface Deployment {
  readonly name: string
  readonly buildId: string
}

/** A worker that is connected and not running yet. */
export interface SignalboxWorker {
  readonly worker: Worker
  readonly plugin: SignalboxPlugin
  /** Serves until it is shut down, then closes its connections. */
  run(): Promise<void>
  /** Lets what is running finish within the grace time, and hands the rest over. Calling it again changes nothing. */
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
 * @throws what `createPlugin` throws, a ConfigurationProblem for workflows that cannot be bundled or loaded, or an Error that names the
 * server's address if it cannot be reached.
 */
export async function createWorker(options: CreateWorkerOptions = {}): Promise<SignalboxWorker> {
  refuseUnknown('createWorker', options, KEYS)
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
    // An open connection would keep a process alive that has nothing to serve.
    await connection.close()
    throw error
  }
}

/** Temporal's own throws when it is called twice, and in a signal's handler that would end the process in the middle of its calls. */
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

/** Options of Temporal's own may want something else in the bundle, and with schemas for inputs there are workflows or it is a mistake. */
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
 * Not packed, unless `native` says otherwise: a call's events carry some 2 kB, for content lies in the store, and packing them
 * costs our process and the server more than the wire saves: docs/decisions/2026-11-26-a-worker-does-not-pack.md.
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
    await worker.run()
  } finally {
    await plugin.close()
    await connection.close()
  }
}
