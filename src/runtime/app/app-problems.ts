/**
 * What is wrong with what an app exports, as far as it can be known before anything is started.
 *
 * @module
 */
import type { Configuration } from '../../catalog/index.ts'
import { createRegistry } from '../../tools/index.ts'
import { serversProblem } from '../../tools/mcp/server-settings.ts'
import { toolPrefix } from '../../tools/mcp/tool-names.ts'
import type { App } from './app.ts'
import { missingWorkflows } from './bundle-errors.ts'
import { isModule } from './is-module.ts'
import { missingClasses } from './missing-classes.ts'
import { otherValues } from './other-values.ts'

/** One sentence each. The tools of MCP servers are not judged: only the servers know them. */
export function appProblems({ mcpServers = {}, workflowsPath, ...app }: App, configuration: Configuration) {
  const prefixes = Object.keys(mcpServers).map(toolPrefix)
  const agents = (app.agents ?? []).map(agent => ({
    ...agent,
    tools: agent.tools.filter(tool => !prefixes.some(prefix => tool.startsWith(prefix))),
  }))
  const wrongServers = serversProblem(mcpServers)
  const missing = workflowsPath !== undefined && !isModule(workflowsPath)
  return [
    ...createRegistry({ ...app, agents }).problems,
    ...otherValues(app),
    ...missingClasses({ ...app, agents }, configuration.directory),
    ...(wrongServers === undefined ? [] : [wrongServers]),
    ...(missing ? [missingWorkflows(workflowsPath)] : []),
  ]
}
