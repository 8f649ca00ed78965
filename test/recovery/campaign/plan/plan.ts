/**
 * What a campaign does, all of it drawn from its seed before anything starts: runs, what vendors say and where they
 * fail, and blows that are keyed to what a run has come to, never to the clock.
 *
 * @module
 */
import type { Budget, OutcomeKind, Terms } from '../../../../src/core/protocol.ts'
import type { FaultRuleInput } from '../../../../src/providers/simulated/index.ts'
import { createChance } from '../random.ts'
import { planBlows } from './blows.ts'
import type { Conversation } from './conversations.ts'
import { planFaults } from './faults.ts'
import { crewBudgetUsd, planRuns } from './runs.ts'

/** A place in a run's life at which a worker can be held. */
export interface Mark {
  readonly run: string
  readonly point: Point
  /** From 1; 0 where a place has none, or at whichever step the run comes to it first. */
  readonly step: number
}

/**
 * `attempt-begun`: the ledger has the row, nothing has left · `answer-received`: paid for, not in the journal ·
 * `answer-stored`: in the journal, and Temporal has not heard · `tool-begun`: recorded, not run · `tool-run`: it took
 * effect, and its result is not recorded · `tool-stored`: recorded, and Temporal has not heard. Before and after a write:
 * `run-opening`, `run-opened`: the run's beginning, or that of another part · `attempt-ending`, `attempt-ended`: the end of an attempt
 * that did not answer, with its money · `decision-keeping`, `decision-kept`: what a person, or a deadline, has decided ·
 * `said-keeping`, `said-kept`: what a person said · `run-closing`, `run-closed`: the run's end. `call-begun`: a call that begins by
 * itself, before anyone is asked, or once more · `answer-begun`: a piece of it was shown to people · `wait-begun`: it waits in line
 * for a budget · `batch-noting`: its vendor has it in a batch, and nobody else knows · `batch-noted`: the ledger has the batch's id.
 */
export type Point =
  | 'run-opening'
  | 'run-opened'
  | 'call-begun'
  | 'answer-begun'
  | 'attempt-ending'
  | 'attempt-ended'
  | 'decision-keeping'
  | 'decision-kept'
  | 'said-keeping'
  | 'said-kept'
  | 'wait-begun'
  | 'batch-noting'
  | 'batch-noted'
  | 'attempt-begun'
  | 'answer-received'
  | 'answer-stored'
  | 'tool-begun'
  | 'tool-run'
  | 'tool-stored'
  | 'run-closing'
  | 'run-closed'

/** `kill-…` is SIGKILL, `stop-worker` SIGTERM; a restarted server or database was killed before; a reset takes a run back halfway. */
export type Strike =
  | 'kill-worker'
  | 'kill-all-workers'
  | 'stop-worker'
  | 'restart-server'
  | 'restart-database'
  | 'vendor-outage'
  | 'stop-run'
  | 'cancel-run'
  | 'terminate-run'
  | 'reset-run'

/** What happens the first time that a worker comes to the mark, while it is held there. */
export interface Blow {
  readonly at: Mark
  readonly strike: Strike
  /** Present: the worker goes on, and is struck so much later, wherever it is by then. */
  readonly afterMs?: number
}

/** What a person says at an approval. */
export interface Verdict {
  readonly decision: 'approve' | 'deny'
  /** A message to the run, before the decision. */
  readonly say?: string
  /** Nobody says anything: the tool's deadline decides so. */
  readonly byDeadline?: true
}

/** What a run is forked from, once that has ended: another run of the campaign, before the answer to a step. */
export interface ForkPlan {
  readonly run: string
  readonly atStep: number
}

export interface RunPlan {
  readonly id: string
  readonly kind: string
  /** The agent or workflow. */
  readonly name: string
  readonly input: string
  readonly terms: Terms
  /** Every conversation with a model that belongs to it, its children's too. */
  readonly conversations: readonly Conversation[]
  /** The verdict on each guarded tool call, by the place that it names. */
  readonly verdicts: Readonly<Record<string, Verdict>>
  /** The ends that are right. */
  readonly ends: readonly OutcomeKind[]
  /** Present: it is no start of its own. */
  readonly fork?: ForkPlan
  /** What each of its children may spend. */
  readonly slice?: Budget
}

export interface CampaignPlan {
  readonly seed: number
  readonly store: 'sqlite' | 'postgres'
  readonly runs: readonly RunPlan[]
  readonly faults: Readonly<Record<string, readonly FaultRuleInput[]>>
  readonly blows: readonly Blow[]
  /** What all runs of the workspace `crew` may spend together. */
  readonly crewUsd: string
}

/**
 * Even seeds keep their store in PostgreSQL, odd ones in a SQLite file that several workers share.
 *
 * @param kills - How often a single worker is killed; absent: as often as the runs are many.
 */
export function planCampaign(seed: number, runCount: number, kills?: number): CampaignPlan {
  const chance = createChance(seed)
  const store = seed % 2 === 0 ? 'postgres' : 'sqlite'
  const runs = planRuns(chance, runCount)
  const faults = planFaults(chance, runs)
  const blows = planBlows(chance, { runs, faults, store, ...(kills !== undefined && { kills }) })
  return { seed, store, runs, faults, blows, crewUsd: crewBudgetUsd(runs) }
}

export function markId({ run, point, step }: Mark): string {
  return `${run} ${point} ${step}`
}
