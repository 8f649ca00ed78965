/**
 * Puts the parts together: configuration, store, providers, tools and health become the ports of the activities.
 *
 * @module
 */
import { randomUUID } from 'node:crypto'
import { type ActivityInterceptorsFactory, type Logger, Runtime } from '@temporalio/worker'
import type { ActivityPorts } from '../../../activities/index.ts'
import type { Configuration } from '../../catalog/index.ts'
import { createScreen } from '../../core/content/create-screen.ts'
import { byteBound, estimatePromptTokens } from '../../providers/estimate-tokens.ts'
import type { Proxies } from '../../providers/transport/proxies.ts'
import type { Store } from '../../store/index.ts'
import { capResult, createRegistry } from '../../tools/index.ts'
import { createAnnouncer } from '../alerts/announce-warning.ts'
import { createAlarms } from '../alerts/create-alarms.ts'
import type { App } from '../app/app.ts'
import { missingClasses } from '../app/missing-classes.ts'
import { ConfigurationProblem } from '../configuration/configuration-problem.ts'
import { createLiveConfiguration, type LiveConfiguration } from '../configuration/live-configuration.ts'
import { createPolicyProblem } from '../configuration/policy-problem.ts'
import { createHealth } from '../health/create-health.ts'
import { beginDelivery, type DeliveryParts } from '../notices/begin-delivery.ts'
import { createKnownSeals, type KnownSeals } from '../seals/known-seals.ts'
import { sealPort } from '../seals/seal-port.ts'
import { keepingEnds, keepingResults } from '../store/keep-ends.ts'
import { measureBreakers } from '../telemetry/breaker-gauges.ts'
import { createTelemetry, type Telemetry, type TelemetryOptions } from '../telemetry/telemetry.ts'
import { howEndedHere } from '../temporal/how-ended-here.ts'
import { createNamespaceIdHere } from '../temporal/namespace-id.ts'
import { createOthersServeHere } from '../temporal/others-serve-here.ts'
import { createSearchAttributesHere } from '../temporal/search-attributes.ts'
import { createHedges } from './hedges.ts'
import { createLine } from './line.ts'
import { createPrefixes } from './prefixes.ts'
import { createScan } from './scan-texts.ts'
import { createWithdrawals } from './withdrawals.ts'

export interface Parts {
  readonly configuration: Configuration
  readonly store: Store
  readonly app: App
  /** Through which vendors are reached. @defaultValue none */
  readonly proxies?: Proxies
  /** How webhooks are reached. @defaultValue past any proxy */
  readonly fetch?: typeof fetch
  /** @defaultValue nothing is told */
  readonly telemetry?: TelemetryOptions
  /** Fires when the workers that run now are told to end. @defaultValue never */
  readonly stopping?: () => AbortSignal
}

const NEVER = new AbortController().signal

export interface WiredPorts {
  readonly ports: ActivityPorts
  /** How runs are sealed, as this worker has learnt it: what opens and seals its payloads knows it from here too. */
  readonly seals: KnownSeals
  /** What sees the activities go by. */
  readonly interceptors: readonly ActivityInterceptorsFactory[]
  /**
   * Swaps the configuration for one that {@link check} has passed: calls that have begun go on with theirs. What a bad key has closed
   * is probed with the next call.
   */
  readonly use: LiveConfiguration['use']
  /** @throws ConfigurationProblem for one that lacks a class which the app names: its runs would fail from then on. */
  check(configuration: Configuration): void
  /** Learns what other workers know of the endpoints; without it that comes with the first calls. */
  begin(): Promise<void>
  /**
   * Begins to tell webhooks of the ends of a queue's runs. To be called when a worker runs: what fails is logged, and before that a program
   * may still install its own logger. @returns what ends it
   */
  deliver(queue: DeliveryParts['queue']): () => Promise<void>
  /** Closes the connections to vendors, and tells other workers the last that was seen of them. The store is the caller's. */
  close(): Promise<void>
}

/**
 * The ports of one worker.
 *
 * @throws ConfigurationProblem listing every problem of the app's agents, tools and schemas, class names among them.
 */
