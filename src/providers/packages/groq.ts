import type { Reported } from '../dialect.ts'
import { recordOf } from '../json.ts'
import { readUsage } from '../openai-compatible/read-usage.ts'

/** In a stream the usage stands in `x_groq` of the last chunk, in a whole body where OpenAI has it. */
export function groqUsage(chunk: unknown, before: Reported): Reported {
  const { usage } = recordOf(recordOf(chunk).x_groq)
  return usage === undefined ? readUsage(chunk, before) : readUsage({ usage }, before)
}
