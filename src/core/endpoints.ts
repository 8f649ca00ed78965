/**
 * Where a model can be asked, what it can do, what it costs and what becomes of what it is told.
 *
 * @module
 */

export const ABILITIES = ['tools', 'json-schema', 'json-object', 'images', 'reasoning', 'cache'] as const

/** What an endpoint can do beyond answering text with text. */
export type Ability = (typeof ABILITIES)[number]

/** The wire formats with an adapter of their own; any other string names an `@ai-sdk/*` package. */
export type Protocol = 'openai' | 'openai-responses' | 'anthropic' | 'google' | 'openai-compatible' | (string & {})

/**
 * Prices in USD per million tokens, as a price list prints them (`0.075`). A kind that is absent is unknown, not free:
 * a usage that contains it has no known cost. `reasoning` absent means that it is billed as output, as every
 * vendor does that has no line of its own for it.
 */
export interface TokenPrice {
  readonly input?: number
  readonly cachedInput?: number
  /** Writing to a prompt cache with the short time to live (5 minutes at Anthropic). */
  readonly cacheWrite?: number
  /** Writing to a prompt cache with a time to live of one hour. */
  readonly cacheWriteHour?: number
  readonly output?: number
  readonly reasoning?: number
}

/** A price that applies to the whole request once its input passes `above` tokens (exclusive). */
export interface PriceTier extends TokenPrice {
  readonly above: number
}

/** What an endpoint charges. `tiers` are sorted by `above`, lowest first; a tier replaces the kinds that it names. */
export interface Price extends TokenPrice {
  readonly tiers?: readonly PriceTier[]
  /** Set by the user: this endpoint costs nothing. Then no other field counts. */
  readonly free?: boolean
}

/** What a provider does with what it is sent. Absent is unknown, and unknown is bad to a policy. */
export interface DataPolicy {
  /** `none`: nothing is kept after the answer. Anything else says how long, e.g. `30d`. */
  readonly retention?: string
  readonly training?: boolean
  readonly region?: string
}

/** The four deadlines of one attempt, in milliseconds; each measures something else. */
export interface Deadlines {
  /** Until the TCP and TLS connection is made. */
  readonly connectMs: number
  /** From the request's departure to the first content of the answer. */
  readonly firstTokenMs: number
  /** Between two chunks after the first. */
  readonly stallMs: number
  /** From departure to the end. */
  readonly totalMs: number
  /** Used in their place when a model may think without streaming anything. @defaultValue the same */
  readonly silent?: { readonly firstTokenMs?: number; readonly stallMs?: number }
}

/** Deviations of an endpoint from its protocol. */
export interface Quirks {
  /** `false`: the endpoint refuses streaming; then only the total deadline holds. @defaultValue true */
  readonly stream?: boolean
  /** `false`: it refuses `stream_options.include_usage`. @defaultValue true */
  readonly streamUsage?: boolean
  /** Whether a JSON schema goes out as one (`true`) or as JSON mode (`false`). @defaultValue by abilities */
  readonly structuredOutputs?: boolean
}

/** Credentials, wire protocol and address. The key itself never leaves `src/providers`. */
export interface ProviderSettings {
  readonly name: string
  readonly protocol: Protocol
  /** The npm package that speaks the protocol, e.g. `@ai-sdk/openai-compatible`. */
  readonly package: string
  readonly baseUrl?: string
  readonly apiKey?: string
  readonly headers: Readonly<Record<string, string>>
  readonly quirks: Quirks
  readonly deadlines: Deadlines
}

/** What a vendor lets through, over all workers of a store. A field that is absent is no limit. */
export interface RateLimits {
  readonly requestsPerMinute?: number
  readonly tokensPerMinute?: number
  /** Requests in flight at once. */
  readonly concurrency?: number
}

/** One model at one provider. */
export interface Endpoint {
  /** `provider:author/name`, unique in a configuration. */
  readonly id: string
  readonly provider: string
  /** `author/name`. */
  readonly model: string
  /** The model's id on the wire. */
  readonly upstream: string
  readonly protocol: Protocol
  /** Input and output together, in tokens. */
  readonly contextWindow?: number
  /** Where the vendor bounds the input alone. */
  readonly maxInput?: number
  readonly maxOutput?: number
  readonly abilities: readonly Ability[]
  readonly price?: Price
  /** Set by the user: although its price is unknown, it may be asked under a money limit, and only its tokens count. */
  readonly unpriced?: 'allow'
  /** How long it keeps a prompt's prefix after its last use; 0: it keeps none. @defaultValue 300000 with the ability `cache` */
  readonly cacheTtlMs?: number
  /** How long one attempt may take in all, where the configuration says it. */
  readonly longestMs?: number
  readonly dataPolicy: DataPolicy
  /** `own`: of this endpoint. `provider`: of all of its provider's together. */
  readonly limits?: { readonly own?: RateLimits; readonly provider?: RateLimits }
}
