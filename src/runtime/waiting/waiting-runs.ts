/**
 * The runs that wait for people. The store says which may wait, and each of these is asked itself: a reset takes back what was asked or
 * decided, and the store does not hear of that.
 *
 * @module
 */
import type { Client } from '@temporalio/client'
import { batchesOf } from '../../core/batches.ts'
import { shortWords } from '../../core/budgets/raise-words.ts'
import { OUTCOME_KINDS, type PendingApproval, type RunState } from '../../core/protocol.ts'
import { type RunFilter, type RunReport, SealProblem, type Store } from '../../store/index.ts'
import { type AskedSince, askedSince, type OnRecord } from '../events/asked-since.ts'
import type { DatedApproval } from '../events/run-standing.ts'
import { ASKED_ELSEWHERE, isOfAnother, type OwnNamespace, ownNamespace } from '../finding/meant-run.ts'
import { askState } from '../hearing/asked-state.ts'
import { describeKnown } from '../temporal/describe-known.ts'
import { grpcAnswer } from '../temporal/grpc-answer.ts'
import { isRunning } from '../temporal/how-ended.ts'
import { isOfRun } from '../temporal/is-of-run.ts'
import { listWorkflows } from '../temporal/list-workflows.ts'
import { timeMs } from '../temporal/time-ms.ts'

/** A client, as far as it is needed here. */
export interface OpenRuns {
  readonly client: Client
  store(): Promise<Store>
}

/** Something that a run waits for and a person can give, as plain JSON. */
export type WaitingFor = { readonly sinceMs?: number } & (
  | ({ readonly for: 'approval' } & PendingApproval & Pick<DatedApproval, 'jsonSchema'>)
  /** A larger budget of its own, for itself or for runs below it. */
  | { readonly for: 'raise'; readonly message: string }
)

interface WaitingRun {
  readonly report: RunReport
  readonly waits: readonly WaitingFor[]
}

/** An open run of which it is not known whether it waits, and why not. */
export interface UnaskedRun {
  readonly id: string
  readonly why: string
  /** It belongs to another namespace or server, where it is listed too. */
  readonly elsewhere?: true
}

export interface WaitingRuns {
  /** Newest first. */
  readonly waiting: readonly WaitingRun[]
  /** Open runs that may be waiting too, and why they could not be asked. */
  readonly unasked: readonly UnaskedRun[]
  /** More runs than the limit are waiting. */
  readonly more: boolean
  /**
   * If present, more workflows are open here than are searched: a run that had ended and was reset before this time may be waiting without
   * being listed.
   */
  readonly resetSinceMs?: number
}

/** How many runs are asked at the same time: each may cost a worker a replay. */
const ASKED_AT_ONCE = 16

type Wanted = Omit<RunFilter, 'outcomes' | 'limit'>

/** How long all runs together may be asked. If no worker answers, each takes ten seconds. */
const ASKED_WITHIN_MS = 60_000

interface Search extends Wanted {
  /** At most this many waiting runs. */
  readonly limit: number
  /** No more runs are asked after this time, in milliseconds. @defaultValue a minute */
  readonly withinMs?: number
  /** How many of the server's open workflows are looked through, the newest first. @defaultValue ten thousand */
  readonly mostLookedAt?: number
}

/** Every run of the store that waits for people, and those that could not be asked whether they do. */
export async function waitingRuns(
  open: OpenRuns,
  { limit, withinMs = ASKED_WITHIN_MS, mostLookedAt = MOST_LOOKED_AT, ...wanted }: Search,
): Promise<WaitingRuns> {
  const untilMs = Date.now() + withinMs
  const store = await open.store()
  const { ids, ...cut } = await openWorkflows(open.client, wanted, mostLookedAt)
  const runs = await mayWait(store, wanted, ids)
  const own = runs.length > 0 ? await ownNamespace(open.client) : undefined
  const waiting: WaitingRun[] = []
  const unasked: UnaskedRun[] = []
  for (const batch of batchesOf(runs, ASKED_AT_ONCE)) {
    if (waiting.length > limit) break
    const isLate = Date.now() >= untilMs
    const asked = batch.map(report => (isLate ? tooLate(report) : askRun(open, store, own, report)))
    for (const answer of await Promise.all(asked)) {
      if ('why' in answer) unasked.push(answer)
      else if (answer.waits.length > 0) waiting.push(answer)
    }
  }
  return { waiting: waiting.slice(0, limit), unasked, more: waiting.length > limit, ...cut }
}

