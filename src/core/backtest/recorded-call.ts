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
  /** In USD, the middle between its low and its high cost. Absent: it has no known price. */
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
  /** The name of the class that it was asked in. */
  readonly asked: string
  readonly workspace: string
  readonly labels: Labels
  readonly runPolicy?: Policy
  /** Its run had a policy of its own, which is sealed, and the key is out of reach. */
  readonly policyLost?: true
  /** Set if the call summed up an earlier part of a prompt: the class whose call that was for. Its policy holds too. */
  readonly sumsUpFor?: string
  /** Its first plan. Absent: it was asked before plans were kept. */
  readonly record?: RouteRecord
  readonly attempts: readonly RecordedAttempt[]
  /** The position in `attempts` of the one that answered. Absent: none did. */
  readonly answeredBy?: number
  readonly startedAtMs: number
  readonly answeredAtMs?: number
}

/** The attempt that answered; `undefined` where none did. */
export function answerOf({ attempts, answeredBy }: RecordedCall): RecordedAttempt | undefined {
  return answeredBy === undefined ? undefined : attempts[answeredBy]
}
