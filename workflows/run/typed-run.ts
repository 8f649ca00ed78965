/**
 * A run whose verbs know an app's agents, tools, schemas and task classes: their names, what they take and what they give. Types alone.
 *
 * @module
 */
import type {
  AgentName,
  AppTypes,
  ClassOf,
  NameOf,
  OutcomeOf,
  SchemaInput,
  TypeIn,
  ValueOf,
} from '../../src/core/app-types.ts'
import type { Jsonable, JsonValue } from '../../src/core/messages.ts'
import type { Outcome } from '../../src/core/protocol.ts'
import type { AnyWorkflows, EndOf, WorkflowInput, WorkflowName } from '../../src/core/workflow-types.ts'
import type { ChildOptions } from './child-options.ts'
import type { Generated, GenerateOptions } from './generate.ts'
import type { Run } from './run.ts'
import type { AgentAnswer, AgentInput, AgentOptions } from './use-agent.ts'
import type { ToolAnswer, ToolOptions } from './use-tool.ts'

/**
 * An open run of a workflow that is served with this app. The compiler rejects names that the app does not have, and task classes
 * that are not in its `classes`, if it exports them. Inputs of tools, and
 * results of tools, schemas and agents, have the types of their definitions. So have children that are workflows, if their types are given
 * too.
 *
 * A function that takes any {@link Run} takes such a run. The verbs with `this: never` are there for that, and cannot be called: what
 * the compiler says of a wrong name is about the last form of a verb.
 */
export interface RunOf<App extends AppTypes, Workflows extends object = AnyWorkflows>
  extends Omit<Run, 'generate' | 'agent' | 'tool' | 'child'> {
  generate<Value = JsonValue>(this: never, taskClass: string, options: GenerateOptions): Promise<Generated<Value>>
  /**
   * Asks a model of the class. `value` has the schema's type; `undefined` if none is asked for. Throws what ends the run if no endpoint
   * answers, the budget is used up, or the run was stopped. A workflow that does not catch it ends with that outcome.
   */
  generate<Name extends NameOf<App, 'schemas'> | undefined = undefined>(
    taskClass: ClassOf<App>,
    options: Omit<GenerateOptions, 'schema'> & { readonly schema?: Name },
  ): Promise<Generated<Name extends string ? ValueOf<App, 'schemas', Name> : undefined>>
  agent<Value = JsonValue>(
    this: never,
    name: string,
    input: AgentInput,
    options?: AgentOptions,
  ): Promise<AgentAnswer<Value>>
  /**
   * Runs an agent inside this run, on its budget: once, or as the next turn of a conversation. `value` has the type of the agent's schema;
   * `undefined` if it has none. Throws what {@link RunOf.generate} throws.
   */
  agent<Name extends NameOf<App, 'agents'>>(
    name: Name,
    input: AgentInput,
    options?: AgentOptions,
  ): Promise<AgentAnswer<ValueOf<App, 'agents', Name>>>
  tool<Value = JsonValue>(this: never, name: string, input: Jsonable, options?: ToolOptions): Promise<ToolAnswer<Value>>
  /**
   * Runs a tool. A failure of the tool is an answer too, with `isError`. Nobody is asked, whatever its `needsApproval` says: that applies
   * to what a model wants. A tool of an MCP server takes and returns any JSON.
   */
  tool<Name extends NameOf<App, 'tools'> | ServedName<App>>(
    name: Name,
    input: InputOf<App, Name>,
    options?: ToolOptions,
  ): Promise<ToolAnswer<ResultOf<App, Name>>>
  /**
   * Runs an agent, or a workflow, as a child run: with its own history and its own line in the ledger, on the money and under the policy
   * of this run's tree. Resolves with the child's outcome, whatever it is. Throws only if this run itself has to end.
   *
   * The `output` of an agent has the type of its schema, that of a workflow the type of what it closes with; both are there if `kind` is
   * `answered`. Without the workflows' types you declare it yourself.
   */
  readonly child: string extends WorkflowName<Workflows> ? AnyChild<App> : Child<App, Workflows>
}

interface Child<App, Workflows> {
  <Output = JsonValue>(this: never, name: string, options: ChildOptions): Promise<Outcome<Output>>
  <Name extends NameOf<App, 'agents'> | WorkflowName<Workflows>>(
    name: Name,
    options: ChildOptions<ChildInput<App, Workflows, Name>, ClassOf<App>>,
  ): Promise<EndOf<App, Workflows, Name>>
}

/** Where nothing is said of workflows, any name may be one. What it takes is known if the app has a schema for it. */
interface AnyChild<App> {
  <Output = JsonValue>(this: never, name: string, options: ChildOptions): Promise<Outcome<Output>>
  <Name extends NameOf<App, 'agents'>>(
    name: Name,
    options: ChildOptions<Jsonable, ClassOf<App>>,
  ): Promise<OutcomeOf<App, Name>>
  <Output = JsonValue, Name extends string = string>(
    name: Name,
    options: ChildOptions<SchemaInput<App, Name, Jsonable>, ClassOf<App>>,
  ): Promise<Outcome<Output>>
}

type ChildInput<App, Workflows, Name> =
  Name extends AgentName<App> ? Jsonable : Given<SchemaInput<App, Name, WorkflowInput<Workflows, Name>>>

type Given<Input> = unknown extends Input ? Jsonable : Input

/** The tool `find` of the server `shop` is `shop__find`. */
type ServedName<App> = App extends { readonly mcpServers: infer Servers }
  ? `${keyof Servers & string}__${string}`
  : never

type InputOf<App, Name> = TypeIn<App, 'tools', Name, 'input', Jsonable>
type ResultOf<App, Name> = TypeIn<App, 'tools', Name, 'result', JsonValue>
