/**
 * How the plug-in joins a worker, its bundle and its client.
 *
 * @module
 */
import type { ClientOptions } from '@temporalio/client'
import type { DataConverter, PayloadCodec } from '@temporalio/common'
import { SimplePlugin } from '@temporalio/plugin'
import {
  type ActivityInterceptorsFactory,
  type BundleOptions,
  type ReplayWorkerOptions,
  Runtime,
  type Worker,
  type WorkerOptions,
} from '@temporalio/worker'
import type { Store } from '../../store/index.ts'
import { ConfigurationProblem } from '../configuration/configuration-problem.ts'
import type { Closing } from '../ending/close-ended.ts'
import { createServedQueue } from '../notices/served-queue.ts'
import { WORKFLOW_INTERCEPTORS_PATH } from '../paths.ts'
import type { Stopping } from '../ports/stopping.ts'
import type { WiredPorts } from '../ports/wire-ports.ts'
import { whileRunning } from '../reconcile/while-running.ts'
import { createCodec } from '../seals/codec.ts'
import { createKnownSeals, type KnownSeals } from '../seals/known-seals.ts'
import { abandoningLate } from '../store/abandon-late.ts'
import { refuseOtherSdk } from '../temporal/sdk-version.ts'
import { joinActivities } from './join-activities.ts'
import { checkBundle, joinBundle } from './join-bundle.ts'
import { withJoinedWorkflows } from './join-workflows.ts'
import { inputsOfNone } from './known-inputs.ts'
import { warnOfNoCache } from './warn-of-no-cache.ts'

const RECONCILE_EVERY_MS = 300_000

/** Cancellations travel with heartbeats, so this is about how late a cancelled call stops spending; the SDK's default makes it 16 s. */
const PROMPT_HEARTBEATS = { maxHeartbeatThrottleInterval: '1s', defaultHeartbeatThrottleInterval: '1s' } as const

/** What a plug-in brings to the worker that it joins. */
interface Joining extends Pick<Closing, 'withdraw'> {
  readonly activities: object
  readonly interceptors: readonly ActivityInterceptorsFactory[]
  /** What the worker seals and opens payloads with. */
  readonly seals: KnownSeals
  readonly stopping: Stopping
  readonly store: Store
  /** The workflows whose inputs the app has schemas for. */
  readonly heldInputs: readonly string[]
  /** Logged when the worker begins: before that a program may still install its own logger. */
  readonly warnings: readonly string[]
  /** In milliseconds; with 0 never. @defaultValue 300000 */
  readonly reconcileEveryMs: number | undefined
  /** What goes on while any of its workers runs: begins it. @returns what ends it */
  readonly meanwhile: () => () => Promise<void>
  /** Tells of the ends of a queue's runs, while a worker of it runs. */
  readonly deliver: WiredPorts['deliver']
}

/**
 * Temporal's simple plug-in, with what it cannot say: a user's workflows and codecs beside ours, and what is done while a
 * worker runs. A Worker and a Client take on their connection's plug-ins too: one that was given to both is asked twice, and joins once.
 */
export class JoiningPlugin extends SimplePlugin {
  readonly #codec: PayloadCodec
  readonly #clientCodec: PayloadCodec
  readonly #stopping: Stopping
  readonly #reconciled: Pick<Joining, 'store' | 'reconcileEveryMs' | 'withdraw'>
  readonly #warnings: readonly string[]
  readonly #heldInputs: readonly string[]
  readonly #meanwhile: () => () => Promise<void>
  readonly #deliver: Joining['deliver']

  constructor(joining: Joining) {
    const { activities, interceptors, seals, stopping, store, heldInputs, warnings } = joining
    const { reconcileEveryMs, withdraw, meanwhile, deliver } = joining
    super({
      name: 'signalbox',
      activities: theirs => joinActivities(theirs ?? {}, activities),
      workerInterceptors: { workflowModules: [WORKFLOW_INTERCEPTORS_PATH], activity: [...interceptors] },
    })
    this.#codec = createCodec(seals)
    this.#clientCodec = createCodec(createKnownSeals(async () => store.seals, Date.now, { rememberPlain: false }))
    this.#stopping = stopping
    this.#reconciled = { store, reconcileEveryMs, ...(withdraw && { withdraw }) }
    this.#warnings = warnings
    this.#heldInputs = heldInputs
    this.#meanwhile = fromFirstToLast(meanwhile)
    this.#deliver = deliver
  }

  override runWorker(worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void> {
    refuseOtherSdk('Worker', worker)
    warnOfNoCache(worker.options)
    for (const warning of this.#warnings) Runtime.instance().logger.warn(warning)
    const { reconcileEveryMs: everyMs = RECONCILE_EVERY_MS, ...reconciled } = this.#reconciled
    const run = () => this.#stopping.during(worker, () => super.runWorker(worker, next))
    return abandoningLate(reconciled.store, worker, async () => {
      const ends = [this.#meanwhile(), this.#deliver(createServedQueue(worker))]
      await whileRunning(worker, run, { ...reconciled, everyMs, served: worker.options }).finally(() =>
        Promise.all(ends.map(end => end())),
      )
    })
  }

  override configureWorker(options: WorkerOptions): WorkerOptions {
    if (options.connection) refuseOtherSdk('Worker', options.connection)
    this.#checkInputs(options)
    if (hasCodec(options, this.#codec)) return options
    const plugins = (options.plugins ?? []).filter((plugin, at, all) => plugin !== this || at === all.indexOf(this))
    const joined = withJoinedWorkflows({ ...PROMPT_HEARTBEATS, ...options, plugins }, this.#heldInputs)
    return super.configureWorker(this.#withCodec(joined))
  }

  #checkInputs({ workflowBundle, workflowsPath }: WorkerOptions): void {
    checkBundle(workflowBundle, this.#heldInputs)
    const problem = workflowBundle || workflowsPath !== undefined ? undefined : inputsOfNone(this.#heldInputs)
    if (problem !== undefined) throw new ConfigurationProblem(problem)
  }

  override configureReplayWorker(options: ReplayWorkerOptions): ReplayWorkerOptions {
    return super.configureReplayWorker(this.#withCodec(withJoinedWorkflows(options, this.#heldInputs)))
  }

  override configureClient(options: ClientOptions): ClientOptions {
    if (options.connection) refuseOtherSdk('Client', options.connection)
    return super.configureClient(this.#withCodec(options, this.#clientCodec))
  }

  #withCodec<Options extends { dataConverter?: DataConverter }>(options: Options, codec = this.#codec): Options {
    const { dataConverter } = options
    if (hasCodec(options, codec)) return options
    return {
      ...options,
      dataConverter: { ...dataConverter, payloadCodecs: [...(dataConverter?.payloadCodecs ?? []), codec] },
    }
  }

  override configureBundler(options: BundleOptions): BundleOptions {
    return super.configureBundler(joinBundle(options, this.#heldInputs))
  }
}

/** Begins something with the first who wants it, and ends it with the last. */
function fromFirstToLast(begin: () => () => Promise<void>): () => () => Promise<void> {
  let wanting = 0
  let end = async () => {}
  return () => {
    if (wanting === 0) end = begin()
    wanting += 1
    return async () => {
      wanting -= 1
      if (wanting === 0) await end()
    }
  }
}

function hasCodec({ dataConverter }: { readonly dataConverter?: DataConverter }, codec: PayloadCodec): boolean {
  return dataConverter?.payloadCodecs?.includes(codec) ?? false
}
