/**
 * What a workflow of your own can do with its run. Types only.
 *
 * @module
 */
import type { Jsonable, JsonValue } from '../../src/core/messages.ts'
import type { Cost, Outcome } from '../../src/core/protocol.ts'
import type { AgentAnswer, AgentInput, AgentOptions } from './agents/use-agent.ts'
import type { ChildOptions } from './children/child-options.ts'
import type { Question, TextQuestion, ValueQuestion } from './given/question.ts'
import type { Generated, GenerateOptions } from './model/generate.ts'
import type { Decided, DecidedValue } from './people/ask-person.ts'
import type { HeardMessage } from './people/hear-said.ts'
import type { ToolAnswer, ToolOptions } from './tools/use-tool.ts'

/** An open run. */
export interface Run {
  /**
   * Calls a model of the class.
   *
   * If no endpoint answers, the budget is used up, or the run was stopped, it throws the end of the run. A workflow that does not catch
   * that ends with this outcome.
   */
  generate<Value = JsonValue>(taskClass: string, options: GenerateOptions): Promise<Generated<Value>>
  /**
   * Runs an agent inside this run, on its budget: once, or as the next turn of a conversation.
   *
   * The input is a text, or texts and files. The agent reads any other object or list as JSON. Throws like `generate`.
   */
  agent<Value = JsonValue>(name: string, input: AgentInput, options?: AgentOptions): Promise<AgentAnswer<Value>>
  /**
   * Runs a tool. If the tool fails, that is an answer with `isError`, not an error, and `failure` says in what way. No person is asked for
   * approval, because `needsApproval` only applies to calls of a model. Throws like `generate`.
   */
  tool<Value = JsonValue>(name: string, input: Jsonable, options?: ToolOptions): Promise<ToolAnswer<Value>>
  /**
   * Asks people, and waits for their answer. They answer with `signalbox approve`, `deny` or `answer`, or through a client.
   *
   * The id names the question in commands. While the question is open, asking again under its id waits for the same answer, also in the
   * run's next part.
   */
  ask(id: string, question: TextQuestion): Promise<Decided>
  ask<Value = JsonValue>(id: string, question: ValueQuestion<Value>): Promise<DecidedValue<Value>>
  ask<Answer extends string = 'approve' | 'deny'>(id: string, question: Question<Answer>): Promise<Decided<Answer>>
  /**
   * Waits for the next message that somebody says to the run, by `signalbox say` or the client's `say`, and puts it on record. From the
   * first call on, also in later parts, every message is for the workflow, in the order in which they came, and none for the agents that
   * work meanwhile. What is said again under the same id comes once.
   */
  hear(): Promise<HeardMessage>
  /**
   * Runs an agent or a workflow as a child run. It has a history of its own and is a run of its own in the ledger, but it spends the money
   * of this run's tree and is bound by its policies.
   *
   * Resolves with the child's outcome, whatever that is. Throws only if this run itself has to end.
   */
  child<Output = JsonValue>(name: string, options: ChildOptions): Promise<Outcome<Output>>
  /**
   * Continues in a new part with a short history: the workflow starts again with `next` as its input, and the run keeps its id, its cost
   * and its events.
   *
   * Call it as `return run.continueAsNew(next)` when nothing is in progress. If the run was told to stop, this ends it instead.
   */
  continueAsNew(next: Jsonable): Promise<never>
  /** Whether this part is long enough that a new one should begin as soon as nothing is in progress. */
  readonly partIsFull: boolean
  /**
   * Closes the run as `answered` with this output; no model is asked after it. The workflow must return the result: the run ends when it does,
   * and one that fails after this has failed.
   */
  close<Output>(output: Output): Promise<Outcome<Output>>
  /**
   * Whether somebody has told the run to stop. What is in progress then finishes, and is paid for. Everything that begins later throws the
   * end `stopped`. A workflow that has a result to show can close with it instead.
   */
  readonly stopping: boolean
  /** What the run has spent so far, including its children and all failed attempts. */
  readonly cost: Cost
  /** The upper bound of {@link Run.cost} as a decimal string in USD. */
  readonly costUsd: string
}
