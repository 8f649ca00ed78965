/**
 * Says once that the Temporal server, or a collector, is out of reach. Temporal's core logs each of its pollers' tries: two dozen
 * lines of gRPC in ten seconds, and none that says what it means; and each push of metrics.
 *
 * @module
 */
import type { LogMetadata } from '@temporalio/common'

/** Long enough to leave room for other lines, short enough that whoever looks sees that it is still so. */
const SAID_AGAIN_AFTER_MS = 60_000

export const OUT_OF_REACH =
  'the Temporal server is out of reach; the worker keeps trying, and its runs go on when it is back'

/** Sums go with each push: nothing is lost while the worker lives. */
export const UNPUSHED =
  'the collector does not take metrics; the worker keeps trying, and the next push has all of them'

const SAID_FOR: readonly (readonly [is: (message: string, metadata: LogMetadata) => boolean, words: string])[] = [
  [isRetry, OUT_OF_REACH],
  [isUnpushed, UNPUSHED],
]

/** Gives what to log for a line: itself, the plain sentence, or nothing where that was said just before. */
export function createOnceOutOfReach(
  now: () => number,
): (
  message: string,
  metadata: LogMetadata,
) => { readonly message: string; readonly metadata: LogMetadata } | undefined {
  const saidAtMs = new Map<string, number>()
  return (message, metadata) => {
    const [, words] = SAID_FOR.find(([is]) => is(message, metadata)) ?? []
    if (words === undefined) return { message, metadata }
    if (now() - (saidAtMs.get(words) ?? Number.NEGATIVE_INFINITY) < SAID_AGAIN_AFTER_MS) return undefined
    saidAtMs.set(words, now())
    return { message: words, metadata: { sdkComponent: metadata.sdkComponent } }
  }
}

function isRetry(message: string, { target, err, error }: LogMetadata): boolean {
  return (
    target === 'temporalio_client::retry' &&
    /^gRPC call \w+ retried/.test(message) &&
    /Unavailable/.test(String(err ?? error))
  )
}

function isUnpushed(message: string, { target }: LogMetadata): boolean {
  return target === 'temporalio_common::telemetry::otel::metric_export' && /export failed/.test(message)
}
