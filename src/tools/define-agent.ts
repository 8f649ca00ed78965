/**
 * An agent: instructions, tools, a task class and limits, as a plain value without code.
 *
 * @module
 */
import type { ValueNamed } from '../core/app-types.ts'
import { definedOnly } from '../core/defined-only.ts'
import type { JsonValue } from '../core/messages.ts'
import type { AgentOf, AnswerSchema, AnswerSchemaOf, InstructionsFor, Tool } from '../core/ports.ts'
import type { AgentLimits, AgentPlan, Budget, CallSettings, ToolChoice } from '../core/protocol.ts'
import { SETTING_KEYS } from '../core/settings/setting-keys.ts'
import { settingsProblem } from '../core/settings/settings-problem.ts'
import { type KeysOf, refuseUnknown } from './refuse-unknown.ts'

const DEFAULT_LIMITS = {
  /** More than almost any question takes; it ends loops. */
  steps: 100,
  /** As many as a worker with two cores runs without becoming slow. */
  parallelTools: 8,
  /**
   * A worker with two cores replays 100 steps in 0.8 s and 120 in up to a second. May be changed: the agent's plan is in history, so a
   * part that has begun keeps the limit it began with.
   */
  stepsPerPart: 100,
}

/** The definition of an agent: what its author writes. */
export interface AgentDefinition {
  /** 1 to 64 letters, digits, `_` or `-`, which every vendor accepts. */
  readonly name: string
  /**
   * The system message, or a function that makes it for a run from its labels, its workspace and the time.
   *
   * The function is synchronous and is called once per run. Its result is recorded, and used in the prompt of every call.
   */
  readonly instructions: string | InstructionsFor
  /** For models of agents that may call this one: what it does, and when to call it. */
  readonly description?: string | undefined
  /** Tools, or the names of tools that are registered elsewhere. @defaultValue none */
  readonly tools?: readonly (Tool | string)[] | undefined
  /**
   * Agents, or their names, that the model may call like tools, several at a time. Each runs as a child run on the budget and under the
   * policy of this run. `budget` gives each such run a limit of its own within that budget, e.g.
   * `{ name: 'critic', budget: { usd: '0.10' } }`.
   *
   * @defaultValue none
   */
  readonly agents?: readonly (CallableAgent | string)[] | undefined
  /** The task class of its model calls. A run may be started with another. */
  readonly taskClass: string
  /**
   * The task class of the calls that summarise what no longer fits into the prompt.
   *
   * @defaultValue the class `compaction` if it is configured, else the agent's own
   */
  readonly compaction?: string | undefined
  /** @defaultValue 100 steps, 8 parallel tools, 100 steps per part; prompts as long as the class's context windows allow */
  readonly limits?: Partial<AgentLimits> | undefined
  /** Settings of all its model calls. @defaultValue the task class's */
  readonly settings?: CallSettings | undefined
  /**
   * Whether the first answer to each input must call tools: at least one (`required`), none (`none`), or a certain tool or agent, given as
   * its value or its name. After that the model chooses freely; a model that always has to call a tool would never answer.
   *
   * @defaultValue 'auto': the model chooses
   */
  readonly toolChoice?: 'auto' | ToolChoice | { readonly name: string } | undefined
  /** The schema that the last answer must satisfy. @defaultValue free text */
  readonly schema?: AnswerSchema | string | undefined
}

/** An agent that another agent's model may call, e.g. what {@link defineAgent} returns. */
interface CallableAgent {
  readonly name: string
  readonly budget?: Budget
}

const KEYS: KeysOf<AgentDefinition> = {
  name: true,
  instructions: true,
  description: true,
  tools: true,
  agents: true,
  taskClass: true,
  compaction: true,
  limits: true,
  settings: true,
  toolChoice: true,
  schema: true,
}

const LIMIT_KEYS: KeysOf<AgentLimits> = {
  steps: true,
  parallelTools: true,
  stepsPerPart: true,
  promptTokens: true,
  keptSteps: true,
}

/** What an agent with this `schema` returns: `undefined` without one; if only its name is known, the app says it. */
type SchemaValue<Schema> =
  Schema extends AnswerSchemaOf<infer Value>
    ? unknown extends Value
      ? JsonValue
      : Value
    : Schema extends string
      ? string extends Schema
        ? JsonValue
        : ValueNamed<Schema>
      : undefined

