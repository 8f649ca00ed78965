import type { ConnectionOptions } from '@temporalio/client'
import { type ClientConfigProfile, loadClientConfigProfile, toClientOptions } from '@temporalio/envconfig'
import type { NativeConnectionOptions } from '@temporalio/worker'
import { definedOnly } from '../../core/defined-only.ts'
import { USUAL_PORT } from './usual-addresses.ts'

const DEFAULT_ADDRESS = `localhost:${USUAL_PORT}`
const DEFAULT_NAMESPACE = 'default'

/** Temporal's environment configuration cannot be read. The message says what is wrong with it and quotes no file. */
export class BrokenEnvironment extends Error {
  override readonly name = 'BrokenEnvironment'
}

/** What clients and workers need to reach one server. */
export interface TemporalConnection {
  /** `host:port`, for people. */
  readonly address: string
  /** The variable that says so. */
  readonly namedBy?: 'TEMPORAL_ADDRESS'
  readonly namespace: string
  /** For `Connection.connect` of `@temporalio/client`. */
  readonly client: ConnectionOptions
  /** For `NativeConnection.connect` of `@temporalio/worker`. */
  readonly native: NativeConnectionOptions
}

/**
 * A server as it is given in code: its address, and what is not as usual. What is left out is the namespace `default`, and a connection
 * to that address without TLS and key.
 */
export type TemporalPlace = Pick<TemporalConnection, 'address'> & Partial<TemporalConnection>

/** To the server that is given, else to the one that the environment names. @throws TypeError for one without an address */
export function connectionTo(given: TemporalPlace | undefined, env: NodeJS.ProcessEnv | undefined): TemporalConnection {
  if (given === undefined) return connectionOptions(env)
  const { address } = Object(given) as Partial<TemporalPlace>
  if (typeof address === 'string') return { ...localConnection(address), ...definedOnly(given) }
  throw new TypeError("`temporal` has no address; write { address: 'host:7233', namespace: 'default' }")
}

/**
 * Reads Temporal's own environment configuration: `TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`,
 * `TEMPORAL_TLS*`, and the profile file that they name or that lies in the user's configuration folder.
 *
 * @throws BrokenEnvironment for a profile file that is no file or not TOML, a certificate that cannot be read or lacks its key, or an
 * address that is none.
 */
export function connectionOptions(env: NodeJS.ProcessEnv = process.env): TemporalConnection {
  const { connectionOptions: read, namespace } = load(env)
  const { address = DEFAULT_ADDRESS, apiKey, metadata, tls } = read
  refuseScheme(address)
  const shared = definedOnly({ address, tls, metadata, apiKey }) satisfies ConnectionOptions & NativeConnectionOptions
  return {
    address,
    ...(env.TEMPORAL_ADDRESS && { namedBy: 'TEMPORAL_ADDRESS' }),
    namespace: namespace ?? DEFAULT_NAMESPACE,
    client: shared,
    native: shared,
  }
}

/** Workers would take it and clients not, which time out. */
function refuseScheme(address: string): void {
  const [, scheme, rest] = /^(\w+:\/\/)(.*)$/.exec(address) ?? []
  if (scheme === undefined) return
  throw new BrokenEnvironment(
    `the Temporal server's address is a host and a port, without \`${scheme}\`; set TEMPORAL_ADDRESS=${rest}`,
  )
}

/** As for a dev server of our own, whatever the environment says of others: no TLS and no key. */
export function localConnection(address: string): TemporalConnection {
  return { address, namespace: DEFAULT_NAMESPACE, client: { address }, native: { address } }
}

function load(env: NodeJS.ProcessEnv): ReturnType<typeof toClientOptions> {
  const profile = orBroken(() => loadClientConfigProfile({ overrideEnvVars: definedOf(env) }))
  refuseHalfPair(profile)
  return orBroken(() => toClientOptions(profile))
}

/** Temporal's library drops the one that is there, and the server then says no more than that it does not know the caller. */
function refuseHalfPair({ tls = {} }: ClientConfigProfile): void {
  if (tls.disabled || (tls.clientCert === undefined) === (tls.clientKey === undefined)) return
  const [given, missing, words] =
    tls.clientKey === undefined
      ? ['CERT', 'KEY', 'a certificate of yours and no key for it']
      : ['KEY', 'CERT', 'a key of yours and no certificate for it']
  throw new BrokenEnvironment(
    `for the Temporal server ${words} is named; set TEMPORAL_TLS_CLIENT_${missing}_PATH too, or unset TEMPORAL_TLS_CLIENT_${given}_PATH ` +
      `(in the profile file: client_${missing.toLowerCase()}_path, client_${given.toLowerCase()}_path)`,
  )
}

function orBroken<Read>(read: () => Read): Read {
  try {
    return read()
  } catch (cause) {
    // Only the first line: a TOML parser goes on to quote the file, which may hold an API key.
    const [problem] = (cause as Error).message.split('\n')
    throw new BrokenEnvironment(
      `Temporal's environment configuration cannot be read: ${problem}. ` +
        'Check the TEMPORAL_* variables and the file that TEMPORAL_CONFIG_FILE names.',
    )
  }
}

function definedOf(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined))
}
