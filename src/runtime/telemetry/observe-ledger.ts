/**
 * A ledger that tells somebody of each attempt that has ended.
 *
 * @module
 */
import type { AttemptEnd, LedgerPort, NewAttempt } from '../../core/ports.ts'

/** After the ledger has it; what the store does not take has not happened. */
export type AttemptListener = (attempt: NewAttempt, end: AttemptEnd) => void

export function observeLedger(ledger: LedgerPort, onEnd: AttemptListener): LedgerPort {
  const open = new Map<string, NewAttempt>()
  const ended = (attemptId: string, end: AttemptEnd) => {
    const attempt = open.get(attemptId)
    // One that this worker did not begin was another's, which is lost.
    if (!attempt) return
    open.delete(attemptId)
    onEnd(attempt, end)
  }
  return {
    ...ledger,
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
