import type { JsonRecord } from '../json.ts'

/** Servers that refuse `max_tokens` or pass over it, and of which models. */
const REFUSE_MAX_TOKENS: readonly (readonly [address: RegExp, models: RegExp])[] = [
  // Without `max_completion_tokens` it is 4,096: https://github.com/langchain-ai/langchain-snowflake/issues/132
  [/^https:\/\/[^/]+\.snowflakecomputing\.com\//, /./],
  // OpenAI's own words: "'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
  [/^https:\/\/models\.github\.ai\//, /^openai\/(?:o\d|gpt-5)/],
]

/** How the body is to be changed so that its limit of output is heeded; `undefined` where it is as it stands. */
export function limitRenamed(baseUrl: string, upstream: string): ((body: JsonRecord) => JsonRecord) | undefined {
  const isRefused = REFUSE_MAX_TOKENS.some(([address, models]) => address.test(baseUrl) && models.test(upstream))
  return isRefused ? renamed : undefined
}

function renamed({ max_tokens: limit, ...body }: JsonRecord): JsonRecord {
  return limit === undefined ? body : { ...body, max_completion_tokens: limit }
}
