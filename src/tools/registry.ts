/**
 * The agents, tools, schemas and workflow inputs of one worker, by name.
 *
 * @module
 */
import { READ_RESULT } from '../core/agent/cleared-note.ts'
import { budgetProblem } from '../core/budgets/budget-problem.ts'
import type { Agent, AnswerSchema, RegistryPort, Tool } from '../core/ports.ts'
import { choiceProblem } from '../core/tools/tool-choice.ts'
import { didYouMean } from '../core/words/did-you-mean.ts'
import { nearest } from '../core/words/nearest.ts'
import { priceProblem } from './price.ts'
import { inputProblem, inputsProblems, type WorkflowInputs } from './workflow-inputs.ts'

/** What an app offers to a worker. */
export interface RegistryEntries {
  readonly agents?: readonly Agent[] | undefined
  readonly tools?: readonly Tool[] | undefined
  readonly schemas?: readonly AnswerSchema[] | undefined
  readonly inputs?: WorkflowInputs | undefined
}

export interface Registry extends RegistryPort {
  /** Everything that is wrong with the entries, one sentence each. A worker must not start if there is anything. */
  readonly problems: readonly string[]
}

type RegistryKind = Parameters<RegistryPort['names']>[0]

/** What OpenAI and Anthropic accept as the name of a tool or schema; Google accepts it and more. */
const VENDOR_NAME = /^[a-zA-Z0-9_-]{1,64}$/

/** Makes a registry of the entries. If two have the same name, the first one counts and `problems` says so. */
export function createRegistry(entries: RegistryEntries): Registry {
  const { agents = [], tools = [], schemas = [], inputs = {} } = entries
  const names = { agent: namesOf(agents), tool: namesOf(tools), schema: namesOf(schemas) }
  const agentByName = byName(agents)
  const toolByName = byName(tools)
  const schemaByName = byName(schemas)
  return {
    agent: name => agentByName.get(name),
    tool: name => toolByName.get(name),
    schema: name => schemaByName.get(name),
    inputProblem: (workflow, input) => inputProblem(inputs, workflow, input),
    names: kind => names[kind],
    problems: [
      ...nameProblems('agent', names.agent),
      ...nameProblems('tool', names.tool, name => serverClash(name, tools)),
      ...builtInProblems(names.tool),
      ...tools.flatMap(priceProblems),
      ...nameProblems('schema', names.schema),
      ...agents.flatMap(agent => agentProblems(agent, names)),
      ...inputsProblems(inputs),
      ...agentInputProblems(names.agent, inputs),
    ],
  }
}

/** Agents take messages, so nothing would ever check a schema for an agent's input. */
function agentInputProblems(agents: readonly string[], inputs: WorkflowInputs): readonly string[] {
  return Object.keys(inputs)
    .filter(name => agents.includes(name))
    .map(name => `\`inputs\` has a schema for '${name}', which is an agent; only workflows of your own have one`)
}

interface Named {
  readonly name: string
}

function namesOf(entries: readonly Named[]): readonly string[] {
  return entries.map(entry => entry.name)
}

function byName<Entry extends Named>(entries: readonly Entry[]): ReadonlyMap<string, Entry> {
  return new Map(entries.toReversed().map(entry => [entry.name, entry]))
}

function nameProblems(
  kind: RegistryKind,
  names: readonly string[],
  reason: (name: string) => string | undefined = () => undefined,
): readonly string[] {
  const refused = names
    .filter(name => !VENDOR_NAME.test(name))
    .map(name => `${kind} '${name}': a name must be 1 to 64 letters, digits, "_" or "-"`)
  const twice = twiceIn(names).map(name => `${kind} '${name}' ${reason(name) ?? 'is defined more than once'}`)
  return [...refused, ...twice]
}

/**
 * Why several tools have this name, if MCP servers are involved. The app cannot rename a server's tools, but it can rename the server,
 * whose name their names begin with.
 */
