import type { TemporalConnection } from './connection-options.ts'

/**
 * No Temporal server answers where one should be. The message names the address, who says so, and what to do. What came of
 * TLS is not in the library's error, so the message says whether it was used.
 */
export class TemporalUnreachable extends Error {
  override readonly name = 'TemporalUnreachable'

  constructor(temporal: Pick<TemporalConnection, 'address' | 'namedBy' | 'client'>, options?: ErrorOptions) {
    const { address, namedBy, client } = temporal
    const overTls = client.tls ? ' over TLS' : ''
    super(`no Temporal server answers${overTls} at ${address}${wordsFor(namedBy)}${tlsWords(temporal)}`, options)
  }
}

/** A shell may still name a dev server that has ended, and then `signalbox dev` starts none. */
function wordsFor(namedBy: string | undefined): string {
  if (namedBy === undefined) return '; start one with `signalbox dev`, or set TEMPORAL_ADDRESS to where it is'
  return `, which ${namedBy} names; set it to where one is, or unset it and start one with \`signalbox dev\``
}

function tlsWords({ client, namedBy }: Pick<TemporalConnection, 'namedBy' | 'client'>): string {
  if (client.tls)
    return '. TEMPORAL_TLS_SERVER_CA_CERT_PATH names an authority for its certificate, and TEMPORAL_TLS=false turns TLS off'
  return namedBy === undefined ? '' : '. If it speaks TLS, set TEMPORAL_TLS=true'
}