/**
 * Defines an agent. The result is plain JSON with all limits filled in, except for `instructions`, which may be a function.
 *
 * @throws TypeError for unknown keys, also in its limits and settings, and for invalid instructions.
 */
export function defineAgent<Name extends string = string, Schema extends AgentDefinition['schema'] = undefined>(
  definition: AgentDefinition & { readonly name: Name; readonly schema?: Schema },
): AgentOf<SchemaValue<Schema>, Name> {
  refuseUnknown(`Agent '${definition.name}'`, definition, KEYS)
  refuseUnknown(`Agent '${definition.name}', in its limits,`, definition.limits ?? {}, LIMIT_KEYS)
  refuseUnknown(`Agent '${definition.name}', in its settings,`, definition.settings ?? {}, SETTING_KEYS)
  requireParts(definition)
  const { name, tools = [], agents = [], toolChoice = 'auto', limits = {}, schema, ...own } = definition
  const agent = {
    name,
    ...definedOnly(own),
    tools: tools.map(nameOf),
    ...(agents.length > 0 && { agents: agents.map(nameOf), ...budgetsOf(agents) }),
    ...(toolChoice !== 'auto' && { toolChoice: `${nameOf(toolChoice)}` }),
    limits: { ...DEFAULT_LIMITS, ...definedOnly(limits) },
    ...(schema !== undefined && { schema: nameOf(schema) }),
  }
  const given: GivenValues = { tools: tools.filter(isValue), schemas: schemasOf(definition) }
  return Object.defineProperty(agent, GIVEN, { value: given })
}

/** The tools and schemas that a definition gave as values. The agent itself has only their names. */
interface GivenValues {
  readonly tools: readonly Tool[]
  readonly schemas: readonly AnswerSchema[]
}

/**
 * Where an agent keeps its given values, so that they are neither in its JSON nor in copies of it. `Symbol.for`: another copy of this
 * package must find them too.
 */
const GIVEN = Symbol.for('signalbox.given')

/** The tools and schemas that were given to `defineAgent` as values. Empty for a copy of an agent, such as `{ ...agent }`. */
export function givenValues(agent: object): GivenValues {
  const { [GIVEN]: given = { tools: [], schemas: [] } } = agent as { readonly [GIVEN]?: GivenValues }
  return given
}

function schemasOf({ schema }: AgentDefinition): readonly AnswerSchema[] {
  return isValue(schema) ? [schema] : []
}

function isValue<Value>(given: Value | string | undefined): given is Value {
  return typeof given === 'object'
}

/** Refuses what the compiler would have refused, for callers who write JavaScript. */
function requireParts(definition: AgentDefinition): void {
  const { name, instructions, taskClass, tools = [], agents = [], schema = '', settings = {} } = definition
  const problem =
    (typeof instructions === 'string' || typeof instructions === 'function'
      ? undefined
      : 'no instructions; give it a text, or a function that makes one for a run') ??
    (typeof taskClass === 'string' ? undefined : 'no taskClass; name a class of signalbox.yaml') ??
    listProblem('tools', tools) ??
    listProblem('agents', agents) ??
    (isNamed(schema) ? undefined : 'a schema without a name; give it what `defineSchema` returns, or its name')
  if (problem !== undefined) throw new TypeError(`Agent '${name}' has ${problem}`)
  const wrong = settingsProblem(settings)
  if (wrong !== undefined) throw new TypeError(`Agent '${name}' ${wrong}`)
}

function listProblem(what: 'tools' | 'agents', given: unknown): string | undefined {
  if (!Array.isArray(given)) return `${what} that are not a list; write \`${what}: […]\``
  return given.every(isNamed) ? undefined : `${what} of which one has no name; give what our functions return, or names`
}

function isNamed(given: unknown): boolean {
  return typeof given === 'string' || typeof (Object(given) as { name?: unknown }).name === 'string'
}

function budgetsOf(agents: NonNullable<AgentDefinition['agents']>): Pick<AgentPlan, 'agentBudgets'> {
  const limited = agents.flatMap(agent =>
    typeof agent !== 'string' && agent.budget ? [[agent.name, agent.budget] as const] : [],
  )
  return limited.length > 0 ? { agentBudgets: Object.fromEntries(limited) } : {}
}

function nameOf(named: { readonly name: string } | string): string {
  return typeof named === 'string' ? named : named.name
}