function tooLate({ id }: RunReport): UnaskedRun {
  return { id, why: 'those before it took too long to answer' }
}

/** A statement has room for more; a page of the server's list has no more. */
const IDS_AT_ONCE = 1_000

/** Ten pages: seconds. Others may have many more workflows in the same namespace. */
const MOST_LOOKED_AT = 10_000

/** Newest first: a run that is reset begins anew there, and so does each of its parts. */
async function openWorkflows(
  client: Client,
  { sinceMs }: Wanted,
  most: number,
): Promise<{ readonly ids: readonly string[] } & Pick<WaitingRuns, 'resetSinceMs'>> {
  const since = sinceMs === undefined ? '' : ` AND StartTime >= '${new Date(sinceMs).toISOString()}'`
  const ids: string[] = []
  let oldestMs = 0
  for await (const { execution, startTime } of listWorkflows(client, `ExecutionStatus = 'Running'${since}`)) {
    if (ids.length === most) return { ids, resetSinceMs: oldestMs }
    ids.push(execution?.workflowId ?? '')
    oldestMs = timeMs(startTime)
  }
  return { ids }
}

/** Newest first. A run that had ended and was reset is open at the server, and in the store once it does something. */
async function mayWait({ reports }: Store, wanted: Wanted, running: readonly string[]): Promise<readonly RunReport[]> {
  const all = { ...wanted, asked: true, limit: Number.MAX_SAFE_INTEGER } as const
  const found = [...(await reports.runs({ ...all, outcomes: ['open'] }))]
  for (const ids of batchesOf(running, IDS_AT_ONCE))
    found.push(...(await reports.runs({ ...all, outcomes: OUTCOME_KINDS, ids })))
  // A run may end between the two queries, and would be listed twice.
  const byKey = new Map(found.map(run => [run.key, run]))
  return [...byKey.values()].toSorted((a, b) => b.startedAtMs - a.startedAtMs)
}

async function askRun(
  open: OpenRuns,
  store: Store,
  own: OwnNamespace | undefined,
  report: RunReport,
): Promise<WaitingRun | UnaskedRun> {
  if (isOfAnother(report, own)) return { id: report.id, why: ASKED_ELSEWHERE, elsewhere: true }
  const isOpen = await isOpenThere(open, report).catch(refusedWords)
  if (typeof isOpen === 'string') return { id: report.id, why: isOpen }
  if (isOpen === undefined)
    return {
      id: report.id,
      why: 'this Temporal server does not have it; `signalbox budget reconcile` closes what is lost',
    }
  if (!isOpen) return { report, waits: [] }
  const { state, note, unread } = await askState(open.client, report.id, { isRecorded: true })
  if (!state) return { id: report.id, why: unread?.message ?? note ?? 'it has ended' }
  return { report, waits: await datedWaits(store, report, waitsIn(state)) }
}

/** Why the server does not tell of a run, in words. The other runs are listed all the same. */
function refusedWords(error: unknown): string {
  const answer = grpcAnswer(error)
  if (!answer) throw error
  return `the Temporal server does not tell of it now: ${answer.details}`
}

/** Whether the run is open at the server. Its id may belong to a later run by now. */
async function isOpenThere({ client }: OpenRuns, { id, key }: RunReport): Promise<boolean | undefined> {
  const found = await describeKnown(client, id)
  const info = found?.workflowExecutionInfo
  return found && isRunning(info?.status) && isOfRun(info?.firstRunId, key)
}

/** What the run itself waits for. A budget that a run above can raise is listed with that run: one raise is for all below it. */
function waitsIn({ pending, waitingFor }: RunState): readonly WaitingFor[] {
  const approvals = pending.map(approval => ({ for: 'approval', ...approval }) as const)
  const message = waitingFor && shortWords(waitingFor)
  return message ? [...approvals, { for: 'raise', message }] : approvals
}

/** The waits, each with what the event of its question tells if the store still has it. */
async function datedWaits(
  { events }: Store,
  { key }: RunReport,
  waits: readonly WaitingFor[],
): Promise<readonly WaitingFor[]> {
  if (waits.length === 0) return waits
  try {
    const since = await askedSince(events, key)
    return waits.map(wait => ({ ...wait, ...onRecord(since, wait) }))
  } catch (error) {
    if (error instanceof SealProblem) return waits
    throw error
  }
}

function onRecord({ approval, raiseMs }: AskedSince, wait: WaitingFor): Partial<OnRecord> {
  if (wait.for === 'approval') return approval(wait)
  return raiseMs === undefined ? {} : { sinceMs: raiseMs }
}
