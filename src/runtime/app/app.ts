/**
 * What a user's own code brings to a worker.
 *
 * @module
 */
import type { Agent, AnswerSchema, Tool } from '../../core/ports.ts'
import type { McpServers } from '../../tools/index.ts'

/** Agents, tools, schemas and workflows of one's own. */
export interface App {
  /** Of `defineAgent`. */
  readonly agents?: readonly Agent[]
  /** Of `defineTool` and `defineRemoteTool`. */
  readonly tools?: readonly Tool[]
  /** Of `defineSchema`. */
  readonly schemas?: readonly AnswerSchema[]
  /** Servers of the Model Context Protocol; the tool `find` of the server `shop` is named `shop__find`. */
  readonly mcpServers?: McpServers
  /** A module whose exported functions are workflows; served beside the ready agent. */
  readonly workflowsPath?: string
}
