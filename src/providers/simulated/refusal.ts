/**
 * Why a vendor turns a request down, before its protocol gives it words and a status.
 *
 * @module
 */

/** A demand to wait, and how it is said. */
export interface RetryAfter {
  readonly ms: number
  readonly in: 'seconds' | 'date' | 'milliseconds' | 'body'
}

export type Refusal =
  | { readonly kind: 'unauthenticated' }
  | { readonly kind: 'payment-required' }
  | { readonly kind: 'quota-exhausted' }
  | {
      readonly kind: 'rate-limit'
      readonly of?: 'requests' | 'tokens' | 'concurrency'
      readonly retryAfter?: RetryAfter
    }
  | { readonly kind: 'overloaded'; readonly retryAfter?: RetryAfter }
  | { readonly kind: 'server-error' }
  | { readonly kind: 'content-filter' }
  | { readonly kind: 'unknown-model'; readonly model: string }
  | { readonly kind: 'max-tokens'; readonly model: string; readonly asked: number; readonly most: number }
  | { readonly kind: 'too-few-tokens'; readonly asked: number; readonly least: number }
  | { readonly kind: 'context-too-long'; readonly tokens: number; readonly window: number }
  | { readonly kind: 'orphan-result'; readonly callId: string; readonly position: string }
  | { readonly kind: 'missing-result'; readonly callIds: readonly string[]; readonly position: string }
  | { readonly kind: 'repeated-call'; readonly position: string }
  | { readonly kind: 'foreign-signature'; readonly position: string }
  | { readonly kind: 'missing-signature'; readonly position: string; readonly tool: string }
  | { readonly kind: 'lonely-reasoning'; readonly itemId: string }
  | { readonly kind: 'unknown-item'; readonly itemId: string }
  | { readonly kind: 'too-many-marks'; readonly found: number }
  | { readonly kind: 'bad-tool-name'; readonly index: number }
  | { readonly kind: 'bad-called-name'; readonly position: string }
  | { readonly kind: 'bad-call-id'; readonly position: string; readonly length: number }
  | { readonly kind: 'bad-tool-schema'; readonly index: number; readonly tool: string; readonly found: string }
  | { readonly kind: 'bad-answer-schema'; readonly name: string; readonly found: string }
  | { readonly kind: 'no-json-mode' }
  | { readonly kind: 'prefill' }
  /** A rule of one vendor alone, in its own words; `parameter` and `code` are OpenAI's. */
  | { readonly kind: 'rule'; readonly message: string; readonly parameter?: string; readonly code?: string }
  | { readonly kind: 'bad-value'; readonly parameter: string; readonly expected: string }

export function rule(message: string, more: { parameter?: string; code?: string } = {}): Refusal {
  return { kind: 'rule', message, ...more }
}

/** An error as it goes over the wire. */
export interface ErrorReply {
  readonly status: number
  readonly body: unknown
}

/** The headers that carry a demand to wait; empty when it stands in the body. */
export function retryHeaders(retryAfter: RetryAfter | undefined, nowMs: number): Record<string, string> {
  switch (retryAfter?.in) {
    case 'seconds':
      return { 'retry-after': String(Math.ceil(retryAfter.ms / 1000)) }
    case 'date':
      return { 'retry-after': new Date(nowMs + retryAfter.ms).toUTCString() }
    case 'milliseconds':
      return { 'retry-after-ms': String(Math.ceil(retryAfter.ms)) }
    default:
      return {}
  }
}
