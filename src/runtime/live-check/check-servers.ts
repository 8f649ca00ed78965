/**
 * Tries the MCP servers of an app, to see whether a worker could serve their tools.
 *
 * @module
 */
import type { Tool } from '../../core/ports.ts'
import { createWeb } from '../../providers/transport/web.ts'
import { connectMcpServers, createRegistry, type McpServers } from '../../tools/index.ts'
import { McpServerProblem } from '../../tools/mcp/server-settings.ts'
import type { App } from '../app/app.ts'
import { proxiesOf } from '../proxies.ts'

/** What came of one server. */
export type ServerResult =
  | {
      readonly server: string
      readonly ok: true
      /** As agents name them. */
      readonly tools: readonly string[]
      readonly warnings: readonly string[]
    }
  | { readonly server: string; readonly ok: false; readonly why: string }

export interface ServersCheck {
  readonly servers: readonly ServerResult[]
  /** What is wrong with the app now that all tools are known; empty where a server lists none. */
  readonly problems: readonly string[]
}

/** Starts or reaches each server, lists its tools and ends it, as a worker does: all at the same time. */
export async function checkServers(app: App, env: NodeJS.ProcessEnv): Promise<ServersCheck> {
  const { mcpServers = {}, agents, schemas, tools: own = [] } = app
  const web = createWeb(proxiesOf(env))
  const tried = await Promise.all(
    Object.entries(mcpServers).map(([name, server]) => tryOne({ [name]: server }, web.fetch)),
  )
  await web.close()
  const servers = Object.keys(mcpServers).map((server, at) => ({ server, ...namedIn(tried[at]!) }))
  const tools = [...own, ...tried.flatMap(one => (one.ok ? one.tools : []))]
  const areKnown = tried.length > 0 && tried.every(({ ok }) => ok)
  return { servers, problems: areKnown ? createRegistry({ agents, schemas, tools }).problems : [] }
}

type Tried =
  | { readonly ok: true; readonly tools: readonly Tool[]; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly why: string }

async function tryOne(server: McpServers, send: typeof fetch): Promise<Tried> {
  try {
    const { close, ...listed } = await connectMcpServers(server, { send })
    await close()
    return { ok: true, ...listed }
  } catch (error) {
    if (!(error instanceof McpServerProblem)) throw error
    return { ok: false, why: error.message }
  }
}

function namedIn(tried: Tried) {
  return tried.ok ? { ...tried, tools: tried.tools.map(({ name }) => name) } : tried
}
