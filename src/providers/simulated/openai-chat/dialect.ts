/**
 * OpenAI chat completions, and the vendors that speak them too.
 *
 * @module
 */
import { bearerKey, type Dialect, modelInBody } from '../dialect.ts'
import { openaiLimitHeaders } from '../limit-headers.ts'
import { createOpenaiBatches } from '../openai/batches.ts'
import { chatError } from './errors.ts'
import { readChatRequest } from './read-request.ts'
import { writeChatStream, writeChatWhole } from './write-reply.ts'

/** OpenAI's own. Those that speak its protocol make longer ids, and take them back. */
const SHORT_ID = { callId: /^.{1,40}$/s }

/**
 * `showsThinking`: thought goes out as `reasoning_content`, which OpenAI itself does not do. Such vendors tell nothing of their limits:
 * of those that speak the protocol some do, most do not.
 */
export function createChatDialect({ showsThinking }: { showsThinking: boolean }): Dialect {
  return {
    basePath: '/v1',
    modelPath: '/v1/chat/completions',
    requestIdHeader: 'x-request-id',
    toolOrder: 'next-turn',
    leastOutput: 1,
    spelling: { name: /^[a-zA-Z0-9_-]{1,64}$/, ...(!showsThinking && SHORT_ID) },
    cacheMode: 'all',
    countsWrites: true,
    retryAfterIn: 'seconds',
    isModelPath: path => path === '/v1/chat/completions',
    keyOf: bearerKey,
    modelOf: modelInBody,
    read: (body, _arrival, canThink) => readChatRequest(body, { showsThinking, canThink }),
    ...(!showsThinking && { limitHeaders: openaiLimitHeaders }),
    refuse: chatError,
    writeWhole: writeChatWhole,
    writeStream: writeChatStream,
    ...(!showsThinking && { batches: createOpenaiBatches() }),
  }
}
