import { definedOnly } from '../../core/defined-only.ts'
import type { Usage } from '../../core/usage.ts'
import { picoOf, picoOfTicks, sumPico } from '../cost-pico.ts'
import type { Reported } from '../dialect.ts'
import { countOf, type JsonRecord, listOf, recordOf } from '../json.ts'

/**
 * Reads `usage` of a chunk or a body; the last one counts, since some servers repeat a running total. What it leaves out stays as
 * it was said before: some end with an empty one. One that counts nothing, not even a prompt, is unknown and not free.
 */
export function readUsage(chunk: unknown, before: Reported): Reported {
  const { usage: whole, choices } = recordOf(chunk)
  // Moonshot's stands in the last choice too.
  const usage = whole ?? recordOf(listOf(choices)[0]).usage
  if (typeof usage !== 'object' || usage === null) return before
  const last = reportedOf(recordOf(usage))
  const counted = last.usage?.inputTokens === 0 ? {} : last.usage
  return { ...before, ...last, usage: { ...before.usage, ...counted } }
}

function reportedOf(usage: JsonRecord): Reported {
  return definedOnly({ usage: definedOnly(usageOf(usage)), costPico: costOf(usage) })
}

function usageOf(usage: JsonRecord): Usage {
  const prompt = countOf(usage.prompt_tokens)
  const completion = countOf(usage.completion_tokens)
  const reasoningTokens =
    countOf(recordOf(usage.completion_tokens_details).reasoning_tokens) ?? countOf(usage.reasoning_tokens)
  const { cacheReadTokens, cacheWriteTokens } = cacheOf(usage)
  const cached = (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0)
  // The total may hold more: cached input that the prompt leaves out, or thoughts that the completion leaves out. Its size tells which.
  const more = Math.max(0, (countOf(usage.total_tokens) ?? 0) - (prompt ?? 0) - (completion ?? 0))
  const isThoughts = more > 0 && more === reasoningTokens
  const isCached = !isThoughts && mayBe(more, [cached, cacheReadTokens, cacheWriteTokens], reasoningTokens)
  // What is more than the prompt is no part of it: some count as Anthropic does.
  const leavesOutCached = prompt !== undefined && (cached > prompt || isCached)
  // Gateways to Gemini leave its thoughts out of the completion, and count them only in the total.
  const isCounted = prompt !== undefined && completion !== undefined
  const thoughts = isThoughts ? more : isCounted ? Math.max(0, more - (leavesOutCached ? cached : 0)) : 0
  return {
    inputTokens: leavesOutCached ? prompt + cached : prompt,
    cacheReadTokens,
    cacheWriteTokens,
    cacheWriteHourTokens: countOf(recordOf(usage.cache_creation).ephemeral_1h_input_tokens),
    outputTokens: thoughts > 0 ? (completion ?? 0) + thoughts : completion,
    reasoningTokens,
  }
}

/** Whether so many tokens may be one of these parts, alone or with the thoughts. */
function mayBe(tokens: number, parts: readonly (number | undefined)[], thoughts = 0): boolean {
  return parts.some(part => part !== undefined && part > 0 && (tokens === part || tokens === part + thoughts))
}

function cacheOf(usage: JsonRecord): Pick<Usage, 'cacheReadTokens' | 'cacheWriteTokens'> {
  const inputDetails = recordOf(usage.prompt_tokens_details)
  const cacheReadTokens =
    countOf(inputDetails.cached_tokens) ??
    // DeepSeek, Moonshot, and servers that pass Anthropic's names through
    countOf(usage.prompt_cache_hit_tokens) ??
    countOf(usage.cached_tokens) ??
    countOf(usage.cache_read_input_tokens)
  const cacheWriteTokens =
    countOf(inputDetails.cache_write_tokens) ??
    countOf(inputDetails.cache_creation_tokens) ??
    // Alibaba, Venice
    countOf(inputDetails.cache_creation_input_tokens) ??
    countOf(usage.cache_creation_input_tokens) ??
    countOf(usage.cache_write_tokens)
  return definedOnly({ cacheReadTokens, cacheWriteTokens })
}

/** xAI's ticks, OpenRouter's `cost` (with the vendor's own part apart under one's own key), Perplexity's `cost.total_cost`. */
function costOf(usage: JsonRecord): string | undefined {
  const ticked = picoOfTicks(usage.cost_in_usd_ticks)
  if (ticked !== undefined) return ticked
  const cost = picoOf(typeof usage.cost === 'object' ? recordOf(usage.cost).total_cost : usage.cost)
  if (usage.is_byok !== true) return cost
  return sumPico(cost, picoOf(recordOf(usage.cost_details).upstream_inference_cost))
}
