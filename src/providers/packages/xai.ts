import type { Reported } from '../dialect.ts'
import { recordOf, textOf } from '../json.ts'
import { openaiResponses } from '../openai-responses/dialect.ts'
import { endWord, isLast } from '../openai-responses/end-word.ts'
import type { PackageDialect } from './dialect.ts'

/** xAI's Responses, like OpenAI's: kept at the vendor unless told otherwise, so it is told otherwise always. */
export const xai: PackageDialect = {
  outputLimit: openaiResponses.outputLimit,
  storedBy: openaiResponses.storedBy,
  classifyError: openaiResponses.classifyError,
  isLast,
  shape({ settings }) {
    const { xai: own, ...others } = settings.providerOptions ?? {}
    return { providerOptions: { ...others, xai: { ...own, store: false } } }
  },
  readUsage,
  endWord: whyEnded,
}

/** Of a whole body its package reads the status alone, and of one with calls not even that. */
function whyEnded(chunk: unknown): string | undefined {
  const body = recordOf(chunk)
  const { incomplete_details: details } = recordOf(body.response ?? body)
  return textOf(recordOf(details).reason) ?? endWord(chunk)
}

/** OpenAI's counts, those of cached input inside or beside the input. */
function readUsage(chunk: unknown, before: Reported): Reported {
  const reported = openaiResponses.readUsage(chunk, before)
  const { inputTokens, cacheReadTokens } = reported.usage ?? {}
  const beside = inputTokens !== undefined && cacheReadTokens !== undefined && cacheReadTokens > inputTokens
  return beside ? { ...reported, usage: { ...reported.usage, inputTokens: inputTokens + cacheReadTokens } } : reported
}
