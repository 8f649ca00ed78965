/**
 * Agents as a worker has them.
 *
 * @module
 */
import type { AgentPlan, Labels } from '../protocol.ts'

/** What instructions may depend on. */
export interface InstructionsContext {
  /** The workflow's: what people call the run. */
  readonly runId: string
  /** Who pays for the run. */
  readonly workspace: string
  /** The run's, with those of the runs above it. */
  readonly labels: Labels
  /** When the run looks the agent up, in milliseconds since the epoch. */
  readonly atMs: number
}

/** Makes the system message of a run. */
export type InstructionsFor = (context: InstructionsContext) => string

/** A plan whose instructions may still have to be made for the run. */
export interface Agent extends Omit<AgentPlan, 'instructions'> {
  readonly instructions: string | InstructionsFor
}

/** An agent with its name and the type of what it gives, for workflows. */
export interface AgentOf<Value, Name extends string = string> extends Agent {
  readonly name: Name
  /** Never there: it bears the type. */
  readonly types?: { readonly value: Value }
}
