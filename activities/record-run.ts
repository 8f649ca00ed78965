/**
 * Writes a run into the store with what holds for it: its limits, and how long its content may be kept.
 *
 * @module
 */
import { Context } from '@temporalio/activity'
import { budgetProblem } from '../src/core/budgets/budget-problem.ts'
import { definedOnly } from '../src/core/defined-only.ts'
import { type NoticeRule, noticesFor, queueOf, type WantedNotice } from '../src/core/notice.ts'
import type { Policy } from '../src/core/policy/policy.ts'
import type { LedgerPort } from '../src/core/ports.ts'
import type { OpenRunInput } from '../src/core/protocol.ts'
import { retentionOf } from '../src/core/sealing.ts'
import type { Directory } from '../src/core/task-class.ts'
import type { PolicyProblem } from './names.ts'
import { partOf } from './part.ts'

export interface RecordRunPorts {
  readonly directory: Directory
  readonly ledger: LedgerPort
  readonly policyProblem: PolicyProblem
  /** Who is told of the ends of runs, and of which. */
  readonly notices: () => readonly NoticeRule[]
  /** Of the namespace that this worker serves; `undefined` where its server names none. */
  readonly namespaceId: () => Promise<string | undefined>
  readonly now: () => number
}

/** Once however often it is tried: what a run is recorded with first holds for it. */
export async function recordRun(ports: RecordRunPorts, input: OpenRunInput): Promise<void> {
  const { run, workflow, terms, begins } = input
  const { budget = {}, model, forkedFrom, within } = terms
  const activity = Context.current()
  const namespaceId = await ports.namespaceId()
  const opened = definedOnly({
    run,
    workflow,
    budget: budgetProblem(budget) === undefined ? budget : {},
    retentionMs: policyProblemOf(ports, input) === undefined ? retentionOf(policiesOf(ports, input)) : undefined,
    model,
    notices: noticesOf(ports, input, queueOf({ taskQueue: activity.info.taskQueue, namespaceId })),
    asked: within?.asked,
    forkedFrom,
    ...partOf(activity),
    namespaceId,
    namespace: activity.info.namespace,
    begins,
    startedAtMs: ports.now(),
  })
  await ports.ledger.openRun(opened)
}

/** The end of a run below another one is for that one to judge. */
function noticesOf(
  { notices }: RecordRunPorts,
  { run, workflow }: OpenRunInput,
  queue: string,
): readonly WantedNotice[] | undefined {
  const wanted = run.root === undefined ? noticesFor(notices(), { ...run, workflow }, queue) : []
  return wanted.length > 0 ? wanted : undefined
}

/**
 * What is wrong with the run's policy, where that is new: a later part goes on under it, and a child's is that of its parent. A
 * configuration that has lost a provider or a region since then takes nothing from what it forbids, and ends no run that others serve.
 */
export function policyProblemOf(
  { policyProblem }: Pick<RecordRunPorts, 'policyProblem'>,
  { run, begins }: OpenRunInput,
): string | undefined {
  const isNew = begins && run.root === undefined
  return isNew && run.policy ? policyProblem(run.policy, 'run') : undefined
}

/** The policies of the levels that bind a run as a whole. */
export function policiesOf(
  { directory }: Pick<RecordRunPorts, 'directory'>,
  { run }: Pick<OpenRunInput, 'run'>,
): readonly (Policy | undefined)[] {
  return [directory.policy, directory.workspaces[run.workspace]?.policy, run.policy]
}
