import { listOf, recordOf, textOf } from '../json.ts'

/** OpenAI's models do so where a schema is asked for: https://platform.openai.com/docs/guides/structured-outputs */
export function refuses(chunk: unknown): boolean {
  const { delta, message } = recordOf(listOf(recordOf(chunk).choices)[0])
  return Boolean(textOf(recordOf(delta ?? message).refusal))
}
