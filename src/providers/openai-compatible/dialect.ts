import type { Dialect } from '../dialect.ts'
import { chatStoredBy } from '../openai/stored-by.ts'
import { classifyError } from './classify-error.ts'
import { createModel } from './create-model.ts'
import { fit } from './fit-prompt.ts'
import { mending } from './mending.ts'
import { outputLimit } from './output-limit.ts'
import { readUsage } from './read-usage.ts'

/** OpenAI's chat completions as the many other servers speak them. */
export const openaiCompatible: Dialect = {
  createModel,
  shape: ({ settings }) => ({ providerOptions: { ...settings.providerOptions }, reasoning: true }),
  fit,
  outputLimit,
  storedBy: chatStoredBy,
  classifyError,
  readUsage,
  mending,
}
