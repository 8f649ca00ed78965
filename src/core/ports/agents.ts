/**
 * Agents as a worker has them.
 *
 * @module
 */
import type { AgentPlan, Labels } from '../protocol.ts'

/** What a function that makes an agent's instructions is given. */
export interface InstructionsContext {
  /** The workflow's id, by which people know the run. */
  readonly runId: string
  /** Who pays for the run. */
  readonly workspace: string
  /** The run's labels, including those of the runs above it. */
  readonly labels: Labels
  /** The time when the instructions are made, in milliseconds since 1970. */
  readonly atMs: number
}

/** Makes the system message of a run. */
export type InstructionsFor = (context: InstructionsContext) => string

/** An agent as a worker has it: its instructions may be a function that makes them for a run. */
export interface Agent extends Omit<AgentPlan, 'instructions'> {
  readonly instructions: string | InstructionsFor
}

/** An agent with its name and the type of its answer's value, for workflows. */
export interface AgentOf<Value, Name extends string = string> extends Agent {
  readonly name: Name
  /** Never set: it carries the type. */
  readonly types?: { readonly value: Value }
}
