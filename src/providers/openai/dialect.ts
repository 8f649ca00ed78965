import type { Dialect } from '../dialect.ts'
import { classifyError } from '../openai-compatible/classify-error.ts'
import { withFilesShown } from '../openai-compatible/files-shown.ts'
import { mending } from '../openai-compatible/mending.ts'
import { readUsage } from '../openai-compatible/read-usage.ts'
import { refuses } from '../openai-compatible/refuses.ts'
import { chatStoredBy } from '../openai-compatible/stored-by.ts'
import { batchAt } from './batch.ts'
import { withCacheKey } from './cache-key.ts'
import { createModel } from './create-model.ts'
import { outputLimit } from './output-limit.ts'
import { withReasoningKnown } from './reasons.ts'
import { withoutStrictness } from './strict-schema.ts'

/** OpenAI's chat completions. Under ZDR it is told not to store, whatever the account's default. */
export const openai: Dialect = {
  createModel,
  shape(ask) {
    const { settings, endpoint, schema, zdr } = ask
    const { openai: own, ...others } = settings.providerOptions ?? {}
    const openai = {
      ...withoutStrictness(schema?.json),
      ...withReasoningKnown(endpoint),
      ...withCacheKey(ask, own),
      ...(zdr && own?.store !== true && { store: false }),
    }
    return { providerOptions: { ...others, openai } }
  },
  fit: withFilesShown,
  outputLimit,
  storedBy: chatStoredBy,
  classifyError,
  readUsage,
  refuses,
  mending,
  batch: batchAt('/chat/completions'),
}
