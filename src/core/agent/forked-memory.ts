/**
 * What routing remembers when a fork begins: where the shared prompt is still cached.
 *
 * @module
 */
import type { KnownPrompt, RoutingMemory } from '../protocol.ts'
import { LONG_TTL_MS } from '../routing/cache/warmth.ts'

/** The step that the fork repeats, as the original run knows it. */
export interface ForkedStep {
  /** What was known after the answer, which the fork does not have. */
  readonly known?: KnownPrompt
  /** The tokens of the prompt alone, as the vendor counted them. */
  readonly inputTokens?: number
  readonly draw?: number
  /** The cache key of the original run's tree. */
  readonly cacheKey: string
}

/**
 * The memory of a fork: the whole prompt of that step is cached where the step was answered. `undefined` if nothing can be cached any more;
 * then the fork draws its own number, and of several forks that begin at once one goes first.
 *
 * The pauses of the original run are left out, because the fork does not wait for what that run waited for.
 */
export function forkedMemory(step: ForkedStep, nowMs: number): RoutingMemory | undefined {
  const { known, inputTokens, draw } = step
  const latest = known?.warm?.[0]
  if (!latest || inputTokens === undefined || draw === undefined || nowMs - latest.atMs >= LONG_TTL_MS) return undefined
  const { gapMs: _, calls = 1, cacheKey = step.cacheKey, ...rest } = known
  const prompt = { promptTokens: inputTokens, length: known.length - 1, calls: Math.max(0, calls - 1) }
  return { draw, known: { ...rest, ...prompt, cacheKey, forked: true } }
}
