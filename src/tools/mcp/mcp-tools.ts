/**
 * Speaks with MCP servers, and offers their tools as ordinary tools.
 *
 * @module
 */
import { DEFAULT_REQUEST_TIMEOUT_MSEC } from '@modelcontextprotocol/sdk/shared/protocol.js'
import type { Tool } from '../../core/ports.ts'
import { type ConnectedServer, listTools } from './list-tools.ts'
import { unusableSchemas } from './output-schemas.ts'
import { servedTool } from './served-tool.ts'
import { McpServerProblem, type McpServers, requireTools } from './server-settings.ts'
import { createSession } from './session.ts'
import { offeredNames } from './tool-names.ts'

export interface McpTools {
  readonly tools: readonly Tool[]
  /** What is wrong with servers that can be used all the same, a sentence each. */
  readonly warnings: readonly string[]
  /** Closes the connections and ends the servers' processes. */
  close(): Promise<void>
}

export interface ConnectMcpOptions {
  /** How servers behind a URL are reached. @defaultValue the global `fetch`, past any proxy */
  readonly send?: typeof fetch
  /** Called once for each server that is slow to list its tools, with a sentence for people. @defaultValue nobody is told */
  readonly tellSlow?: (words: string) => void
  /** After how many milliseconds a server counts as slow. @defaultValue 5000 */
  readonly slowAfterMs?: number
}

/** Longer than most programs take to start, and shorter than people wait before they look for a mistake. */
const SLOW_AFTER_MS = 5_000

/** @throws McpServerProblem that names every server that cannot be reached. All connections are closed then. */
export async function connectEach(servers: McpServers, options: ConnectMcpOptions): Promise<McpTools> {
  const connected = Object.entries(servers).map(([name, settings]) => {
    return { name, settings, session: createSession(settings, options.send) }
  })
  const close = async () => {
    await Promise.all(connected.map(({ session }) => session.close()))
  }
  const listed = await Promise.allSettled(connected.map(server => toolsInTime(server, options)))
  const problems = listed.flatMap(one => (one.status === 'rejected' ? [one.reason] : []))
  if (problems.length > 0) {
    await close()
    throw joined(problems)
  }
  const served = listed.flatMap(one => (one.status === 'fulfilled' ? [one.value] : []))
  return {
    tools: served.flatMap(({ tools }) => tools),
    warnings: served.flatMap(({ warnings }) => warnings),
    close,
  }
}

/** The tools of a server. If they take long, somebody is told meanwhile. */
async function toolsInTime(
  server: ConnectedServer,
  { tellSlow = () => {}, slowAfterMs = SLOW_AFTER_MS }: ConnectMcpOptions,
): Promise<ServedTools> {
  const slow = setTimeout(() => tellSlow(slowWords(server.name)), slowAfterMs)
  return toolsOf(server).finally(() => clearTimeout(slow))
}

function slowWords(name: string): string {
  return `the MCP server '${name}' has not listed its tools yet, and the worker does not start before; each of its answers may take up to ${DEFAULT_REQUEST_TIMEOUT_MSEC / 1000} s`
}

/** All problems in one error, so that nobody has to start again to see the next. Any other error is a bug and comes first. */
function joined(problems: readonly unknown[]): unknown {
  const ours = problems.filter(problem => problem instanceof McpServerProblem)
  if (ours.length < problems.length) return problems.find(problem => !(problem instanceof McpServerProblem))
  if (ours.length === 1) return ours[0]
  return new McpServerProblem(ours.map(({ message }) => message).join('\n'), { cause: ours })
}

type ServedTools = Omit<McpTools, 'close'>

async function toolsOf(server: ConnectedServer): Promise<ServedTools> {
  const listed = await listTools(server)
  const names = listed.map(tool => tool.name)
  requireTools(server.name, server.settings, names)
  const offered = offeredNames(server.name, names)
  return {
    tools: listed.map(tool => servedTool(offered.get(tool.name)!, server, tool)),
    warnings: unusableSchemas(server.name, listed),
  }
}
