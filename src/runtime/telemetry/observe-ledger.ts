/**
 * A ledger that tells somebody of each attempt that has ended.
 *
 * @module
 */
import { modelIn } from '../../core/endpoint-id.ts'
import type { Endpoint } from '../../core/endpoints.ts'
import { isInBatch } from '../../core/faults/attempt-end.ts'
import type { AttemptEnd, AttemptRecord, LedgerPort, NewAttempt, NewCall } from '../../core/ports.ts'

/** What is told of an attempt. */
export interface SeenAttempt extends Pick<NewAttempt, 'attemptId' | 'attempt' | 'reason' | 'startedAtMs'> {
  readonly call: Pick<NewCall, 'run' | 'taskClass'>
  readonly endpoint: Pick<Endpoint, 'id' | 'provider' | 'upstream' | 'protocol'>
}

/** Called once the ledger has the attempt's end: what the store does not take has not happened. */
export type AttemptListener = (attempt: SeenAttempt, end: AttemptEnd) => void

/** More than a worker looks at in one moment. Of most looks nothing comes, and another worker may hear the answer. */
const MOST_LOOKED_AT = 1_000

/** @param endpoints - Of the configuration that holds now. */
export function observeLedger(
  ledger: LedgerPort,
  onEnd: AttemptListener,
  endpoints: () => readonly Endpoint[],
): LedgerPort {
  const open = new Map<string, SeenAttempt>()
  const lookedAt = new Map<string, SeenAttempt>()
  const ended = (attemptId: string, end: AttemptEnd) => {
    const attempt = open.get(attemptId) ?? lookedAt.get(attemptId)
    // Another worker began it, and was lost.
    if (!attempt) return
    open.delete(attemptId)
    lookedAt.delete(attemptId)
    onEnd(attempt, end)
  }
  return {
    ...ledger,
    async beginCall(call) {
      const soFar = await ledger.beginCall(call)
      for (const lost of soFar.attempts.filter(attempt => isLostNow(attempt, call))) {
        open.delete(lost.attemptId)
        onEnd(seenOf(lost, call, endpoints()), { ...lost, outcome: 'abandoned', endedAtMs: call.startedAtMs })
      }
      for (const waiting of soFar.attempts.filter(isInBatch)) keepLast(lookedAt, seenOf(waiting, call, endpoints()))
      return soFar
    },
    async noteBatch(attemptId, batch) {
      // Whoever looks at it next may be another worker, and finds it when the call begins again.
      open.delete(attemptId)
      return ledger.noteBatch(attemptId, batch)
    },
    async beginAttempt(attempt) {
      const reserved = await ledger.beginAttempt(attempt)
      if (reserved.kind === 'reserved') open.set(attempt.attemptId, attempt)
      return reserved
    },
    async endAttempt(attemptId, end) {
      await ledger.endAttempt(attemptId, end)
      ended(attemptId, end)
    },
    async commitAnswer(commit) {
      const stored = await ledger.commitAnswer(commit)
      ended(commit.attemptId, commit.end)
      return stored
    },
  }
}

function keepLast(lookedAt: Map<string, SeenAttempt>, attempt: SeenAttempt): void {
  lookedAt.delete(attempt.attemptId)
  lookedAt.set(attempt.attemptId, attempt)
  if (lookedAt.size > MOST_LOOKED_AT) lookedAt.delete(lookedAt.keys().next().value!)
}

/** Its worker was killed and can tell nobody; the call that finds its row open has ended it. */
function isLostNow({ outcome, endedAtMs, batch }: AttemptRecord, { startedAtMs }: NewCall): boolean {
  return outcome === 'abandoned' && endedAtMs === startedAtMs && batch === undefined
}

/** One whose endpoint is configured no more goes by the names in its row. */
function seenOf(lost: AttemptRecord, { run }: NewCall, endpoints: readonly Endpoint[]): SeenAttempt {
  const { endpoint: id, provider, taskClass } = lost
  const endpoint = endpoints.find(each => each.id === id) ?? {
    id,
    provider,
    upstream: modelIn(id),
    protocol: 'openai-compatible' as const,
  }
  return { ...lost, call: { run, taskClass }, endpoint }
}
