/**
 * What goes over the wire for one answer, laid out before it happens.
 *
 * @module
 */

/** What goes out `atMs` after the answer's beginning. `writtenTokens` counts the answer up to it. */
export interface Step {
  readonly atMs: number
  readonly text: string | Uint8Array
  readonly writtenTokens: number
}

/** `close`: the body ends in order. `cut`: the connection breaks. `hang`: nothing more comes. `reset`: it breaks at once. */
export type Ending = 'close' | 'cut' | 'hang' | 'reset'

export interface Delivery {
  readonly contentType: string
  readonly contentEncoding?: 'gzip'
  /** The headers go out before the first step is due. */
  readonly headersAtOnce: boolean
  readonly steps: readonly Step[]
  readonly ending: Ending
  /** No answer was being made: nothing is billed. */
  readonly void: boolean
  /** The whole answer came out, as far as the vendor is concerned. */
  readonly complete: boolean
}
