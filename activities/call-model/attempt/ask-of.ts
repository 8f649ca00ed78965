/**
 * What an endpoint is asked: the prompt with the settings, the tools and the cache marks of the call.
 *
 * @module
 */
import { definedOnly } from '../../../src/core/defined-only.ts'
import type { Endpoint } from '../../../src/core/endpoints.ts'
import type { Message } from '../../../src/core/messages.ts'
import { asksForZdr } from '../../../src/core/policy/policy.ts'
import type { Caching } from '../../../src/core/ports.ts'
import { tailPays } from '../../../src/core/routing/cache/cache-marks.ts'
import { cacheTtlOf } from '../../../src/core/routing/cache/cache-ttl.ts'
import { goesOn } from '../../../src/core/routing/call/call-ahead.ts'
import { samplingOf } from '../../../src/core/settings/sampling.ts'
import type { Prepared } from '../prepare/prepared.ts'

/** What an ask is made of. */
export interface Asking {
  readonly endpoint: Endpoint
  readonly prompt: readonly Message[]
  readonly maxOutputTokens: number
  readonly signal: AbortSignal
  /** It goes into a batch. */
  readonly inBatch?: true
  readonly onContent?: () => void
}

export function askOf(prepared: Prepared, asking: Asking) {
  const { tools, schema, taskClass, input, policies } = prepared
  const { endpoint, prompt, maxOutputTokens, signal, onContent } = asking
  const { reasoning, providerOptions, stopSequences, ...wanted } = { ...taskClass, ...input.settings }
  // Stop sequences would cut a summary short.
  const sampling = samplingOf(input.sumsUpFor === undefined ? { ...wanted, stopSequences } : wanted)
  return definedOnly({
    endpoint,
    prompt,
    tools,
    toolChoice: input.toolChoice,
    schema,
    settings: { maxOutputTokens, ...sampling, reasoning, providerOptions },
    caching: cachingOf(prepared, asking),
    zdr: asksForZdr(endpoint, policies),
    signal,
    onContent,
  })
}

/**
 * A summing call sends the transcript in a form of its own, once: there is nothing to cache. A batch mostly takes longer than a cache keeps
 * its prompt for the next call.
 */
function cachingOf({ input, tools, known }: Prepared, { endpoint, inBatch }: Asking): Caching | undefined {
  const { run, sumsUpFor } = input
  if (sumsUpFor !== undefined) return undefined
  const key = known?.cacheKey ?? run.scope ?? run.key
  if (!goesOn(known, tools.length > 0)) return { key, recurring: 'before-last' }
  const gapMs = known?.gapMs
  const pays = gapMs === undefined ? !inBatch : tailPays(endpoint, cacheTtlOf(endpoint), gapMs)
  return { key, recurring: pays ? 'all' : 'system' }
}
