/**
 * What a protocol brings so that its endpoints can be asked through the vendor's batch interface, one request a batch.
 *
 * @module
 */

/** A model's request, as its package has made it for the ordinary interface. */
export interface BatchRequest {
  /** The path of the ordinary interface. */
  readonly path: string
  readonly body: unknown
  /** Our own id of the request. */
  readonly id: string
}

/**
 * What has become of a batch. `refused`: with an error of the ordinary interface. `withdrawn`: somebody has cancelled it. `gone`: it has
 * ended, and there is no result of it.
 */
export type Looked =
  | { readonly kind: 'pending' | 'expired' | 'withdrawn' | 'gone' }
  | { readonly kind: 'answered'; readonly body: unknown }
  | { readonly kind: 'refused'; readonly status?: number; readonly body: unknown }

export interface WireRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** JSON, unless it says otherwise. */
  readonly body?: string
  readonly contentType?: string
  /** It makes the batch, which is billed. */
  readonly makesBatch?: true
}

/** Requests with the headers of the model's own, its key among them. Gives the body's text; every other end than success is thrown. */
export type Wire = (request: WireRequest) => Promise<string>

/** What is known of a batch whose id nobody has written down. */
export interface Sought {
  /** Our own id of the request in it. */
  readonly id: string
  /** It was not made before, by our clock. */
  readonly sinceMs: number
}

export interface BatchDialect {
  /** What is read from a cache costs in a batch what it costs elsewhere. Absent: it is cheaper too. */
  readonly readsAsUsual?: true
  /** Gives the vendor's id of the batch; `undefined` if its reply has none. */
  submit(wire: Wire, request: BatchRequest): Promise<string | undefined>
  look(wire: Wire, path: string, batch: string): Promise<Looked>
  withdraw(wire: Wire, path: string, batch: string): Promise<void>
  /** The batch of a request of ours. Absent: the vendor's list of batches does not say what is in them. */
  find?(wire: Wire, path: string, sought: Sought): Promise<string | undefined>
}
