import type { Reported } from '../dialect.ts'
import { recordOf } from '../json.ts'
import { openaiCompatible } from '../openai-compatible/dialect.ts'
import { withFilesShown } from '../openai-compatible/files-shown.ts'
import { asMistralWants } from '../openai-compatible/mistral-prompt.ts'
import { readUsage } from '../openai-compatible/read-usage.ts'
import type { PackageDialect } from './dialect.ts'

/** OpenAI's counts, with names of its own for what was read from the cache (`MistralUsage` of the package). */
function mistralUsage(chunk: unknown, before: Reported): Reported {
  const usage = recordOf(recordOf(chunk).usage)
  const cached = usage.num_cached_tokens ?? recordOf(usage.prompt_token_details).cached_tokens
  return readUsage(cached === undefined ? chunk : { usage: { cached_tokens: cached, ...usage } }, before)
}

export const mistral: PackageDialect = {
  ...openaiCompatible,
  fit: prompt => asMistralWants(withFilesShown(prompt)),
  readUsage: mistralUsage,
}
