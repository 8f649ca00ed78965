/**
 * The proxies behind which vendors are reached.
 *
 * @module
 */

/** Addresses, with a name and a password where the proxy wants them: they are shown nowhere. */
export interface Proxies {
  /** For `https:` origins. @defaultValue `http` */
  readonly https?: string
  readonly http?: string
  /** Hosts that are reached without one, as `NO_PROXY` lists them. */
  readonly except?: string
}

/** The variable that names the proxy for an origin. This machine is reached without one, whatever is set. */
export function proxyOf(origin: string, { https, http }: Proxies): 'HTTPS_PROXY' | 'HTTP_PROXY' | undefined {
  const { protocol, hostname } = new URL(origin)
  if (LOOPBACK.test(hostname)) return undefined
  if (protocol === 'https:' && https) return 'HTTPS_PROXY'
  return http ? 'HTTP_PROXY' : undefined
}

const LOOPBACK = /^(?:localhost|.*\.localhost|127(?:\.\d+){3}|\[::1\])$/
