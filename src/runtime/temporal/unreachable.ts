import type { ConnectionOptions } from '@temporalio/client'
import { knownAcrossCopies } from '../../core/across-copies.ts'
import { answersWith, GRPC } from './grpc-answer.ts'

/** A server that was looked for. */
export interface SoughtServer {
  readonly address: string
  /** Who says that it is there. `client`: a client of the caller's own. */
  readonly namedBy?: 'TEMPORAL_ADDRESS' | 'client'
  readonly client: Pick<ConnectionOptions, 'tls'>
  /** It has answered before. What is known of why it does not now. */
  readonly lost?: string
  /** The client that would ask it was closed by this process. */
  readonly isClosed?: true
}

/**
 * No Temporal server answers where one should be, or not any more, or one refuses the caller, or the client was closed. The message names the address, who says so, and what to do.
 * What came of TLS is not in the library's error, so the message says whether it was used.
 */
export class TemporalUnreachable extends Error {
  override readonly name = 'TemporalUnreachable'

  static {
    knownAcrossCopies(TemporalUnreachable, 'TemporalUnreachable')
  }

  constructor(server: SoughtServer, options?: ErrorOptions) {
    super(isRefusal(options?.cause) ? refusedWords(server) : silentWords(server), options)
  }
}

/** How a worker's connection, which has no code of it, says that the caller is not known or may not ask. */
const REFUSED = /: code: 'The (request does not have valid authentication|caller does not have permission)/

function isRefusal(cause: unknown): boolean {
  if (answersWith(cause, [GRPC.unauthenticated, GRPC.permissionDenied])) return true
  return cause instanceof Error && REFUSED.test(cause.message)
}

function refusedWords({ address, namedBy, client }: SoughtServer): string {
  const which = namedBy === 'TEMPORAL_ADDRESS' ? ', which TEMPORAL_ADDRESS names,' : ''
  const overTls = client.tls ? ' or the certificate in TEMPORAL_TLS_CLIENT_CERT_PATH' : ''
  return `the Temporal server at ${address}${which} does not accept this caller; check the API key in TEMPORAL_API_KEY${overTls}`
}

/** With which gRPC's words for a failed connection end. */
const EMPTY_NOTE = / Resolution note: $/

function silentWords(server: SoughtServer): string {
  const { address, namedBy, client, lost, isClosed } = server
  if (isClosed)
    return `this client is closed: this process has called \`close()\` of it, so the Temporal server at ${address} is not asked any more. End what uses it before that, or connect again`
  if (lost !== undefined)
    return `the Temporal server at ${address} cannot be used now (${lost.replace(EMPTY_NOTE, '')}); check that it is running and can be reached from here, then try again`
  const overTls = client.tls ? ' over TLS' : ''
  return `no Temporal server answers${overTls} at ${address}${wordsFor(namedBy)}${tlsWords(server)}`
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
    return '. TEMPORAL_TLS_SERVER_CA_CERT_PATH names an authority for its certificate, TEMPORAL_TLS_SERVER_NAME the name in it, TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH a certificate of yours; TEMPORAL_TLS=false turns TLS off'
  return namedBy === undefined ? '' : '. If it speaks TLS, set TEMPORAL_TLS=true'
}
