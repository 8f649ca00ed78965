import { definedOnly } from '../../core/defined-only.ts'
import type { Reported } from '../dialect.ts'
import { countOf, type JsonRecord, recordOf } from '../json.ts'

/**
 * Every chunk has the counts so far, the last one the whole. Google leaves zeros out (proto3 JSON), so a count that is
 * absent beside others is 0; output is known once candidates or thoughts are counted, or the total says there is none.
 */
export function readUsage(chunk: unknown, before: Reported): Reported {
  const found = recordOf(chunk).usageMetadata
  if (typeof found !== 'object' || found === null) return before
  const usage = recordOf(found)
  // A prompt of nothing was not counted.
  const prompt = countOf(usage.promptTokenCount) || undefined
  const reasoningTokens = countOf(usage.thoughtsTokenCount) ?? 0
  const outputTokens = outputOf(usage, prompt, reasoningTokens)
  return {
    usage: definedOnly({
      inputTokens: prompt === undefined ? undefined : prompt + (countOf(usage.toolUsePromptTokenCount) ?? 0),
      cacheReadTokens: prompt === undefined ? undefined : (countOf(usage.cachedContentTokenCount) ?? 0),
      outputTokens,
      reasoningTokens: outputTokens === undefined ? undefined : reasoningTokens,
    }),
  }
}

/** Thoughts are billed as output and counted beside the candidates. */
function outputOf(usage: JsonRecord, prompt: number | undefined, thoughts: number): number | undefined {
  const candidates = countOf(usage.candidatesTokenCount)
  if (candidates !== undefined || thoughts > 0) return (candidates ?? 0) + thoughts
  return prompt !== undefined && countOf(usage.totalTokenCount) === prompt ? 0 : undefined
}
