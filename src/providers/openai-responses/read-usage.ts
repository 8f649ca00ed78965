import { definedOnly } from '../../core/defined-only.ts'
import { picoOf, picoOfTicks } from '../cost-pico.ts'
import type { Reported } from '../dialect.ts'
import { countOf, recordOf } from '../json.ts'

/** Usage stands on the response object: in the last event of a stream, or at the top of a whole body. */
export function readUsage(chunk: unknown, before: Reported): Reported {
  const fields = recordOf(chunk)
  const found = recordOf(fields.response).usage ?? fields.usage
  if (typeof found !== 'object' || found === null) return before
  const usage = recordOf(found)
  const inputDetails = recordOf(usage.input_tokens_details)
  return definedOnly({
    usage: definedOnly({
      // A prompt of nothing was not counted.
      inputTokens: countOf(usage.input_tokens) || undefined,
      cacheReadTokens: countOf(inputDetails.cached_tokens),
      cacheWriteTokens: countOf(inputDetails.cache_write_tokens),
      outputTokens: countOf(usage.output_tokens),
      reasoningTokens: countOf(recordOf(usage.output_tokens_details).reasoning_tokens),
    }),
    costPico: picoOfTicks(usage.cost_in_usd_ticks) ?? picoOf(usage.cost),
  })
}
