/**
 * What a vendor decides before it looks at the question: the key and the rate, and the faults that are a refusal.
 *
 * @module
 */
import type { Arrival, Dialect } from './dialect.ts'
import type { FaultRule } from './fault-rule.ts'
import { createRateLimit, type Limited, type RateLimit } from './rate-limit.ts'
import type { Refusal } from './refusal.ts'
import type { VendorSettings } from './script.ts'

/** What a request brings to the gate. */
interface Arriving {
  readonly arrival: Arrival
  readonly nowMs: number
  /** 0 if it could not be read. */
  readonly promptTokens: number
}

export interface Gate {
  /** Gives the reason to turn a request away, if there is one, and how the vendor's limits stand, if it has any. */
  pass(arriving: Arriving): Partial<Limited>
  /** An answer of so many tokens is under way, until it has ended. */
  begin(outputTokens: number): void
  end(): void
}

export function createGate(settings: VendorSettings, dialect: Dialect, rateLimit: () => RateLimit | undefined): Gate {
  const { take, spend } = createRateLimit(rateLimit, dialect.retryAfterIn)
  const { apiKey, concurrency = Number.POSITIVE_INFINITY } = settings
  let underWay = 0
  return {
    pass({ arrival, nowMs, promptTokens }) {
      if (apiKey !== undefined && dialect.keyOf(arrival) !== apiKey) return { refusal: { kind: 'unauthenticated' } }
      if (underWay >= concurrency) return { refusal: { kind: 'rate-limit', of: 'concurrency' } }
      return take(nowMs, promptTokens) ?? {}
    },
    begin(outputTokens) {
      underWay += 1
      spend(outputTokens)
    },
    end() {
      underWay -= 1
    },
  }
}

/** The faults that are an error status. */
export function refusalByFault(rule: FaultRule, dialect: Dialect): Refusal | undefined {
  const { retryAfterMs: ms, retryAfterIn = dialect.retryAfterIn } = rule
  switch (rule.kind) {
    case 'rate-limit':
    case 'overloaded':
      return { kind: rule.kind, ...(ms !== undefined && { retryAfter: { ms, in: retryAfterIn } }) }
    case 'server-error':
    case 'unauthenticated':
    case 'payment-required':
    case 'quota-exhausted':
      return { kind: rule.kind }
    case 'context-too-long':
      return { kind: 'context-too-long', tokens: 200_001, window: 200_000 }
    case 'prefill-rejected':
      return { kind: 'prefill' }
    case 'schema-rejected':
      return { kind: 'bad-answer-schema', name: 'response', found: 'None' }
    case 'json-rejected':
      return { kind: 'no-json-mode' }
    case 'content-filter':
      return rule.as === 'error' ? { kind: 'content-filter' } : undefined
    default:
      return undefined
  }
}
