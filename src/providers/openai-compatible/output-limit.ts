import { countOf, recordOf } from '../json.ts'

/**
 * `max_completion_tokens` where it is given, else `max_tokens`. DashScope's `thinking_budget` bounds thinking apart
 * from `max_tokens` (Alibaba Cloud Model Studio, "Deep thinking"), so it adds.
 */
export function outputLimit(body: unknown): number | undefined {
  const fields = recordOf(body)
  const limit = countOf(fields.max_completion_tokens) ?? countOf(fields.max_tokens)
  return limit === undefined ? undefined : limit + (countOf(fields.thinking_budget) ?? 0)
}
