import { definedOnly } from '../../core/defined-only.ts'
import type { Dialect, Reported } from '../dialect.ts'
import { countOf, recordOf, textOf } from '../json.ts'
import { openaiResponses } from '../openai-responses/dialect.ts'
import { endWord, isLast } from '../openai-responses/end-word.ts'

/** A tick is a ten-billionth of a dollar, which is a hundred pico-dollars (docs.x.ai, "Cost tracking"). */
const PICO_PER_TICK = 100n

/** xAI's Responses, like OpenAI's: kept at the vendor unless told otherwise, so it is told otherwise always. */
export const xai: Omit<Dialect, 'createModel'> = {
  outputLimit: openaiResponses.outputLimit,
  storedBy: openaiResponses.storedBy,
  classifyError: openaiResponses.classifyError,
  isLast,
  shape({ settings }) {
    const { xai: own, ...others } = settings.providerOptions ?? {}
    return { providerOptions: { ...others, xai: { ...own, store: false } }, reasoning: true }
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

/** OpenAI's counts, those of cached input inside or beside the input, and what the call has cost. */
function readUsage(chunk: unknown, before: Reported): Reported {
  const fields = recordOf(chunk)
  const found = recordOf(recordOf(fields.response).usage ?? fields.usage)
  const reported = openaiResponses.readUsage(chunk, before)
  if (reported === before || !reported.usage) return reported
  const { inputTokens, cacheReadTokens } = reported.usage
  const beside = inputTokens !== undefined && cacheReadTokens !== undefined && cacheReadTokens > inputTokens
  const ticks = countOf(found.cost_in_usd_ticks)
  return definedOnly({
    usage: beside ? { ...reported.usage, inputTokens: inputTokens + cacheReadTokens } : reported.usage,
    costPico: ticks === undefined ? reported.costPico : (BigInt(ticks) * PICO_PER_TICK).toString(),
  })
}
