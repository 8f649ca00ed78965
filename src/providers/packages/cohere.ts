import { definedOnly } from '../../core/defined-only.ts'
import type { Reported } from '../dialect.ts'
import { countOf, recordOf } from '../json.ts'
import { openaiCompatible } from '../openai-compatible/dialect.ts'
import type { PackageDialect } from './dialect.ts'

/** Cohere's own chat (v2). Its errors are words and a status. */
export const cohere: PackageDialect = {
  ...openaiCompatible,
  readUsage,
  isLast: chunk => recordOf(chunk).type === 'message-end',
}

/**
 * The usage stands in the last event of a stream (`message-end`), or at the top of a whole body: what the model read and wrote
 * in `tokens`, what is billed of it in `billed_units`. Prices are per billed token, and what was wrapped around a prompt is not.
 */
function readUsage(chunk: unknown, before: Reported): Reported {
  const fields = recordOf(chunk)
  const usage = recordOf(recordOf(fields.delta).usage ?? fields.usage)
  const [tokens, billed] = [recordOf(usage.tokens), recordOf(usage.billed_units)]
  const inputTokens = countOf(billed.input_tokens) ?? countOf(tokens.input_tokens)
  const outputTokens = countOf(billed.output_tokens) ?? countOf(tokens.output_tokens)
  if (inputTokens === undefined && outputTokens === undefined) return before
  return { usage: definedOnly({ inputTokens, outputTokens }) }
}
