/**
 * What a worker tells of itself while it works: metrics through Temporal's runtime, traces to a collector. Wrapped around the
 * ports only where somebody wants it: a worker that tells nothing has nothing in its way.
 *
 * @module
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { type ActivityInterceptorsFactory, Runtime } from '@temporalio/worker'
import type { BudgetPort, LedgerPort, ToolRecordPort } from '../../core/ports.ts'
import type { Directory } from '../../core/task-class.ts'
import type { Store } from '../../store/index.ts'
import { measureBudgets } from './budget-gauges.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { DOTTED, UNDERSCORED } from './names.ts'
import { observeActivities, type SeenCharge } from './observe-activities.ts'
import { type ChargeListener, observeCharges } from './observe-charges.ts'
import { type AttemptListener, observeLedger } from './observe-ledger.ts'
import { observeWarnings } from './observe-warnings.ts'
import { createSpanExporter } from './otlp-exporter.ts'
import { attemptSpan, type CallPlace } from './spans.ts'

/** What a worker is to tell. */
export interface TelemetryOptions {
  /**
   * Counts calls, attempts, tokens, money and times on the meter of Temporal's runtime. Where they go is said to
   * `Runtime.install({ telemetryOptions: { metrics } })`, together with Temporal's own. @defaultValue false
   */
  readonly metrics?: boolean
  /** Sends a span for each run, call, attempt and tool. No content is in any. @defaultValue none */
  readonly traces?: {
    /** Of a collector that takes OTLP over HTTP, e.g. `http://localhost:4318`. */
    readonly url: string
    readonly headers?: Readonly<Record<string, string>>
    /** @defaultValue signalbox */
    readonly service?: string
  }
}

export interface Telemetry {
  readonly metrics?: Metrics
  ledger(ledger: LedgerPort): LedgerPort
  budgets(budgets: BudgetPort): BudgetPort
  toolRecords(toolRecords: ToolRecordPort): ToolRecordPort
  readonly interceptors: readonly ActivityInterceptorsFactory[]
  /** Sends what is left. */
  close(): Promise<void>
}

const SILENT: Telemetry = {
  ledger: ledger => ledger,
  budgets: port => port,
  toolRecords: port => port,
  interceptors: [],
  close: async () => {},
}

export function createTelemetry(
  { metrics: isCounting, traces }: TelemetryOptions = {},
  directory: () => Pick<Directory, 'budgets' | 'endpoints'>,
  store: Store,
): Telemetry {
  if (!isCounting && !traces) return SILENT
  const runtime = Runtime.instance()
  // Of exporters it is OTLP's alone that takes names with dots.
  const spell = runtime.options.runtimeOptions.metricsExporter?.type === 'otel' ? DOTTED : UNDERSCORED
  const metrics = isCounting ? createMetrics(runtime.metricMeter, spell) : undefined
  const warn = (message: string, fields: Readonly<Record<string, unknown>>) =>
    runtime.logger.warn(message, { ...fields })
  const exporter = traces && createSpanExporter({ ...traces, warn })
  const calls = new AsyncLocalStorage<CallPlace>()
  const charges = new AsyncLocalStorage<SeenCharge>()
  const stop = metrics ? measureBudgets(() => directory().budgets, store.budgets, metrics) : () => {}
  const listener = {
    ...(metrics && { metrics }),
    ...(exporter && { addSpan: exporter.add }),
    calls,
    charges,
    runBeganAtMs: async (id: string) => (await store.reports.run(id))?.startedAtMs,
    now: Date.now,
  }
  const attemptEnded: AttemptListener = (attempt, end) => {
    metrics?.attemptEnded(attempt, end)
    exporter?.add(attemptSpan(calls.getStore(), attempt, end))
  }
  const toolCharged: ChargeListener = ({ toolName }, pricePico) => {
    metrics?.toolCharged(toolName, pricePico)
    Object.assign(charges.getStore() ?? {}, { pricePico })
  }
  return {
    ...(metrics && { metrics }),
    ledger: ledger => observeLedger(ledger, attemptEnded, () => directory().endpoints),
    budgets: port => (metrics ? observeWarnings(port, metrics) : port),
    toolRecords: port => observeCharges(port, toolCharged),
    interceptors: [observeActivities(listener)],
    async close() {
      stop()
      await exporter?.close()
    },
  }
}
