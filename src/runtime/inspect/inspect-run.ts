/**
 * One run from both sides: what the store has recorded, and what the run itself says while it is open.
 *
 * @module
 */
import { definedOnly } from '../../core/defined-only.ts'
import type { Outcome } from '../../core/protocol.ts'
import {
  type CallReport,
  type CostSum,
  type DecisionReport,
  type NoticeReport,
  type RaiseReport,
  type RunReport,
  SealProblem,
} from '../../store/index.ts'
import type { Signalbox } from '../client.ts'
import { recordedEvents } from '../events/recorded-events.ts'
import { collectToolCalls, type ToolCallReport } from '../events/tool-calls.ts'
import { type ToolAtWork, toolsAfter } from '../events/tools-at-work.ts'
import { type AskedState, askState } from '../hearing/asked-state.ts'
import { partsOfRun, type RunPart } from '../runs/run-parts.ts'
import { runsBelow } from '../runs/runs-below.ts'
import { unreadFor } from '../seals/unread.ts'
import type { Records } from '../store/records.ts'
import { grpcAnswer } from '../temporal/grpc-answer.ts'
import { endedOutcome } from './beginning.ts'
import { type RunBelowAsked, withFailing } from './failing-below.ts'
import { inputPreview } from './input-preview.ts'
import { type ReportHere, reportHere } from './report-here.ts'

/** A wait, as the run's events tell it. */
export interface RunWait {
  readonly step: number
  readonly ms: number
  readonly reason: string
  readonly atMs: number
}

/** What somebody said to it, as its events tell it. */
export interface RunSaid {
  readonly id: string
  readonly text: string
  readonly truncated?: true
  readonly by?: string
  readonly atMs: number
}

/** Its `unread`: why what the run has said is not here, where it is sealed. */
export interface Inspection extends AskedState {
  /** Absent while no worker has opened the run, and for one of another store. */
  readonly report?: RunReport
  /** The beginning of what it was started with; see {@link inputPreview}. */
  readonly inputPreview?: string
  /** What the server has under its id is another run, whose page and outcome are not its own. */
  readonly isReplaced?: true
  /** What the run and those below it have cost; absent with the report. */
  readonly tree?: CostSum
  /** Oldest first. */
  readonly calls: readonly CallReport[]
  /** The open runs below it, oldest first. Those of a run that was terminated may wait for a worker. */
  readonly children: readonly RunBelowAsked[]
  /** Those below it that ended last, at most {@link MOST_ENDED}, in the order of their ends. */
  readonly ended: readonly RunReport[]
  /** Who decided on tool calls, oldest first. */
  readonly decisions: readonly DecisionReport[]
  /** Who raised its limits, oldest first. */
  readonly raises: readonly RaiseReport[]
  /** Who is told of its ends, and how that stands. */
  readonly notices: readonly NoticeReport[]
  /** Waits for vendors or for money, oldest first. */
  readonly waits: readonly RunWait[]
  /** What people said to it while it ran, oldest first. */
  readonly said: readonly RunSaid[]
  /** The tools that are under way; none of a run that has ended. */
  readonly tools: readonly ToolAtWork[]
  /** The tools that have ended, oldest first; of a run that has ended, those without an end, too. */
  readonly toolCalls: readonly ToolCallReport[]
  /** What it is made of at Temporal, oldest first; none where the server no longer has it, absent where it does not say. */
  readonly parts?: readonly RunPart[]
  /** What it gave, where it has ended and the server still has it; also of a run that the store does not have. */
  readonly gave?: Pick<Outcome, 'kind' | 'message' | 'text' | 'truncated' | 'output'>
}

/** Of the records, what tells of one run. */
type Recorded = Pick<Records, 'reports' | 'events'>

const MOST_CALLS = 1_000

/** A run may have thousands below it. */
const MOST_ENDED = 100

/** @throws WorkflowNotFoundError when neither the store nor the server knows the run. */
export async function inspectRun(signalbox: Signalbox, id: string): Promise<Inspection> {
  const store = await signalbox.store()
  const { report, isReplaced, unasked, unrecorded } = await reportHere(signalbox, store.reports, id)
  const recorded = report ? await recordsOf(store, report) : NO_RECORDS
  if (report && unasked !== undefined)
    return { report, ...definedOnly({ isReplaced }), ...recorded, parts: [], note: unasked }
  const known = report?.id ?? id
  const told: Told =
    unrecorded === undefined
      ? await toldOf(signalbox, known, { report, isReplaced })
      : { note: unrecorded, ...(!report && (await endOf(signalbox, { id }))) }
  const preview = isReplaced ? undefined : await soon(signalbox, () => inputPreview(signalbox, known, report))
  const { parts, unlisted } = await partsAsked(signalbox, known)
  const children = await withFailing(signalbox.client, recorded.children)
  const notes = [told.note, unlisted].filter(note => note !== undefined)
  const note = notes.length > 0 ? notes.join('; ') : undefined
  return { ...recorded, children, ...told, ...definedOnly({ report, isReplaced, parts, note, inputPreview: preview }) }
}

