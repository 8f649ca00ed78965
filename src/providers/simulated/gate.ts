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

/** Gives the reason to turn a request away, if there is one, and how the vendor's limit stands, if it has one. */
export type Gate = (arrival: Arrival, nowMs: number) => Partial<Limited>

export function createGate(settings: VendorSettings, dialect: Dialect, rateLimit: () => RateLimit | undefined): Gate {
  const limitRate = createRateLimit(rateLimit, dialect.retryAfterIn)
  const isKnown = (arrival: Arrival) => settings.apiKey === undefined || dialect.keyOf(arrival) === settings.apiKey
  return (arrival, nowMs) => (isKnown(arrival) ? (limitRate(nowMs) ?? {}) : { refusal: { kind: 'unauthenticated' } })
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
