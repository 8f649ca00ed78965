/**
 * A call as the ledger has it, for planning it again.
 *
 * @module
 */
import type { Policy } from '../policy/policy.ts'
import type { Labels } from '../protocol.ts'
import type { RouteRecord } from '../routing/route/route-record.ts'
import type { Usage } from '../usage.ts'

/** One attempt of a call. */
export interface RecordedAttempt {
  readonly endpoint: string
  readonly outcome: 'answered' | 'failed' | 'malformed' | 'rate-limited' | 'unknown'
  readonly usage: Usage
  /** In USD, the middle between its low and its high cost. Absent: it has no known price. */
  readonly usd?: number
  /** Set if the vendor itself reported the cost. */
  readonly reported?: true
  readonly firstTokenMs?: number
  readonly totalMs?: number
  readonly endedAtMs: number
}

/** One call, with what is needed to plan it again. */
export interface RecordedCall {
  readonly callId: string
  readonly runKey: string
  /** The name of the class that it was made in. */
  readonly asked: string
  readonly workspace: string
  readonly labels: Labels
  readonly runPolicy?: Policy
  /** Set if its run had a policy of its own that cannot be read any more, because it is sealed. */
  readonly policyLost?: true
  /** Set if the call summed up an earlier part of a prompt: the class whose call that was for. Its policy holds too. */
  readonly sumsUpFor?: string
  /** Its first plan. Absent for calls of older versions, which did not record plans. */
  readonly record?: RouteRecord
  readonly attempts: readonly RecordedAttempt[]
  /** The index in `attempts` of the one that answered; absent if none did. */
  readonly answeredBy?: number
  readonly startedAtMs: number
  readonly answeredAtMs?: number
}

/** The attempt that answered, if one did. */
export function answerOf({ attempts, answeredBy }: RecordedCall): RecordedAttempt | undefined {
  return answeredBy === undefined ? undefined : attempts[answeredBy]
}
