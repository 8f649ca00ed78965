import { bareNames } from '../../core/endpoint-id.ts'
import type { JsonValue } from '../../core/messages.ts'
import type { Ask } from '../../core/ports.ts'
import type { Dialect } from '../dialect.ts'
import { listOf } from '../json.ts'
import { batchAt } from '../openai/batch.ts'
import { withCacheKey } from '../openai/cache-key.ts'
import { withReasoningKnown } from '../openai/reasons.ts'
import { withoutStrictness } from '../openai/strict-schema.ts'
import { classifyError } from '../openai-compatible/classify-error.ts'
import { createModel } from './create-model.ts'
import { endWord, isLast } from './end-word.ts'
import { outputLimit } from './output-limit.ts'
import { readUsage } from './read-usage.ts'
import { storedBy } from './stored-by.ts'

const ENCRYPTED_REASONING = 'reasoning.encrypted_content'

/**
 * OpenAI's Responses, held without state at the vendor: `store: false` always, so that later turns carry their items
 * instead of references to stored ones, which would break forks, fallback and ZDR. Models that reason give their reasoning
 * back encrypted; others answer 400 when asked for it.
 */
export const openaiResponses: Dialect = {
  createModel,
  shape(ask) {
    const { settings, endpoint, schema } = ask
    const { openai: own, ...others } = settings.providerOptions ?? {}
    const include = includeOf(own?.include, endpoint)
    return {
      providerOptions: {
        ...others,
        openai: {
          ...withoutStrictness(schema?.json),
          // The package asks for summaries of thoughts, which OpenAI refuses to those who have not been verified.
          reasoningSummary: null,
          ...withReasoningKnown(endpoint),
          ...withCacheKey(ask, own),
          store: false,
          ...(include.length > 0 && { include }),
        },
      },
    }
  },
  // What the API says to less: "integer below minimum value. Expected a value >= 16".
  leastOutputTokens: 16,
  outputLimit,
  storedBy,
  classifyError,
  readUsage,
  endWord,
  isLast,
  batch: batchAt('/responses'),
}

function includeOf(asked: JsonValue | undefined, endpoint: Ask['endpoint']): JsonValue[] {
  const include = new Set(listOf(asked) as JsonValue[])
  // Lists count ChatGPT's own model among those that reason.
  const reasons =
    endpoint.abilities.includes('reasoning') && !bareNames(endpoint).some(name => /^gpt-5-chat/.test(name))
  if (reasons) include.add(ENCRYPTED_REASONING)
  return [...include]
}
