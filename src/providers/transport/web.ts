/**
 * Requests to webhooks and MCP servers, which go through the same proxies as those to vendors.
 *
 * @module
 */
import { EnvHttpProxyAgent, fetch as fetchBy } from 'undici'
import { type Proxies, proxyOf } from './proxies.ts'

export interface Web {
  /** Like Node's own `fetch`. Rejects with {@link ProxyFailed} if nothing was reached and a proxy is set for the address. */
  readonly fetch: typeof fetch
  /** What is open is cut. */
  close(): Promise<void>
}

/** Nothing was reached, and a proxy was perhaps in the way. */
export class ProxyFailed extends TypeError {
  override readonly name = 'ProxyFailed'
  /** The one that names the proxy. */
  readonly variable: string

  constructor(variable: string, options: ErrorOptions) {
    super(`fetch failed (perhaps at the proxy that ${variable} names)`, options)
    this.variable = variable
  }
}

export function createWeb(proxies: Proxies): Web {
  const { https = '', http = '', except = '' } = proxies
  let agent: EnvHttpProxyAgent | undefined
  return {
    fetch: (asked, init) => {
      const variable = proxyOf(asked instanceof Request ? asked.url : String(asked), proxies)
      if (variable === undefined) return fetch(asked, init)
      agent ??= new EnvHttpProxyAgent({ httpsProxy: https, httpProxy: http, noProxy: except, allowH2: false })
      // Node's own takes no agent of another undici than the one that is built into it.
      const reply = fetchBy(asked as Parameters<typeof fetchBy>[0], { ...(init as object), dispatcher: agent })
      return reply.catch(error => {
        throw error instanceof TypeError ? new ProxyFailed(variable, { cause: error.cause }) : error
      }) as Promise<unknown> as Promise<Response>
    },
    close: async () => void (await agent?.destroy()),
  }
}
