/**
 * OpenAI's Responses, with the store that it keeps of its answers unless it is told not to.
 *
 * @module
 */
import { bearerKey, type Dialect } from '../dialect.ts'
import { openaiLimitHeaders } from '../limit-headers.ts'
import { type Loose, recordOf, textOf } from '../loose.ts'
import { responsesError } from './errors.ts'
import { readResponsesRequest } from './read-request.ts'
import type { StoredItem } from './rules.ts'
import { itemsOf, writeResponseStream, writeResponseWhole } from './write-reply.ts'

/** The oldest items are forgotten beyond this, so that a long rehearsal does not grow for ever. */
const MAX_STORED = 20_000

export function createResponsesDialect(): Dialect {
  const stored = new Map<string, StoredItem>()
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
    modelOf: body => textOf(recordOf(body).model),
    read: (body, _arrival, model) =>
      readResponsesRequest(body, { canThink: model?.canThink ?? false, storedOf: id => stored.get(id) }),
    limitHeaders: openaiLimitHeaders,
    refuse: responsesError,
    writeWhole: writeResponseWhole,
    writeStream: writeResponseStream,
    remember(reply, ask) {
      if (ask.keepsNothing) return
      const items = itemsOf(reply, ask)
      for (const [place, item] of items.entries()) {
        const before = items[place - 1]
        const led = before?.type === 'reasoning' && { reasoningId: before.id }
        stored.set(item.id, { item: item as Loose, ...led })
      }
      for (const id of stored.keys()) {
        if (stored.size <= MAX_STORED) return
        stored.delete(id)
      }
    },
  }
}