function serverClash(name: string, tools: readonly Tool[]): string | undefined {
  const named = tools.filter(tool => tool.name === name)
  const servers = named.flatMap(({ server }) => (server ? [`'${server.name}'`] : []))
  const another = "another name in `mcpServers`, which its tools' names begin with"
  if (servers.length === 0) return undefined
  if (servers.length < named.length)
    return `is a tool of the MCP server ${servers[0]} and also one of yours; give the server ${another}, or rename yours`
  return `is a tool of the MCP servers ${servers.join(' and ')}; give one of these ${another}`
}

function twiceIn(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name, at) => names.indexOf(name) < at))]
}

function builtInProblems(tools: readonly string[]): readonly string[] {
  if (!tools.includes(READ_RESULT)) return []
  return [`tool '${READ_RESULT}' is built in, to read cleared results again; rename yours`]
}

/** Of a tool that was changed since it was defined. */
function priceProblems({ name, priceUsd }: Tool): readonly string[] {
  const problem = priceProblem(priceUsd)
  return problem === undefined ? [] : [`tool '${name}' has a wrong priceUsd: ${problem}`]
}

function agentProblems(agent: Agent, names: Readonly<Record<RegistryKind, readonly string[]>>): readonly string[] {
  const owner = `agent '${agent.name}'`
  return [
    ...agent.tools.flatMap(tool => unknownProblem(owner, 'tool', tool, names.tool)),
    ...(agent.agents ?? []).flatMap(other => unknownProblem(owner, 'agent', other, names.agent)),
    ...twiceIn(agent.tools).map(tool => `${owner} names the tool '${tool}' more than once, which vendors refuse`),
    ...twiceIn(agent.agents ?? []).map(other => `${owner} names the agent '${other}' more than once`),
    ...clashProblems(owner, agent, names.tool),
    ...agentBudgetProblems(owner, agent),
    ...(agent.schema === undefined ? [] : unknownProblem(owner, 'schema', agent.schema, names.schema)),
    ...toolChoiceProblem(owner, agent),
    ...limitProblem(owner, 'steps', agent.limits.steps),
    ...limitProblem(owner, 'parallelTools', agent.limits.parallelTools),
    ...limitProblem(owner, 'stepsPerPart', agent.limits.stepsPerPart ?? 1),
    ...limitProblem(owner, 'promptTokens', agent.limits.promptTokens ?? 1),
    ...limitProblem(owner, 'keptSteps', agent.limits.keptSteps ?? 1),
  ]
}

/**
 * Agents that are called like a tool. The model sees both as tools, and a call by that name would always reach the tool, even one that
 * only other agents have.
 */
function clashProblems(owner: string, { agents = [] }: Agent, tools: readonly string[]): readonly string[] {
  return agents
    .filter(name => tools.includes(name) || name === READ_RESULT)
    .map(name => `${owner} names '${name}' among its agents, and a tool is called that too; rename one of the two`)
}

function agentBudgetProblems(owner: string, { agentBudgets = {} }: Agent): readonly string[] {
  return Object.entries(agentBudgets).flatMap(([name, budget]) => {
    const problem = budgetProblem(budget)
    return problem === undefined ? [] : [`${owner}, its agent '${name}': ${problem}`]
  })
}

function toolChoiceProblem(owner: string, { toolChoice, tools, agents = [] }: Agent): readonly string[] {
  const problem = toolChoice === undefined ? undefined : choiceProblem(toolChoice, [...tools, ...agents])
  return problem === undefined ? [] : [`${owner} ${problem}`]
}

function unknownProblem(owner: string, kind: RegistryKind, name: string, names: readonly string[]): readonly string[] {
  if (names.includes(name)) return []
  const advice = `add it to the app's \`${kind}s\`, which has: ${names.join(', ') || 'none'}`
  return [`${owner} names the ${kind} '${name}', which is not registered${didYouMean(nearest(name, names), advice)}`]
}

function limitProblem(owner: string, limit: string, found: number): readonly string[] {
  if (Number.isSafeInteger(found) && found >= 1) return []
  return [`${owner} has limits.${limit} ${found}; it must be a whole number of at least 1`]
}
