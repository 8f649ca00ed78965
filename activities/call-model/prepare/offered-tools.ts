/**
 * The tools of a call as vendors are told of them.
 *
 * @module
 */
import { READ_RESULT } from '../../../src/core/agent/cleared-note.ts'
import type { FunctionTool } from '../../../src/core/messages.ts'
import { unknownName } from '../../names.ts'
import { READ_RESULT_TOOL } from '../../read-result.ts'
import type { CallModelPorts } from '../ports.ts'

/** In the order of their names, or the sentence about the first that does not exist. */
export function offeredTools({ registry }: CallModelPorts, names: readonly string[]): readonly FunctionTool[] | string {
  const tools: FunctionTool[] = []
  for (const name of names) {
    const tool = functionTool(registry, name)
    if (!tool) return unknownName('tool', name, registry.names('tool'))
    tools.push(tool)
  }
  return tools
}

/** A tool, or an agent that the model may ask like one. */
function functionTool(registry: CallModelPorts['registry'], name: string): FunctionTool | undefined {
  const tool = registry.tool(name)
  if (!tool && name === READ_RESULT) return READ_RESULT_TOOL
  const agent = tool ? undefined : registry.agent(name)
  if (agent) return { type: 'function', name, description: agent.description ?? '', inputSchema: AGENT_INPUT }
  if (!tool) return undefined
  const inputSchema = tool.inputSchema as FunctionTool['inputSchema']
  return { type: 'function', name, description: tool.description, inputSchema }
}

/** What an agent reads as its user's message. */
const AGENT_INPUT: FunctionTool['inputSchema'] = {
  type: 'object',
  properties: {
    input: { type: 'string', description: 'All that it needs to know: it sees nothing of this conversation.' },
  },
  required: ['input'],
  additionalProperties: false,
}
