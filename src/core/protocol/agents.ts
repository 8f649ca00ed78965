/**
 * Agents, as far as workflows know them.
 *
 * @module
 */
import type { CallSettings, ToolChoice } from './calls.ts'
import type { Budget } from './terms.ts'

/** An agent as the workflow needs it: names and limits, no code. */
export interface AgentPlan {
  readonly name: string
  readonly instructions: string
  /** For the model of an agent that has this one as a tool. */
  readonly description?: string
  readonly taskClass: string
  readonly tools: readonly string[]
  /** Agents that the model may ask like tools; each runs as a child run. */
  readonly agents?: readonly string[]
  /** Which tools the first answer to each input has to ask for. Absent: whatever the model thinks fit. */
  readonly toolChoice?: ToolChoice
  /** What one run of an agent may spend at most, by its name; absent: what the tree has left. */
  readonly agentBudgets?: Readonly<Record<string, Budget>>
  readonly limits: AgentLimits
  readonly settings?: CallSettings
  readonly schema?: string
  /** The task class that sums up what no longer fits into the prompt. */
  readonly compaction?: string
  /** Set when the run is opened, from the limits and the class. Absent: nothing is known, and prompts only grow. */
  readonly prompt?: PromptBounds
}

/** How long prompts may grow, and what shortening them costs. */
export interface PromptBounds {
  /** Tokens of a prompt above which it is made shorter. */
  readonly ceiling: number
  /** The last steps whose tool results are cleared only when nothing else helps. */
  readonly keptSteps: number
  /** The price of a token that is read from the vendor's cache, as a share of that of a new one: 0.1 with most, 1 without a cache. */
  readonly cachedShare: number
  /** The task class that sums up what is old. */
  readonly compactionClass: string
}

/** Limits of an agent. */
export interface AgentLimits {
  /** Model calls. @defaultValue 100 */
  readonly steps: number
  /** Tool calls of one step that run at the same time. @defaultValue 8 */
  readonly parallelTools: number
  /**
   * Model calls of one part, after which the run continues as new at its next quiet point. A replay takes 3 to 8 ms a step, so a worker
   * takes over a part of 100 in less than a second. @defaultValue 100
   */
  readonly stepsPerPart?: number
  /**
   * The prompt length, in tokens, above which old tool results are cleared, and then older content is summarised.
   *
   * @defaultValue 90 % of the smallest window of the task class, less room for the answer
   */
  readonly promptTokens?: number
  /** The number of last steps whose tool results stay in the prompt, unless they alone are too long. @defaultValue 3 */
  readonly keptSteps?: number
}
