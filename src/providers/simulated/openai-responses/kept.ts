/**
 * What the vendor keeps of its answers, for requests that name them later.
 *
 * @module
 */
import type { Ask } from '../ask.ts'
import type { Loose } from '../loose.ts'
import type { Reply } from '../reply.ts'
import type { ReadRequest, ResponsesReading } from './read-request.ts'
import type { StoredItem } from './rules.ts'
import { itemsOf } from './write-reply.ts'

/** The oldest are forgotten beyond these, so that a long rehearsal does not grow for ever. */
const MAX_ITEMS = 20_000
const MAX_RESPONSES = 2_000

export interface Kept extends Pick<ResponsesReading, 'storedOf' | 'upTo'> {
  /** Gives the request as it came, and knows its items when it is answered. */
  noted(request: ReadRequest): ReadRequest
  remember(reply: Reply, ask: Ask): void
}

export function createKept(): Kept {
  const items = new Map<string, StoredItem>()
  const responses = new Map<string, readonly Loose[]>()
  const asked = new WeakMap<Ask, readonly Loose[]>()
  return {
    storedOf: id => items.get(id),
    upTo: id => responses.get(id),
    noted(request) {
      if ('ask' in request) asked.set(request.ask, request.items)
      return request
    },
    remember(reply, ask) {
      if (ask.keepsNothing) return
      const given = itemsOf(reply, ask)
      for (const [place, item] of given.entries()) {
        const before = given[place - 1]
        const led = before?.type === 'reasoning' && { reasoningId: before.id }
        items.set(item.id, { item: item as Loose, ...led })
      }
      responses.set(`resp_${reply.id}`, [...(asked.get(ask) ?? []), ...(given as readonly Loose[])])
      dropOldest(items, MAX_ITEMS)
      dropOldest(responses, MAX_RESPONSES)
    },
  }
}

function dropOldest(kept: Map<string, unknown>, most: number): void {
  for (const id of kept.keys()) {
    if (kept.size <= most) return
    kept.delete(id)
  }
}
