/**
 * How the tools of MCP servers are named.
 *
 * @module
 */

/** That vendors take. */
const LONGEST_NAME = 64

/** Servers may name their tools with dots and at any length, and whoever uses one cannot have it named otherwise. */
export function offeredName(server: string, tool: string): string {
  return `${server}__${tool}`.replace(/[^\w-]/g, '_').slice(0, LONGEST_NAME)
}

/** With what the names of all of a server's tools begin. */
export function toolPrefix(server: string): string {
  return offeredName(server, '')
}
