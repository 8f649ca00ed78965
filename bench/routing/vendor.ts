/**
 * One simulated endpoint: outages, failures, a prompt cache, and a bill. Its behaviour at a time is the same whoever asks.
 *
 * @module
 */
import { chanceOf, waitOf } from './chance.ts'
import type { SetEndpoint } from './sets.ts'

export const CACHE_TTL_MS = 300_000
/** Vendors keep nothing shorter. */
const LEAST_CACHED = 1_024
const OUTAGE_ANSWER_MS = 200

/** `down` costs nothing; `failed` is cut half-way and billed until there. */
export interface VendorReply {
  readonly kind: 'answered' | 'failed' | 'down'
  readonly usd: number
  readonly firstTokenMs: number
  readonly totalMs: number
  readonly outputTokens: number
  readonly readTokens: number
}

export interface Vendor {
  ask(run: number, step: number, promptTokens: number, outputTokens: number, nowMs: number): VendorReply
  /** The end of the outage at a time, if there is one. */
  downUntil(nowMs: number): number | undefined
}

export function createVendor(seed: number, set: string, endpoint: SetEndpoint): Vendor {
  const { provider, verbosity = 1, firstTokenMs = 900, tokensPerSecond = 60, failureChance = 0.004 } = endpoint
  const downUntil = outagesOf(seed, set, endpoint)
  const caches = new Map<number, { tokens: number; atMs: number }>()
  const of = (...names: (string | number)[]) => chanceOf(seed, set, provider, ...names)
  let asked = 0
  return {
    downUntil,
    ask(run, step, promptTokens, outputTokens, nowMs) {
      if (downUntil(nowMs) !== undefined) return reply('down', 0, OUTAGE_ANSWER_MS, OUTAGE_ANSWER_MS, 0, 0)
      asked += 1
      const said = Math.round(outputTokens * verbosity)
      const first = firstTokenMs * (0.7 + 0.6 * of(run, step, 'first'))
      const total = first + (said / tokensPerSecond) * 1_000
      const read = readTokens(caches.get(run), endpoint, promptTokens, nowMs, of(run, step, 'hit'))
      caches.set(run, { tokens: promptTokens, atMs: nowMs + total })
      const failed = of(run, step, asked, 'failure') < failureChance
      const output = failed ? Math.round(said / 2) : said
      const usd = bill(endpoint, promptTokens, read, output)
      return reply(failed ? 'failed' : 'answered', usd, first, failed ? total / 2 : total, output, read)
    },
  }
}

function reply(
  kind: VendorReply['kind'],
  usd: number,
  firstTokenMs: number,
  totalMs: number,
  outputTokens: number,
  read: number,
): VendorReply {
  return { kind, usd, firstTokenMs, totalMs, outputTokens, readTokens: read }
}

function readTokens(
  cache: { readonly tokens: number; readonly atMs: number } | undefined,
  { cachedInput, hitRate = cachedInput === undefined ? 0 : 0.95 }: SetEndpoint,
  promptTokens: number,
  nowMs: number,
  chance: number,
): number {
  if (!cache || nowMs - cache.atMs >= CACHE_TTL_MS || cache.tokens < LEAST_CACHED) return 0
  return chance < hitRate ? Math.min(cache.tokens, promptTokens) : 0
}

function bill(endpoint: SetEndpoint, promptTokens: number, read: number, outputTokens: number): number {
  const { input, cachedInput = input, cacheWrite = 0, output } = endpoint
  const written = Math.max(input, cacheWrite)
  return (read * cachedInput + (promptTokens - read) * written + outputTokens * output) / 1e6
}

/** Times up and down in turn, exponentially distributed, drawn as far as anyone asks. */
function outagesOf(seed: number, set: string, { provider, upMs = 18_000_000, downMs = 90_000 }: SetEndpoint) {
  const turns: { readonly fromMs: number; readonly untilMs: number }[] = []
  const draw = () => {
    const nth = turns.length
    const of = (what: string) => chanceOf(seed, set, provider, 'outage', nth, what)
    const fromMs = (turns.at(-1)?.untilMs ?? 0) + waitOf(upMs, of('up'))
    turns.push({ fromMs, untilMs: fromMs + 10_000 + waitOf(downMs, of('down')) })
  }
  return (nowMs: number): number | undefined => {
    while ((turns.at(-1)?.untilMs ?? -1) <= nowMs) draw()
    return turns.find(({ fromMs, untilMs }) => fromMs <= nowMs && nowMs < untilMs)?.untilMs
  }
}
