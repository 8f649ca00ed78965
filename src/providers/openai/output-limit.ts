import { countOf, recordOf } from '../json.ts'

/** `max_completion_tokens`, reasoning included; the older `max_tokens` for models without reasoning. */
export function outputLimit(body: unknown): number | undefined {
  const fields = recordOf(body)
  return countOf(fields.max_completion_tokens) ?? countOf(fields.max_tokens)
}
