import { listOf, recordOf } from '../json.ts'

/** What makes Anthropic keep something: threads, containers, files, MCP servers, its own tools, the one-hour cache. */
export function storedBy(body: unknown): string | undefined {
  const fields = recordOf(body)
  if (fields.thread !== undefined) return 'a thread is kept by the vendor'
  if (fields.container !== undefined) return 'a container is kept by the vendor'
  if (listOf(fields.mcp_servers).length > 0) return 'an MCP server is called by the vendor'
  if (listOf(fields.tools).some(isVendorTool)) return 'a tool runs at the vendor'
  const text = JSON.stringify([fields.cache_control, fields.system, fields.tools, fields.messages])
  if (/"ttl":"1h"/.test(text)) return 'extended cache retention is on'
  return /"source":\{"type":"file"/.test(text) ? 'a message refers to a file that the vendor holds' : undefined
}

/** Tools of one's own have no type, or `custom`. */
function isVendorTool(tool: unknown): boolean {
  const { type } = recordOf(tool)
  return type !== undefined && type !== 'custom'
}
