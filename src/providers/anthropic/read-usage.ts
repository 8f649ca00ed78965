import { definedOnly } from '../../core/defined-only.ts'
import type { Usage } from '../../core/usage.ts'
import { picoOf } from '../cost-pico.ts'
import type { Reported } from '../dialect.ts'
import { countOf, type JsonRecord, listOf, recordOf } from '../json.ts'

/**
 * `message_start` has the prompt's counts, `message_delta` the output's and, newer, all of them again. The count of
 * output in `message_start` is a placeholder (1 to a few tokens), not what will be billed, and is left unknown.
 */
export function readUsage(chunk: unknown, before: Reported): Reported {
  const fields = recordOf(chunk)
  const opening = recordOf(recordOf(fields.message).usage)
  const usage = fields.type === 'message_start' ? { ...opening, output_tokens: undefined } : recordOf(fields.usage)
  if (Object.keys(usage).length === 0) return before
  return definedOnly({
    usage: definedOnly({ ...before.usage, ...definedOnly(usageOf(usage, before.usage ?? {})) }),
    costPico: picoOf(usage.cost) ?? before.costPico,
  })
}

/**
 * `input_tokens` excludes what was read from or written to the cache; here the parts are in the sum. An event that
 * repeats the one and not the other is completed with what was said before. Servers that resemble Anthropic's put 0 where they do not
 * know the prompt yet, or any more.
 */
function usageOf(usage: JsonRecord, before: Usage): Usage {
  const plain = countOf(usage.input_tokens)
  const cacheReadTokens = countOf(usage.cache_read_input_tokens) ?? before.cacheReadTokens
  const cacheWriteTokens = countOf(usage.cache_creation_input_tokens) ?? before.cacheWriteTokens
  const compacted = compactionOf(usage)
  const sum = (plain ?? 0) + compacted.input + (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0)
  const isUnknown = plain === undefined || (plain === 0 && sum < (before.inputTokens ?? 1))
  return {
    inputTokens: isUnknown ? undefined : sum,
    cacheReadTokens,
    cacheWriteTokens,
    cacheWriteHourTokens: countOf(recordOf(usage.cache_creation).ephemeral_1h_input_tokens),
    outputTokens: addTo(countOf(usage.output_tokens), compacted.output),
    reasoningTokens: countOf(recordOf(usage.output_tokens_details).thinking_tokens),
  }
}

/** Compaction by the vendor is billed and stands in `iterations` alone (the package's `AnthropicUsageIteration`). */
function compactionOf(usage: JsonRecord): { input: number; output: number } {
  const sum = { input: 0, output: 0 }
  for (const iteration of listOf(usage.iterations).map(recordOf)) {
    if (iteration.type !== 'compaction') continue
    sum.input += countOf(iteration.input_tokens) ?? 0
    sum.output += countOf(iteration.output_tokens) ?? 0
  }
  return sum
}

function addTo(count: number | undefined, more: number): number | undefined {
  return count === undefined ? undefined : count + more
}
