/**
 * Anthropic's messages.
 *
 * @module
 */
import { type Arrival, bearerKey, type Dialect, modelInBody } from '../dialect.ts'
import { anthropicLimitHeaders } from '../limit-headers.ts'
import { messageBatches } from './batches.ts'
import { messagesError } from './errors.ts'
import { readMessagesRequest } from './read-request.ts'
import { writeMessageStream, writeMessageWhole } from './write-reply.ts'

export function createAnthropicDialect(): Dialect {
  return {
    basePath: '/v1',
    modelPath: '/v1/messages',
    requestIdHeader: 'request-id',
    toolOrder: 'next-turn',
    leastOutput: 1,
    spelling: { name: /^[a-zA-Z0-9_-]{1,128}$/, callId: /^[a-zA-Z0-9_-]+$/ },
    cacheMode: 'marked',
    countsWrites: true,
    retryAfterIn: 'seconds',
    isModelPath: path => path === '/v1/messages',
    keyOf: apiKeyOf,
    modelOf: modelInBody,
    read: (body, _arrival, canThink) => readMessagesRequest(body, canThink),
    limitHeaders: anthropicLimitHeaders,
    refuse: messagesError,
    writeWhole: writeMessageWhole,
    writeStream: writeMessageStream,
    batches: messageBatches,
  }
}

function apiKeyOf(arrival: Arrival): string | undefined {
  const key = arrival.headers['x-api-key']
  return typeof key === 'string' ? key : bearerKey(arrival)
}
