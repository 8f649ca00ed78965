/**
 * Connects to the MCP servers of an app. What speaks with them is a tenth of all that a worker loads, and loaded where there are any.
 *
 * @module
 */
import type { ConnectMcpOptions, McpTools } from './mcp-tools.ts'
import { type McpServers, requireServers } from './server-settings.ts'

/**
 * Connects to every server and lists its tools. The list stays as it is until the worker starts again.
 *
 * @throws McpServerProblem that names every server that has wrong settings or cannot be reached. All connections are closed then.
 */
export async function connectMcpServers(servers: McpServers = {}, options: ConnectMcpOptions = {}): Promise<McpTools> {
  requireServers(servers)
  if (Object.keys(servers).length === 0) return { tools: [], warnings: [], close: async () => {} }
  const { connectEach } = await import('./mcp-tools.ts')
  return connectEach(servers, options)
}
