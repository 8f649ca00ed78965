/**
 * What a user's own code brings to a worker.
 *
 * @module
 */
import type { Agent, AnswerSchema, Tool } from '../../core/ports.ts'
import type { McpServers, WorkflowInputs } from '../../tools/index.ts'
import type { KeysOf } from '../../tools/refuse-unknown.ts'

/** Your agents, tools, schemas and workflows. */
export interface App {
  /** Made by `defineAgent`. */
  readonly agents?: readonly Agent[] | undefined
  /** Made by `defineTool` and `defineRemoteTool`. */
  readonly tools?: readonly Tool[] | undefined
  /** Made by `defineSchema`. */
  readonly schemas?: readonly AnswerSchema[] | undefined
  /** MCP servers. The tool `find` of the server `shop` is named `shop__find`. */
  readonly mcpServers?: McpServers | undefined
  /**
   * Names of task classes, `export const classes = ['cheap', 'strong'] as const`: to the compiler then no other is one, where it is given
   * the app's types. A worker starts only if its configuration has all of them; it may have more.
   *
   * @defaultValue the compiler takes any text for a class
   */
  readonly classes?: readonly string[] | undefined
  /**
   * What your workflows may be started with: zod schemas by the workflows' names. A run with another input ends as `refused` before any
   * code of its workflow runs; a client that is given these schemas does not start it.
   *
   * @defaultValue a workflow takes any JSON
   */
  readonly inputs?: WorkflowInputs | undefined
  /** A module whose exported functions are workflows, served together with the built-in agent. */
  readonly workflowsPath?: string | undefined
}

/** The names of what there is of an app, for those who refuse other options. */
export const APP_KEYS: KeysOf<App> = {
  agents: true,
  tools: true,
  schemas: true,
  mcpServers: true,
  classes: true,
  inputs: true,
  workflowsPath: true,
}

/** For whoever spreads a module that exports more than an app. */
export const OTHER_EXPORTS =
  'if your app exports it for others, give only what is served, such as `const { agents, tools, workflowsPath } = app`'

export const APP_EXPORTS = Object.keys(APP_KEYS) as readonly (keyof App)[]
