/**
 * Names that clients, workflows and activities share, and how much of a value history may show.
 *
 * @module
 */

/** The default task queue. */
export const TASK_QUEUE = 'signalbox'

/** The default workspace. It exists in every configuration. */
export const DEFAULT_WORKSPACE = 'default'

/** How a run may end; see `OutcomeKind`. */
export const OUTCOME_KINDS = ['answered', 'stopped', 'out-of-budget', 'refused', 'failed', 'cancelled'] as const

/** The type of the failure that carries an outcome out of a workflow. */
export const ENDED = 'signalbox.ended'

/** How many bytes of a tool's result or input history may show. The whole is in the store. */
export const PREVIEW_BYTES = 512

/** The most bytes of JSON of one value in history. Temporal refuses payloads over 2 MB, and terms and references need room too. */
export const MOST_HISTORY_BYTES = 1_900_000

export const SIGNALS = {
  stop: 'signalbox.stop',
  /** From a run to one above it whose budget is too small for it. */
  short: 'signalbox.short',
  /** The reply: that budget was raised. */
  raised: 'signalbox.raised',
} as const

export const QUERIES = { state: 'signalbox.state' } as const

export const UPDATES = { decide: 'signalbox.decide', say: 'signalbox.say', raise: 'signalbox.raise' } as const

/** The failure's type if a decision is about a tool call for which no approval is asked, or not yet. */
export const NOT_ASKED = 'signalbox.not-asked'

/** The failure's type if a decision contradicts an earlier one. */
export const DECIDED_OTHERWISE = 'signalbox.decided-otherwise'

/** The search attributes of runs with their types. `signalbox setup` and the dev server register them. */
export const SEARCH_ATTRIBUTES = {
  SignalboxCostUsd: 'Double',
  SignalboxWorkspace: 'Keyword',
  SignalboxClasses: 'KeywordList',
  SignalboxModels: 'KeywordList',
  SignalboxOutcome: 'Keyword',
} as const
