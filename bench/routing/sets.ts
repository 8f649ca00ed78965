/**
 * The endpoint sets of the cost simulation. They were frozen before the objective was tuned: change none of them; add
 * another. Prices are USD per million tokens. Half of the sets hold real list prices, as in the catalogue's snapshot of
 * 2026-07-02; how these endpoints behave (speed, hits, outages) is made up in all of them.
 *
 * @module
 */

export interface SetEndpoint {
  readonly provider: string
  /** @defaultValue 'author/model' */
  readonly model?: string
  readonly input: number
  readonly cachedInput?: number
  readonly cacheWrite?: number
  readonly output: number
  /** The chance that a warm prefix is read from the cache; 0: it keeps none. @defaultValue 0.95 with a price of cached input */
  readonly hitRate?: number
  /** The chance that an attempt fails half-way, billed until then. @defaultValue 0.004 */
  readonly failureChance?: number
  /** How long it works between two outages, and how long these are, on average. @defaultValue 5 h and 90 s */
  readonly upMs?: number
  readonly downMs?: number
  /** How much it says for the same: models differ. @defaultValue 1 */
  readonly verbosity?: number
  /** @defaultValue 900 and 60 */
  readonly firstTokenMs?: number
  readonly tokensPerSecond?: number
}

export interface EndpointSet {
  readonly name: string
  readonly prices: 'list' | 'invented'
  readonly endpoints: readonly SetEndpoint[]
}

const HOUR = 3_600_000
const MINUTE = 60_000

export const SETS: readonly EndpointSet[] = [
  {
    name: 'claude-sonnet-4.6',
    prices: 'list',
    endpoints: [
      { provider: 'anthropic', input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15, hitRate: 0.98 },
      { provider: 'amazon-bedrock', input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15, hitRate: 0.9 },
      { provider: 'google-vertex', input: 3, cachedInput: 0.3, cacheWrite: 3.75, output: 15, hitRate: 0.93 },
      { provider: 'venice', input: 3.6, cachedInput: 0.36, cacheWrite: 4.5, output: 18 },
      { provider: 'abacus', input: 3, output: 15 },
    ],
  },
  {
    name: 'deepseek-v3.2',
    prices: 'list',
    endpoints: [
      { provider: 'openrouter', input: 0.2288, cachedInput: 0.02288, output: 0.3432, hitRate: 0.6 },
      { provider: 'nebius', input: 0.3, cachedInput: 0.03, cacheWrite: 0.375, output: 0.45 },
      { provider: 'deepinfra', input: 0.26, cachedInput: 0.13, output: 0.38 },
      { provider: 'google-vertex', input: 0.56, cachedInput: 0.056, output: 1.68 },
      { provider: 'siliconflow', input: 0.27, output: 0.42 },
      { provider: 'vercel', input: 0.28, cachedInput: 0.028, output: 0.42, hitRate: 0.85 },
    ],
  },
  {
    name: 'kimi-k2.5',
    prices: 'list',
    endpoints: [
      { provider: 'moonshotai', input: 0.6, cachedInput: 0.1, output: 3, hitRate: 0.97 },
      { provider: 'deepinfra', input: 0.45, cachedInput: 0.07, output: 2.25, hitRate: 0.8 },
      { provider: 'hpc-ai', input: 0.3, cachedInput: 0.05, output: 1.5, upMs: 2 * HOUR, downMs: 3 * MINUTE },
      { provider: 'nebius', input: 0.5, cachedInput: 0.05, cacheWrite: 0.625, output: 2.5 },
      { provider: 'togetherai', input: 0.5, output: 2.8 },
      { provider: 'llmgateway', input: 0.405, cachedInput: 0.225, output: 1.98 },
    ],
  },
  {
    name: 'glm-4.7',
    prices: 'list',
    endpoints: [
      { provider: 'crof', input: 0.25, cachedInput: 0.05, output: 1.1, hitRate: 0.7, failureChance: 0.02 },
      { provider: 'deepinfra', input: 0.4, cachedInput: 0.08, output: 1.75 },
      { provider: 'zai', input: 0.6, cachedInput: 0.11, output: 2.2 },
      { provider: 'cerebras', input: 2.25, cachedInput: 0, output: 2.75, tokensPerSecond: 900, firstTokenMs: 300 },
      { provider: 'meganova', input: 0.2, output: 0.8 },
      { provider: 'synthetic', input: 0.45, cachedInput: 0.45, output: 2.19 },
    ],
  },
  {
    name: 'gpt-oss-120b',
    prices: 'list',
    endpoints: [
      { provider: 'deepinfra', input: 0.039, output: 0.19 },
      { provider: 'io-net', input: 0.04, cachedInput: 0.02, cacheWrite: 0.08, output: 0.4 },
      { provider: 'fireworks-ai', input: 0.15, cachedInput: 0.015, output: 0.6 },
      { provider: 'groq', input: 0.15, cachedInput: 0.075, output: 0.6, tokensPerSecond: 500 },
      { provider: 'nebius', input: 0.15, cachedInput: 0.015, cacheWrite: 0.18, output: 0.6 },
      { provider: 'novita-ai', input: 0.05, output: 0.25 },
    ],
  },
  {
    name: 'twins',
    prices: 'invented',
    endpoints: [
      { provider: 'castor', input: 2, cachedInput: 0.2, output: 8 },
      { provider: 'pollux', input: 2, cachedInput: 0.2, output: 8 },
    ],
  },
  {
    name: 'cheap without a cache',
    prices: 'invented',
    endpoints: [
      { provider: 'discount', input: 0.8, output: 3 },
      { provider: 'middle', input: 1.1, cachedInput: 0.55, output: 4 },
      { provider: 'cached', input: 1.4, cachedInput: 0.14, output: 5 },
    ],
  },
  {
    name: 'a cache that misses',
    prices: 'invented',
    endpoints: [
      { provider: 'promise', input: 1, cachedInput: 0.05, output: 4, hitRate: 0.1 },
      { provider: 'half', input: 1.1, cachedInput: 0.1, output: 4.4, hitRate: 0.5 },
      { provider: 'honest', input: 1.25, cachedInput: 0.125, output: 5, hitRate: 0.98 },
    ],
  },
  {
    name: 'flaps',
    prices: 'invented',
    endpoints: [
      { provider: 'flaps', input: 1, cachedInput: 0.1, output: 4, upMs: 40 * MINUTE, downMs: 2 * MINUTE },
      { provider: 'steady', input: 1.2, cachedInput: 0.12, output: 5, upMs: 48 * HOUR },
      { provider: 'third', input: 1.5, cachedInput: 0.15, output: 6 },
    ],
  },
  {
    name: 'equals',
    prices: 'invented',
    endpoints: [
      { provider: 'terse', model: 'author/terse', input: 1.2, cachedInput: 0.12, output: 6, verbosity: 0.6 },
      { provider: 'wordy', model: 'author/wordy', input: 1, cachedInput: 0.1, output: 5, verbosity: 1.8 },
      { provider: 'wordy-too', model: 'author/wordy', input: 0.9, cachedInput: 0.3, output: 4.5, verbosity: 1.8 },
    ],
  },
]
