import type { Dialect } from '../dialect.ts'
import { classifyError } from './classify-error.ts'
import { createModel } from './create-model.ts'
import { withFilesShown } from './files-shown.ts'
import { mending } from './mending.ts'
import { asMistralWants, isMistrals } from './mistral-prompt.ts'
import { outputLimit } from './output-limit.ts'
import { readUsage } from './read-usage.ts'
import { refuses } from './refuses.ts'
import { chatStoredBy } from './stored-by.ts'

/**
 * Open weights, whose servers send thoughts as they come: `reasoning_content` of DeepSeek, Alibaba, Z.ai, Moonshot and vLLM, `reasoning` of
 * Groq and OpenRouter. A host that hides them is waited for where reasoning is asked for.
 */
const SHOWN_UNASKED = /deepseek|qwen|qwq|glm-|kimi|minimax|gpt-oss/i

/** OpenAI's chat completions as the many other servers speak them. */
export const openaiCompatible: Dialect = {
  createModel,
  showsThoughts: ({ settings, endpoint }) =>
    settings.reasoning === undefined && SHOWN_UNASKED.test(`${endpoint.upstream} ${endpoint.model}`),
  fit: (prompt, { endpoint }) =>
    isMistrals(endpoint) ? asMistralWants(withFilesShown(prompt)) : withFilesShown(prompt),
  outputLimit,
  storedBy: chatStoredBy,
  classifyError,
  readUsage,
  refuses,
  mending,
}