export function wirePorts(parts: Parts): WiredPorts {
  const { configuration, store, app, fetch: send = fetch, stopping = () => NEVER } = parts
  const registry = registryOf(app, configuration)
  const live = createLiveConfiguration(configuration, parts.proxies)
  const seals = createKnownSeals(async () => store.seals, now, { rememberPlain: true })
  const telemetry = createTelemetry(parts.telemetry, () => live.now().directory, store)
  const { alarms, health, stopMeasuring } = watchedHealth(store, live, telemetry.metrics, send)
  const announcer = createAnnouncer(() => live.now().configuration.budgetWebhooks, send)
  const notices = () => live.now().configuration.notices
  const deliver: WiredPorts['deliver'] = queue =>
    beginDelivery({ settings: notices, notices: store.notices, queue, now, fetch: send, logger })
  const ports: ActivityPorts = {
    get directory() {
      return live.now().directory
    },
    get roster() {
      return live.now().roster
    },
    get models() {
      return live.now().models
    },
    get stopping() {
      return stopping()
    },
    get batches() {
      return live.now().models
    },
    ...kept(store),
    toolRecords: telemetry.toolRecords(keepingResults(store.tools)),
    ...remembered(),
    registry,
    ledger: telemetry.ledger(keepingEnds(store.ledger)),
    budgets: telemetry.budgets(store.budgets),
    seals: sealPort(seals),
    announce: announcer.announce,
    notices,
    health,
    policyProblem: createPolicyProblem(() => live.now().configuration),
  }
  const check: WiredPorts['check'] = next => throwProblems(missingClasses(app, next.directory))
  const use: WiredPorts['use'] = next => {
    alarms.swap(live.now().directory, next.directory)
    live.use(next)
    health.renew()
  }
  const begin = async () => void (await Promise.all([health.begin(), alarms.begin()]))
  const close = async () => {
    stopMeasuring()
    await Promise.all([live.close(), health.close()])
    await Promise.all([alarms.close(), announcer.close(), telemetry.close()])
  }
  return { ports, seals, interceptors: telemetry.interceptors, begin, check, use, deliver, close }
}

function now(): number {
  return Date.now()
}

function chance(): number {
  return Math.random()
}

function logger(): Logger {
  return Runtime.instance().logger
}

/** How the endpoints are, and what hears of it: alerts and metrics. */
function watchedHealth(store: Store, live: LiveConfiguration, metrics: Telemetry['metrics'], send: typeof fetch) {
  const settings = () => live.now().configuration.alerts
  const alarms = createAlarms({ settings, alerts: store.alerts, now, fetch: send, logger })
  const health = alarms.over(createHealth(now, chance, store.health))
  const endpoints = () => live.now().directory.endpoints
  const stopMeasuring = metrics ? measureBreakers(endpoints, health, metrics) : () => {}
  return { alarms, health, stopMeasuring }
}

/** What lies in the store, so that any worker finds it. */
function kept({ transcripts, texts, events, admissions }: Store) {
  return { transcripts, texts, events, admissions }
}

/** What one worker knows by itself, while it lives. */
function remembered() {
  return {
    line: createLine(chance),
    knownRejections: new Map(),
    toldLeftOut: new Set<string>(),
    streaming: new Set<never>(),
    mostOutput: new WeakMap(),
    screen: createScreen(createScan()),
    hedges: createHedges(),
    withdrawals: createWithdrawals(),
    prefixes: createPrefixes(now),
    tokens: { estimate: estimatePromptTokens, bound: byteBound },
    capResult,
    howEnded: howEndedHere,
    othersServe: createOthersServeHere(now),
    leftCalls: new Map(),
    namespaceId: createNamespaceIdHere(),
    searchAttributes: createSearchAttributesHere(),
    now,
    chance,
    newId: randomUUID,
  }
}

function registryOf(app: App, { directory }: Configuration) {
  const registry = createRegistry(app)
  throwProblems([...registry.problems, ...missingClasses(app, directory)])
  return registry
}

function throwProblems(problems: readonly string[]): void {
  if (problems.length === 0) return
  throw new ConfigurationProblem(`the app of this worker has problems:\n- ${problems.join('\n- ')}`)
}
