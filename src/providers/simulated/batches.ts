/**
 * A vendor's batches: requests that are answered some time after they came, at half the price.
 *
 * @module
 */
import type { ServerResponse } from 'node:http'
import type { Arrival } from './arrival.ts'
import { type Batch, type Batches, type BatchItem, type BatchResult, hasEnded } from './batch-visit.ts'
import { parsed } from './request-body.ts'

export interface BatchesParts {
  /** Answers one request as if it had come by itself. */
  readonly vendor: { serve(body: unknown, arrival: Arrival, response: ServerResponse): void }
  /** What the ids begin with. */
  readonly prefix: string
  /** How long until its requests are answered. */
  readonly delayMs: number
  readonly now: () => number
}

export function createBatches({ vendor, prefix, delayMs, now }: BatchesParts): Batches {
  const all = new Map<string, Batch>()
  return {
    add(items, arrival) {
      const id = `${prefix}${now().toString(36)}${all.size + 1}`
      const answer = () => {
        for (const item of items) answerItem(vendor, item, arrival, result => batch.results.push(result))
      }
      const timer = setTimeout(answer, delayMs).unref()
      const batch: Batch = { id, createdAtMs: now(), items, results: [], timer, withdrawn: false }
      all.set(id, batch)
      return batch
    },
    find: id => all.get(id),
    list: () => [...all.values()].reverse(),
    withdraw(batch) {
      if (batch.withdrawn || hasEnded(batch)) return
      clearTimeout(batch.timer)
      batch.withdrawn = true
      const done = new Set(batch.results.map(({ id }) => id))
      for (const { id } of batch.items) if (!done.has(id)) batch.results.push({ id, kind: 'withdrawn' })
    },
  }
}

function answerItem(
  vendor: BatchesParts['vendor'],
  { id, body }: BatchItem,
  arrival: Arrival,
  tell: (result: BatchResult) => void,
): void {
  const headers = { ...arrival.headers, 'x-client-request-id': id }
  const response = captured((status, text) =>
    tell(text === undefined ? { id, kind: 'expired' } : { id, kind: 'answered', status, body: parsed(text) }),
  )
  vendor.serve(body, { ...arrival, headers, inBatch: true }, response)
}

/** Takes what is written to a response; without a text if the connection was cut. */
function captured(tell: (status: number, text?: string) => void): ServerResponse {
  const texts: string[] = []
  let status = 200
  let ended = false
  const end = (text?: string) => {
    if (ended) return
    ended = true
    tell(status, text)
  }
  const cut = () => end()
  const response = {
    socket: { destroy: cut, resetAndDestroy: cut },
    on() {},
    flushHeaders() {},
    writeHead(given: number) {
      status = given
    },
    write(text: string | Buffer, written?: () => void) {
      texts.push(String(text))
      written?.()
    },
    end: (text: string | Buffer = '') => end(texts.join('') + String(text)),
  }
  return response as unknown as ServerResponse
}
