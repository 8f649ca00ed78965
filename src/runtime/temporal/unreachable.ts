import type { TemporalConnection } from './connection-options.ts'

/** No Temporal server answers where one should be. The message names the address, who says so, and what to do. */
export class TemporalUnreachable extends Error {
  override readonly name = 'TemporalUnreachable'

  constructor({ address, namedBy }: Pick<TemporalConnection, 'address' | 'namedBy'>, options?: ErrorOptions) {
    super(`no Temporal server answers at ${address}${wordsFor(namedBy)}`, options)
  }
}

/** A shell may still name a dev server that has ended, and then `signalbox dev` starts none. */
function wordsFor(namedBy: string | undefined): string {
  if (namedBy === undefined) return '; start one with `signalbox dev`, or set TEMPORAL_ADDRESS to where it is'
  return `, which ${namedBy} names; set it to where one is, or unset it and start one with \`signalbox dev\``
}