/** A client would retry for half a minute if the server is asked too often. */
const TOLD_WITHIN_MS = 5_000

const soon = <Told>({ client }: Pick<Signalbox, 'client'>, ask: () => Promise<Told>) =>
  client.withDeadline(Date.now() + TOLD_WITHIN_MS, ask)

interface PartsAsked extends Pick<Inspection, 'parts'> {
  /** Why there are none. */
  readonly unlisted?: string
}

/** What else is known of the run is shown even if the server does not list its parts. */
async function partsAsked(signalbox: Signalbox, id: string): Promise<PartsAsked> {
  try {
    return { parts: await soon(signalbox, () => partsOfRun(signalbox.client, id)) }
  } catch (error) {
    const answer = grpcAnswer(error)
    if (!answer) throw error
    return { unlisted: `the Temporal server does not list its parts now: ${answer.details}` }
  }
}

type Told = Pick<Inspection, 'state' | 'note' | 'gave' | 'unread'>

async function toldOf(signalbox: Signalbox, id: string, { report, isReplaced }: ReportHere): Promise<Told> {
  if (report?.endedAtMs !== undefined) return isReplaced ? {} : endOf(signalbox, report)
  return askState(signalbox.client, id, { isRecorded: report !== undefined })
}

/** What the store alone has of a run, for when no server answers; `undefined` where it does not know the run. */
export async function inspectRecords(store: Recorded, id: string): Promise<Inspection | undefined> {
  const report = await store.reports.run(id)
  return report && { report, ...(await recordsOf(store, report)), parts: [] }
}

type RunRecords = Pick<
  Inspection,
  | 'tree'
  | 'calls'
  | 'children'
  | 'ended'
  | 'decisions'
  | 'raises'
  | 'notices'
  | 'waits'
  | 'said'
  | 'tools'
  | 'toolCalls'
>

const NO_RECORDS: RunRecords = {
  calls: [],
  children: [],
  ended: [],
  decisions: [],
  raises: [],
  notices: [],
  waits: [],
  said: [],
  tools: [],
  toolCalls: [],
}

async function recordsOf(store: Recorded, { key, endedAtMs }: RunReport): Promise<RunRecords> {
  const { reports, events } = store
  const tree = await reports.cost(key)
  return {
    ...(tree && { tree }),
    calls: await reports.calls({ run: key, limit: MOST_CALLS }),
    children: await runsBelow(store, key),
    ended: await reports.endedBelow(key, MOST_ENDED),
    decisions: await reports.decisions(key),
    raises: await reports.raises(key),
    notices: await reports.notices(key),
    ...(await toldBy(events, key, endedAtMs === undefined)),
  }
}

/** Nothing for a run whose content was purged. */
async function toldBy(
  events: Recorded['events'],
  key: string,
  isOpen: boolean,
): Promise<Pick<Inspection, 'waits' | 'said' | 'tools' | 'toolCalls'>> {
  const waits: RunWait[] = []
  const said: RunSaid[] = []
  const calls = collectToolCalls()
  let tools: readonly ToolAtWork[] = []
  try {
    for await (const event of recordedEvents(events, key)) {
      const { kind, offset: _, ...rest } = event
      if (isOpen) tools = toolsAfter(tools, event)
      calls.take(event)
      if (kind === 'wait') waits.push(rest as RunWait)
      if (kind === 'said') said.push(rest as RunSaid)
    }
    return { waits, said, tools, toolCalls: calls.all().filter(({ endedAtMs }) => !isOpen || endedAtMs !== undefined) }
  } catch (error) {
    if (error instanceof SealProblem) return { waits: [], said: [], tools: [], toolCalls: [] }
    throw error
  }
}

/** @param run - Its `key`, if the store has it. */
async function endOf(
  signalbox: Signalbox,
  { id, key }: Pick<RunReport, 'id'> & Partial<Pick<RunReport, 'key'>>,
): Promise<Pick<Inspection, 'gave' | 'unread'>> {
  try {
    const outcome = await endedOutcome(signalbox, id, key)
    if (!outcome) return {}
    const { kind, message, text, truncated, output } = outcome
    return { gave: definedOnly({ kind, message, text, truncated, output }) }
  } catch (error) {
    const unread = unreadFor(error)
    if (!unread) throw error
    return { unread }
  }
}
