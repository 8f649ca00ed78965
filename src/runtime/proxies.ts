/**
 * The environment's word on how vendors, webhooks and MCP servers are reached.
 *
 * @module
 */
import type { Proxies } from '../providers/transport/proxies.ts'
import { ConfigurationProblem } from './configuration/configuration-problem.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, in small letters too, which go first unless they are empty, as with curl.
 *
 * @throws ConfigurationProblem when one is no address.
 */
export function proxiesOf(env: Environment): Proxies {
  const [https, http, except] = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'].map(
    name => env[name.toLowerCase()] || env[name],
  )
  const wrong = Object.entries({ HTTPS_PROXY: https, HTTP_PROXY: http }).filter(
    ([, address]) => address && !isProxy(address),
  )
  if (wrong.length > 0) {
    const names = wrong.map(([name]) => name).join(' and ')
    throw new ConfigurationProblem(
      `${names}: not the address of a proxy. Write http://host:port, with https or socks5 too.`,
    )
  }
  return { ...(https && { https }), ...(http && { http }), ...(except && { except }) }
}

function isProxy(address: string): boolean {
  return URL.canParse(address) && /^(?:https?|socks5?):$/.test(new URL(address).protocol)
}
