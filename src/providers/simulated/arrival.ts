import type { IncomingHttpHeaders } from 'node:http'

/** Where a request came in: what its address and headers say beyond the body. */
export interface Arrival {
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** It came in a batch: no limit turns it away, and it is billed at half the price. */
  readonly inBatch?: true
}
