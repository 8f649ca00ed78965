/**
 * What a workflow of your own does with its run. Types alone.
 *
 * @module
 */
import type { Jsonable, JsonValue } from '../../src/core/messages.ts'
import type { Cost, Outcome } from '../../src/core/protocol.ts'
import type { Decided } from './ask-person.ts'
import type { ChildOptions } from './child-options.ts'
import type { Generated, GenerateOptions } from './generate.ts'
import type { HeardMessage } from './hear-said.ts'
import type { Question, TextQuestion } from './question.ts'
import type { AgentAnswer, AgentInput, AgentOptions } from './use-agent.ts'
import type { ToolAnswer, ToolOptions } from './use-tool.ts'

/** An open run. */
export interface Run {
  /**
   * Asks a model of the class. Throws what ends the run if no endpoint answers, the budget is used up, or the run was stopped. A workflow
   * that does not catch it ends with that outcome.
   */
  generate<Value = JsonValue>(taskClass: string, options: GenerateOptions): Promise<Generated<Value>>
  /**
   * Runs a registered agent inside this run, on its budget: once, or as the next turn of a conversation. Its input is a text, or texts and
   * files; the agent reads any other object or list as JSON.
   */
  agent<Value = JsonValue>(name: string, input: AgentInput, options?: AgentOptions): Promise<AgentAnswer<Value>>
  /**
   * Runs a registered tool. A failure of the tool is an answer too, with `isError`. Nobody is asked, whatever its `needsApproval` says:
   * that applies to what a model wants.
   */
  tool<Value = JsonValue>(name: string, input: Jsonable, options?: ToolOptions): Promise<ToolAnswer<Value>>
  /**
   * Asks people, and waits for their answer, by `signalbox approve`, `deny` or `answer`, or the client's methods. The id names the
   * question in commands. While it is open, asking under its id again, also in the run's next part, waits for the same answer.
   */
  ask(id: string, question: TextQuestion): Promise<Decided>
  ask<Answer extends string = 'approve' | 'deny'>(id: string, question: Question<Answer>): Promise<Decided<Answer>>
  /**
   * Waits for the next message that somebody says to the run, by `signalbox say` or the client's `say`, and puts it on record. From the
   * first call on, also in later parts, every message is for the workflow, in the order in which they came, and none for the agents that
   * work meanwhile. What is said again under the same id comes once.
   */
  hear(): Promise<HeardMessage>
  /**
   * Runs an agent, or a workflow, as a child run: with its own history and its own line in the ledger, on the money and under the policy
   * of this run's tree. Resolves with the child's outcome, whatever it is. Throws only if this run itself has to end.
   */
  child<Output = JsonValue>(name: string, options: ChildOptions): Promise<Outcome<Output>>
  /**
   * Continues in a new part with a short history. Call it as `return run.continueAsNew(next)` when nothing is in progress. The workflow
   * starts again with `next` as its input; the run keeps its id, its cost and its events. If the run is told to stop, this ends it
   * instead.
   */
  continueAsNew(next: Jsonable): Promise<never>
  /** Whether this part is so long that a new one should begin at the next quiet point. */
  readonly partIsFull: boolean
  /** Ends the run as `answered`. The workflow must return the result. */
  close<Output>(output: Output): Promise<Outcome<Output>>
  /**
   * Whether somebody has told the run to stop. What is in progress then is still paid for and finishes; every verb that begins later
   * throws the end `stopped`. A workflow that has something to show can close instead.
   */
  readonly stopping: boolean
  /** What the run has spent so far, including its children and every failed attempt. */
  readonly cost: Cost
  /** The upper bound of {@link Run.cost} as a decimal string in USD. */
  readonly costUsd: string
}
