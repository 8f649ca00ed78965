/**
 * The names that clients, workflows and activities know each other by, and the bound of what history shows.
 *
 * @module
 */

/** The task queue of workers and clients that name no other. */
export const TASK_QUEUE = 'signalbox'

/** The workspace of runs that name none; it exists in every configuration. */
export const DEFAULT_WORKSPACE = 'default'

/** How a run may end; see `OutcomeKind`. */
export const OUTCOME_KINDS = ['answered', 'stopped', 'out-of-budget', 'refused', 'failed', 'cancelled'] as const

/** The type of the failure that carries an outcome out of the workflow's code. */
export const ENDED = 'signalbox.ended'

/** The bytes of a tool's result or input that history may show; the whole lies in the store. */
export const PREVIEW_BYTES = 512

/** The most bytes of JSON that one value in history may have: Temporal refuses payloads over 2 MB, and terms and references go along. */
export const MOST_HISTORY_BYTES = 1_900_000

export const SIGNALS = {
  stop: 'signalbox.stop',
  /** Sent by a run to one above it, whose budget has nothing left for it. */
  short: 'signalbox.short',
  /** Sent back to it: that budget was raised. */
  raised: 'signalbox.raised',
} as const

export const QUERIES = { state: 'signalbox.state' } as const

export const UPDATES = { decide: 'signalbox.decide', say: 'signalbox.say', raise: 'signalbox.raise' } as const

/** The failure's type when a decision names a tool call for which no approval is asked, or not yet. */
export const NOT_ASKED = 'signalbox.not-asked'

/** The failure's type when a decision contradicts the one that holds. */
export const DECIDED_OTHERWISE = 'signalbox.decided-otherwise'

/** The search attributes of runs with their types. `signalbox setup` and the dev server register them. */
export const SEARCH_ATTRIBUTES = {
  SignalboxCostUsd: 'Double',
  SignalboxWorkspace: 'Keyword',
  SignalboxClasses: 'KeywordList',
  SignalboxModels: 'KeywordList',
  SignalboxOutcome: 'Keyword',
} as const
