import type { Dialect } from '../dialect.ts'
import { batch } from './batch.ts'
import { classifyError } from './classify-error.ts'
import { createModel } from './create-model.ts'
import { fit } from './fit-prompt.ts'
import { outputLimit } from './output-limit.ts'
import { readUsage } from './read-usage.ts'
import { storedBy } from './stored-by.ts'

/** Google's Gemini API. */
export const google: Dialect = {
  createModel,
  fit,
  outputLimit,
  storedBy,
  classifyError,
  readUsage,
  batch,
}
