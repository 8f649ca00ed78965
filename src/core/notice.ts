/**
 * Notices: what a webhook is told when a run ends.
 *
 * @module
 */
import type { Webhook } from './alert.ts'
import { DAY_MS, HOUR_MS } from './durations.ts'
import { costUsd, isExactCost } from './money/cost.ts'
import type { Cost, Labels, OutcomeKind } from './protocol.ts'
import { hasLabels } from './runs/has-labels.ts'

/** Which runs a notice is about: those for which all of this holds. Empty: every run. */
export interface NoticeScope {
  readonly workspace?: string
  /** The name of a workflow or an agent. */
  readonly workflow?: string
  readonly label?: Labels
}

/** A notice of the configuration, without its address. */
export interface NoticeRule {
  readonly name: string
  readonly scope: NoticeScope
  /** The ends that are told of. */
  readonly on: readonly OutcomeKind[]
}

/** A notice with where it is posted. */
export interface NoticeSettings extends NoticeRule {
  readonly webhook: Webhook
}

/** Who is to be told of a run's end. */
export interface WantedNotice extends Pick<NoticeRule, 'name' | 'on'> {
  /** Whose workers tell it, see {@link queueOf}. Absent: those of any queue, of a run that an earlier version began. */
  readonly queue?: string
}

/** A task queue, and the id of its namespace where the server names one. */
export interface ServedQueue {
  readonly taskQueue: string
  readonly namespaceId?: string | undefined
}

/**
 * Names the queue in a store. The workers of one queue have one configuration. Those of another may have another receiver under the same
 * name, who is not to hear of these runs.
 */
export function queueOf({ taskQueue, namespaceId = '' }: ServedQueue): string {
  return `${namespaceId} ${taskQueue}`
}

/** The task queue that {@link queueOf} has named. */
export function taskQueueOf(queue: string): string {
  return queue.slice(queue.indexOf(' ') + 1)
}

interface NamedRun {
  readonly workspace: string
  readonly workflow: string
  readonly labels: Labels
}

/** Who is to be told of the run's end, as its beginning decides it. */
export function noticesFor(rules: readonly NoticeRule[], run: NamedRun, queue: string): readonly WantedNotice[] {
  return rules.filter(({ scope }) => isAbout(scope, run)).map(({ name, on }) => ({ name, on, queue }))
}

function isAbout({ workspace = '', workflow = '', label }: NoticeScope, run: NamedRun): boolean {
  if (workspace !== '' && workspace !== run.workspace) return false
  if (workflow !== '' && workflow !== run.workflow) return false
  return hasLabels(run.labels, label)
}

/** The end of a run, for a notice. */
export interface NoticedEnd extends NamedRun {
  readonly name: string
  readonly run: string
  readonly key: string
  readonly outcome: OutcomeKind
  /** Of the run and the runs below it. */
  readonly cost: Cost
  readonly startedAtMs: number
  readonly endedAtMs: number
}

/**
 * What is posted: names, figures and times. Nothing that the run has said or read, nor the message of its end, which may repeat some of
 * that.
 */
export function noticeOf(end: NoticedEnd) {
  const { name, run, key, workflow, workspace, labels, outcome, cost, startedAtMs, endedAtMs } = end
  return {
    // Tells it from alerts, which may go to the same address.
    kind: 'run-end' as const,
    notice: name,
    run,
    key,
    workflow,
    workspace,
    labels,
    outcome,
    costUsd: costUsd(cost),
    exact: isExactCost(cost),
    startedAt: new Date(startedAtMs).toISOString(),
    endedAt: new Date(endedAtMs).toISOString(),
  }
}

/** Longer than a try may take, so that no other worker posts what one is posting. */
const FIRST_PAUSE_MS = 10_000

const LONGEST_PAUSE_MS = HOUR_MS

/** A receiver that was away over night still hears of it. */
const TRIED_FOR_MS = DAY_MS

/** They take an hour and a half. Where no worker ran for a day, a receiver that restarts just then is not to miss it. */
const LEAST_TRIES = 10

/** The pause after a try: 10 s after the first, and each time twice as long, up to an hour. */
export function pauseAfterTry(tries: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS)
}

/** Whether a notice is given up instead of being tried again then: a day after the run's end, once it was tried ten times. */
export function isTooLate(nextTryAtMs: number, { endedAtMs, tries }: Tried): boolean {
  return tries >= LEAST_TRIES && nextTryAtMs - endedAtMs > TRIED_FOR_MS
}

interface Tried {
  readonly endedAtMs: number
  readonly tries: number
}
