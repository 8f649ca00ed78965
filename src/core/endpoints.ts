/**
 * Endpoints and providers: where a model can be asked, what it can do, what it costs, and what happens to the data.
 *
 * @module
 */

export const ABILITIES = ['tools', 'json-schema', 'json-object', 'images', 'reasoning', 'cache'] as const

/** What an endpoint can do beyond answering text with text. */
export type Ability = (typeof ABILITIES)[number]

/** The wire formats with an adapter of their own; any other string names an `@ai-sdk/*` package. */
export type Protocol = 'openai' | 'openai-responses' | 'anthropic' | 'google' | 'openai-compatible' | (string & {})

/**
 * Prices in USD per million tokens, as in a price list (`0.075`). An absent kind is unknown, not free: the cost of a usage that contains
 * it is unknown. If `reasoning` is absent, reasoning is billed as output, as by every vendor that lists no price for it.
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
  /** Set by the user: this endpoint costs nothing, and no other field counts. */
  readonly free?: boolean
}

/** What a provider does with the data it is sent. An absent field is unknown, and every policy about it treats that as bad. */
export interface DataPolicy {
  /** `none` if nothing is kept after the answer, else how long, e.g. `30d`. */
  readonly retention?: string
  /** Whether models are trained with it. */
  readonly training?: boolean
  /** Where it is processed, e.g. `eu`. */
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
  /** The limits instead of these two when a model may think without streaming anything. @defaultValue the same limits */
  readonly silent?: { readonly firstTokenMs?: number; readonly stallMs?: number }
}

/** Deviations of an endpoint from its protocol. */
export interface Quirks {
  /** `false`: the endpoint refuses streaming, so only the total deadline applies. @defaultValue true */
  readonly stream?: boolean
  /** `false`: it refuses `stream_options.include_usage`. @defaultValue true */
  readonly streamUsage?: boolean
  /** Whether a JSON schema is sent as such (`true`) or as JSON mode (`false`). @defaultValue by the endpoint's abilities */
  readonly structuredOutputs?: boolean
  /** Whether it has its vendor's batch interface. @defaultValue at the vendor's own address */
  readonly batch?: boolean
}

/** Credentials, wire protocol and address. The key itself never leaves `src/providers`. */
export interface ProviderSettings {
  readonly name: string
  /** The provider of the catalogue that it is another account, key or region of. */
  readonly like?: string
  readonly protocol: Protocol
  /** The npm package that speaks the protocol, e.g. `@ai-sdk/openai-compatible`. */
  readonly package: string
  readonly baseUrl?: string
  readonly apiKey?: string
  readonly headers: Readonly<Record<string, string>>
  readonly quirks: Quirks
  readonly deadlines: Deadlines
}

/** A vendor's limits, which all workers of a store share. An absent field is no limit. */
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
  /** `author/name` of the known model that this one is, where its names are of its user's own. */
  readonly like?: string
  readonly protocol: Protocol
  /** Input and output together, in tokens. */
  readonly contextWindow?: number
  /** In tokens, if the vendor also limits the input alone. */
  readonly maxInput?: number
  /** In tokens. */
  readonly maxOutput?: number
  readonly abilities: readonly Ability[]
  readonly price?: Price
  /** Set by the user: it may be asked under a money limit although its price is unknown. Only its tokens are counted then. */
  readonly unpriced?: 'allow'
  /** How long it caches a prompt's prefix after its last use; 0 if it does not. @defaultValue 300000 with the ability `cache` */
  readonly cacheTtlMs?: number
  /** How long one attempt may take in all, if the configuration says so. */
  readonly longestMs?: number
  readonly dataPolicy: DataPolicy
  /** `own`: limits of this endpoint. `provider`: limits of all endpoints of its provider together. */
  readonly limits?: { readonly own?: RateLimits; readonly provider?: RateLimits }
  /** Set if it can be asked through its vendor's batch interface. */
  readonly batch?: true
}
