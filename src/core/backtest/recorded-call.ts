/**
 * A call as the ledger keeps it, for planning it anew.
 *
 * @module
 */
import type { Policy } from '../policy/policy.ts'
import type { Labels } from '../protocol.ts'
import type { RouteRecord } from '../routing/route-record.ts'
import type { Usage } from '../usage.ts'

/** One attempt of it. */
export interface RecordedAttempt {
  readonly endpoint: string
  readonly outcome: 'answered' | 'failed' | 'malformed' | 'rate-limited' | 'unknown'
  readonly usage: Usage
  /** USD, in the middle of its bounds; absent where it has no known price. */
  readonly usd?: number
  /** The vendor said itself what it cost. */
  readonly reported?: true
  readonly firstTokenMs?: number
  readonly totalMs?: number
  readonly endedAtMs: number
}

/** One call, with what is needed to plan it again. */
export interface RecordedCall {
  readonly callId: string
  readonly runKey: string
  /** Of the class that it was asked in. */
  readonly asked: string
  readonly workspace: string
  readonly labels: Labels
  readonly runPolicy?: Policy
  /** Its run had a policy of its own, which is sealed, and the key is out of reach. */
  readonly policyLost?: true
  /** The class for whose calls it summed up, whose policy holds too. */
  readonly sumsUpFor?: string
  /** Its first plan; absent of a call from before plans were kept. */
  readonly record?: RouteRecord
  readonly attempts: readonly RecordedAttempt[]
  /** Which of them answered; absent where none did. */
  readonly answeredBy?: number
  readonly startedAtMs: number
  readonly answeredAtMs?: number
}

/** The attempt that answered; `undefined` where none did. */
export function answerOf({ attempts, answeredBy }: RecordedCall): RecordedAttempt | undefined {
  return answeredBy === undefined ? undefined : attempts[answeredBy]
}
