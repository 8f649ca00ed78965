/**
 * Where a worker of the command line sends metrics and traces.
 *
 * @module
 */
import type { TelemetryOptions as RuntimeTelemetry } from '@temporalio/worker'
import { ConfigurationProblem } from '../configuration/configuration-problem.ts'
import { bucketsFor, DOTTED, resourceOf, SERVICE, UNDERSCORED } from './names.ts'
import type { TelemetryOptions } from './telemetry.ts'

export interface Destinations {
  /** Where Prometheus finds the metrics, e.g. `127.0.0.1:9464`; the path is `/metrics`. */
  readonly metrics?: string
  /** A collector that takes OTLP over HTTP, e.g. `http://localhost:4318`: traces go there, and metrics that nobody fetches. */
  readonly otlp?: string
}

/**
 * The flags, else `SIGNALBOX_METRICS` and `SIGNALBOX_OTLP`.
 *
 * @throws ConfigurationProblem for an address that is none.
 */
export function destinationsOf({ metrics, otlp }: Destinations, env: NodeJS.ProcessEnv): Destinations {
  const chosen = { metrics: metrics ?? env.SIGNALBOX_METRICS, otlp: otlp ?? env.SIGNALBOX_OTLP }
  if (chosen.metrics && !/^[\w.[\]:-]+:\d{1,5}$/.test(chosen.metrics))
    throw new ConfigurationProblem(
      `the metrics' address ${chosen.metrics} is not valid; write host:port, e.g. 127.0.0.1:9464`,
    )
  if (chosen.otlp && !/^https?:\/\//.test(chosen.otlp))
    throw new ConfigurationProblem('the collector’s address is not valid; write e.g. http://localhost:4318')
  return chosen
}

/** What Temporal's runtime is to be installed with; `undefined` where nobody wants metrics. */
export function runtimeMetrics({ metrics, otlp }: Destinations): RuntimeTelemetry['metrics'] {
  if (metrics) return { prometheus: { bindAddress: metrics, histogramBucketOverrides: bucketsFor(UNDERSCORED) } }
  if (!otlp) return undefined
  const url = `${otlp.replace(/\/+$/, '')}/v1/metrics`
  const otel = { url, http: true, metricsExportInterval: '10s', histogramBucketOverrides: bucketsFor(DOTTED) } as const
  // What is pushed has no address that it comes from: without a name of its own one worker's sums would stand for those of all.
  return { globalTags: resourceOf(SERVICE), otel }
}

/** What our part of the worker is to tell; `undefined` where nobody listens. */
export function telemetryOf({ metrics, otlp }: Destinations): TelemetryOptions | undefined {
  if (!metrics && !otlp) return undefined
  return { metrics: true, ...(otlp && { traces: { url: otlp } }) }
}

/** What Temporal's runtime says when nothing can listen where the metrics are to be; `undefined` for any other error. */
export function metricsProblem(error: unknown, { metrics }: Destinations): ConfigurationProblem | undefined {
  const [, why] = /^Failed to start prometheus metrics exporter: (.+)$/.exec((error as Error).message) ?? []
  if (why === undefined) return undefined
  return new ConfigurationProblem(
    `metrics cannot be served at ${metrics}: ${why}; choose another address with --metrics`,
    {
      cause: error,
    },
  )
}
