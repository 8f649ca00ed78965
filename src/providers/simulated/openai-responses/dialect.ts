/**
 * OpenAI's Responses, with the store that it keeps of its answers unless it is told not to.
 *
 * @module
 */
import { bearerKey, type Dialect, modelInBody } from '../dialect.ts'
import { openaiLimitHeaders } from '../limit-headers.ts'
import { createOpenaiBatches } from '../openai/batches.ts'
import { responsesError } from './errors.ts'
import { createKept } from './kept.ts'
import { readResponsesRequest } from './read-request.ts'
import { writeResponseStream, writeResponseWhole } from './write-reply.ts'

export function createResponsesDialect(): Dialect {
  const kept = createKept()
  return {
    basePath: '/v1',
    modelPath: '/v1/responses',
    requestIdHeader: 'x-request-id',
    toolOrder: 'anywhere',
    leastOutput: 16,
    spelling: { name: /^[a-zA-Z0-9_-]{1,128}$/, callId: /^.{1,64}$/s },
    cacheMode: 'all',
    countsWrites: true,
    retryAfterIn: 'seconds',
    isModelPath: path => path === '/v1/responses',
    keyOf: bearerKey,
    modelOf: modelInBody,
    read: (body, _arrival, canThink) => kept.noted(readResponsesRequest(body, { canThink, ...kept })),
    limitHeaders: openaiLimitHeaders,
    refuse: responsesError,
    writeWhole: writeResponseWhole,
    writeStream: writeResponseStream,
    remember: kept.remember,
    batches: createOpenaiBatches(),
  }
}
