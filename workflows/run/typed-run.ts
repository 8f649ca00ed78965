/**
 * A run that knows the types of an app: the names of its agents, tools, schemas and task classes, their inputs, and what they return. Types
 * only.
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
import type { AgentAnswer, AgentInput, AgentOptions } from './agents/use-agent.ts'
import type { ChildOptions } from './children/child-options.ts'
import type { Question, TextQuestion, ValueQuestion } from './given/question.ts'
import type { Generated, GenerateOptions } from './model/generate.ts'
import type { Decided, DecidedValue } from './people/ask-person.ts'
import type { Run } from './run.ts'
import type { ToolAnswer, ToolOptions } from './tools/use-tool.ts'

/**
 * An open run of a workflow of this app. The compiler rejects names that the app does not have, and task classes that are not in its
 * `classes`, if it exports those. Inputs of tools, and results of tools, schemas and agents, have the types of their definitions; so have
 * children that are workflows, if their types are given too.
 *
 * It can be passed to a function that takes any {@link Run}. That is what the overloads with `this: never` are for: they cannot be called,
 * and come first because the compiler's message about a wrong name is about the last overload.
 */
export interface RunOf<App extends AppTypes, Workflows extends object = AnyWorkflows>
  extends Omit<Run, 'generate' | 'agent' | 'tool' | 'ask' | 'child'> {
  generate<Value = JsonValue>(this: never, taskClass: string, options: GenerateOptions): Promise<Generated<Value>>
  /**
   * Calls a model of the class. `value` has the schema's type; it is `undefined` without one.
   *
   * If no endpoint answers, the budget is used up, or the run was stopped, it throws the end of the run. A workflow that does not catch
   * that ends with this outcome.
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
   * it is `undefined` without one. Throws like {@link RunOf.generate}.
   */
  agent<Name extends NameOf<App, 'agents'>>(
    name: Name,
    input: AgentInput,
    options?: AgentOptions,
  ): Promise<AgentAnswer<ValueOf<App, 'agents', Name>>>
  tool<Value = JsonValue>(this: never, name: string, input: Jsonable, options?: ToolOptions): Promise<ToolAnswer<Value>>
  /**
   * Runs a tool. If the tool fails, that is an answer with `isError`, not an error, and `failure` says in what way. No person is asked for
   * approval, because `needsApproval` only applies to calls of a model. Tools of MCP servers take and return any JSON. Throws like
   * {@link RunOf.generate}.
   */
  tool<Name extends NameOf<App, 'tools'> | ServedName<App>>(
    name: Name,
    input: InputOf<App, Name>,
    options?: ToolOptions,
  ): Promise<ToolAnswer<ResultOf<App, Name>>>
  ask<Value = JsonValue>(this: never, id: string, question: ValueQuestion<Value>): Promise<DecidedValue<Value>>
  /**
   * Asks people, and waits for their answer. They answer with `signalbox approve`, `deny` or `answer`, or through a client. With `schema`,
   * `value` has the schema's type.
   *
   * The id names the question in commands. While the question is open, asking again under its id waits for the same answer, also in the
   * run's next part.
   */
  ask(id: string, question: TextQuestion): Promise<Decided>
  ask<Name extends NameOf<App, 'schemas'>>(
    id: string,
    question: ValueQuestion<ValueOf<App, 'schemas', Name>, Name>,
  ): Promise<DecidedValue<ValueOf<App, 'schemas', Name>>>
  ask<Answer extends string = 'approve' | 'deny'>(id: string, question: Question<Answer>): Promise<Decided<Answer>>
  /**
   * Runs an agent or a workflow as a child run. It has a history of its own and is a run of its own in the ledger, but it spends the money
   * of this run's tree and is bound by its policies.
   *
   * Resolves with the child's outcome, whatever that is. Throws only if this run itself has to end.
   *
   * If `kind` is `answered`, `output` is there: for an agent with the type of its schema, for a workflow with the type of what it closes
   * with. Without the workflows' types you say the type yourself.
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

/** For an app whose workflows' types are not known: any name may be a workflow. Its input is known if the app has a schema for it. */
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

/** What a child may be started with. */
type ChildInput<App, Workflows, Name> =
  Name extends AgentName<App> ? Jsonable : KnownInput<SchemaInput<App, Name, WorkflowInput<Workflows, Name>>>

type KnownInput<Input> = unknown extends Input ? Jsonable : Input

/** Tools of MCP servers: `find` of the server `shop` is `shop__find`. */
type ServedName<App> = App extends { readonly mcpServers: infer Servers }
  ? `${keyof Servers & string}__${string}`
  : never

type InputOf<App, Name> = TypeIn<App, 'tools', Name, 'input', Jsonable>
type ResultOf<App, Name> = TypeIn<App, 'tools', Name, 'result', JsonValue>
