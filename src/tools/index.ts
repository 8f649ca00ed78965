/**
 * Definitions of tools, agents and answer schemas, MCP servers, and the registry of a worker.
 *
 * @module
 */
export { capResult } from './cap-result.ts'
export { type AgentDefinition, defineAgent, givenValues } from './define-agent.ts'
export { defineRemoteTool, type RemoteToolDefinition } from './define-remote-tool.ts'
export { defineSchema } from './define-schema.ts'
export { defineTool, type ToolDefinition } from './define-tool.ts'
export { connectMcpServers } from './mcp/connect-servers.ts'
export type { McpTools } from './mcp/mcp-tools.ts'
export type { McpServer, McpServers } from './mcp/server-settings.ts'
export { createRegistry, type Registry, type RegistryEntries } from './registry.ts'
export { inputProblem, inputsProblems, type WorkflowInputs } from './workflow-inputs.ts'
