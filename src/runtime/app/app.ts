/**
 * What a user's own code brings to a worker.
 *
 * @module
 */
import type { Agent, AnswerSchema, Tool } from '../../core/ports.ts'
import type { McpServers } from '../../tools/index.ts'

/** Your agents, tools, schemas and workflows. */
export interface App {
  /** Made by `defineAgent`. */
  readonly agents?: readonly Agent[]
  /** Made by `defineTool` and `defineRemoteTool`. */
  readonly tools?: readonly Tool[]
  /** Made by `defineSchema`. */
  readonly schemas?: readonly AnswerSchema[]
  /** MCP servers. The tool `find` of the server `shop` is named `shop__find`. */
  readonly mcpServers?: McpServers
  /**
   * Names of task classes, `export const classes = ['cheap', 'strong'] as const`: to the compiler then no other is one, where it is given
   * the app's types. A worker starts only if its configuration has all of them; it may have more.
   *
   * @defaultValue the compiler takes any text for a class
   */
  readonly classes?: readonly string[]
  /** A module whose exported functions are workflows, served together with the built-in agent. */
  readonly workflowsPath?: string
}
