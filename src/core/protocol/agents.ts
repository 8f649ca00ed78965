/**
 * Agents as workflows know them.
 *
 * @module
 */
import type { CallSettings, ToolChoice } from './calls.ts'
import type { Budget } from './terms.ts'

/** An agent as a workflow needs it: plain JSON with names and limits. */
export interface AgentPlan {
  readonly name: string
  readonly instructions: string
  /** For models of agents that may call this one: what it does, and when to call it. */
  readonly description?: string
  readonly taskClass: string
  readonly tools: readonly string[]
  /** Agents that the model may call like tools. Each runs as a child run. */
  readonly agents?: readonly string[]
  /** Which tools the first answer to each input has to call. Absent: the model chooses. */
  readonly toolChoice?: ToolChoice
  /** The limits of one child run, by the agent's name. Without one, it may spend what the tree has left. */
  readonly agentBudgets?: Readonly<Record<string, Budget>>
  readonly limits: AgentLimits
  readonly settings?: CallSettings
  readonly schema?: string
  /** The task class of the calls that summarise what no longer fits into the prompt. */
  readonly compaction?: string
  /** Set when the run is opened, from the limits and the class. If absent, prompts are never shortened. */
  readonly prompt?: PromptBounds
}

/** How long prompts may grow, and what shortening them costs. */
export interface PromptBounds {
  /** Prompts with more tokens than this are shortened. */
  readonly ceiling: number
  /** How many of the last steps keep their tool results, unless nothing else helps. */
  readonly keptSteps: number
  /** The price of a cached token as a share of that of a new one: 0.1 with most vendors, 1 without a cache. */
  readonly cachedShare: number
  /** The task class of the calls that summarise. */
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
