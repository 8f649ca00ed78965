/**
 * Defines agents, tools and answer schemas.
 *
 * Clients import `signalbox/client`, workers `signalbox/worker`, workflows `signalbox/workflow`, tests `signalbox/testing`.
 *
 * @module
 */
export type { ValueNamed } from './core/app-types.ts'
export type { ContentRule } from './core/content/content-rule.ts'
export type { RunEvent } from './core/events.ts'
export type { Fault, FaultKind } from './core/faults/fault.ts'
export type { Jsonable, JsonValue } from './core/messages.ts'
export type { Policy } from './core/policy/policy.ts'
export type {
  Agent,
  AgentOf,
  AnswerSchema,
  AnswerSchemaOf,
  InstructionsContext,
  Tool,
  ToolCallContext,
  ToolOf,
} from './core/ports.ts'
export type {
  AgentPlan,
  Brief,
  Budget,
  Cost,
  Labels,
  Outcome,
  RunState,
  Terms,
  ToolChoice,
} from './core/protocol.ts'
export type { ToolContent } from './core/tools/tool-content.ts'
export type { ToolInput, ToolResult } from './core/tools/tool-types.ts'
export type { Usage } from './core/usage.ts'
export {
  type AgentDefinition,
  defineAgent,
  defineRemoteTool,
  defineSchema,
  defineTool,
  type McpServer,
  type McpServers,
  type RemoteToolDefinition,
  type ToolDefinition,
} from './tools/index.ts'
