import type { ConnectionOptions } from '@temporalio/client'

/** A server that was looked for. */
interface SoughtServer {
  readonly address: string
  /** Who says that it is there. `client`: a client of the caller's own. */
  readonly namedBy?: 'TEMPORAL_ADDRESS' | 'client'
  readonly client: Pick<ConnectionOptions, 'tls'>
}

/**
 * No Temporal server answers where one should be. The message names the address, who says so, and what to do. What came of
 * TLS is not in the library's error, so the message says whether it was used.
 */
export class TemporalUnreachable extends Error {
  override readonly name = 'TemporalUnreachable'

  constructor(server: SoughtServer, options?: ErrorOptions) {
    const { address, namedBy, client } = server
    const overTls = client.tls ? ' over TLS' : ''
    super(`no Temporal server answers${overTls} at ${address}${wordsFor(namedBy)}${tlsWords(server)}`, options)
  }
}

/** A shell may still name a dev server that has ended, and then `signalbox dev` starts none. */
function wordsFor(namedBy: SoughtServer['namedBy']): string {
  if (namedBy === 'client')
    return ', where the client that `connect` was given looks for one; correct its address or its TLS, or start a server there'
  if (namedBy === undefined) return '; start one with `signalbox dev`, or set TEMPORAL_ADDRESS to where it is'
  return `, which ${namedBy} names; set it to where one is, or unset it and start one with \`signalbox dev\``
}

function tlsWords({ client, namedBy }: SoughtServer): string {
  if (namedBy === 'client') return ''
  if (client.tls)
    return '. TEMPORAL_TLS_SERVER_CA_CERT_PATH names an authority for its certificate, and TEMPORAL_TLS=false turns TLS off'
  return namedBy === undefined ? '' : '. If it speaks TLS, set TEMPORAL_TLS=true'
}
