/**
 * Says once that the Temporal server is out of reach. Temporal's core logs each of its pollers' tries: two dozen lines of gRPC
 * in ten seconds, and none that says what it means.
 *
 * @module
 */
import type { LogMetadata } from '@temporalio/common'

/** Long enough to leave room for other lines, short enough that whoever looks sees that it is still so. */
const SAID_AGAIN_AFTER_MS = 60_000

export const OUT_OF_REACH =
  'the Temporal server is out of reach; the worker keeps trying, and its runs go on when it is back'

/** Gives what to log for a line: itself, the plain sentence, or nothing where that was said just before. */
export function createOnceOutOfReach(
  now: () => number,
): (
  message: string,
  metadata: LogMetadata,
) => { readonly message: string; readonly metadata: LogMetadata } | undefined {
  let saidAtMs = Number.NEGATIVE_INFINITY
  return (message, metadata) => {
    if (!isRetry(message, metadata)) return { message, metadata }
    if (now() - saidAtMs < SAID_AGAIN_AFTER_MS) return undefined
    saidAtMs = now()
    return { message: OUT_OF_REACH, metadata: { sdkComponent: metadata.sdkComponent } }
  }
}

function isRetry(message: string, { target, err, error }: LogMetadata): boolean {
  return (
    target === 'temporalio_client::retry' &&
    /^gRPC call \w+ retried/.test(message) &&
    /Unavailable/.test(String(err ?? error))
  )
}
