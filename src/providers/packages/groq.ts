import type { Reported } from '../dialect.ts'
import { recordOf } from '../json.ts'
import { openaiCompatible } from '../openai-compatible/dialect.ts'
import { readUsage } from '../openai-compatible/read-usage.ts'
import type { PackageDialect } from './dialect.ts'

/**
 * Groq. Of its Qwen models each knows thinking alone, and no degrees of it: "`reasoning_effort` must be one of `none` or `default`"
 * (https://console.groq.com/docs/reasoning).
 */
export const groq: PackageDialect = {
  ...openaiCompatible,
  shape({ settings: { providerOptions = {}, reasoning }, endpoint: { upstream, abilities } }) {
    if (!reasoning || !abilities.includes('reasoning') || !upstream.startsWith('qwen/')) return { providerOptions }
    const reasoningEffort = reasoning === 'none' ? 'none' : 'default'
    const groq = { reasoningEffort, ...providerOptions.groq }
    return { providerOptions: { ...providerOptions, groq }, withoutReasoning: true }
  },
  readUsage: groqUsage,
}

/** In a stream the usage stands in `x_groq` of the last chunk, in a whole body where OpenAI has it. */
function groqUsage(chunk: unknown, before: Reported): Reported {
  const { usage } = recordOf(recordOf(chunk).x_groq)
  return usage === undefined ? readUsage(chunk, before) : readUsage({ usage }, before)
}
