/**
 * A vendor's batches, and a request that comes for them.
 *
 * @module
 */
import type { Arrival } from './arrival.ts'

/** One request of a batch, under the asker's own id. */
export interface BatchItem {
  readonly id: string
  readonly body: unknown
}

/** What came of one. `expired`: it was never answered, as after a fault of the wire. */
export type BatchResult =
  | { readonly id: string; readonly kind: 'answered'; readonly status: number; readonly body: unknown }
  | { readonly id: string; readonly kind: 'expired' | 'withdrawn' }

export interface Batch {
  readonly id: string
  readonly createdAtMs: number
  readonly items: readonly BatchItem[]
  /** As many as there are items, once it has ended. */
  readonly results: BatchResult[]
  readonly timer: NodeJS.Timeout
  withdrawn: boolean
}

export interface Batches {
  /** @param arrival - Of the batch; each item arrives like that at the path of the ordinary interface. */
  add(items: readonly BatchItem[], arrival: Arrival): Batch
  find(id: string): Batch | undefined
  /** The newest first. */
  list(): readonly Batch[]
  /** Nothing of it is answered any more, unless all of it is. */
  withdraw(batch: Batch): void
}

export function hasEnded({ items, results }: Batch): boolean {
  return results.length >= items.length
}

/** What a protocol brings so that its vendor takes batches. */
export interface BatchService {
  /** Whether the path belongs to the batch interface. */
  isPath(path: string): boolean
  /** Answers a request of the batch interface; `undefined` where there is nothing. */
  serve(visit: BatchVisit): BatchReply | undefined
  /** What is read from a cache costs in a batch what it costs elsewhere. */
  readonly readsAsUsual?: true
}

export type BatchReply = { readonly json: unknown; readonly status?: number } | { readonly lines: readonly unknown[] }

/** A request that may be one of the batch interface. */
export interface BatchVisit {
  readonly method: string | undefined
  readonly path: string
  readonly text: string
  readonly arrival: Arrival
  readonly batches: Batches
}
