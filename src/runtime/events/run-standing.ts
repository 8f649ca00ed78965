/**
 * What a run waits for, as far as its events tell. No worker is asked, so what leaves no event is not known.
 *
 * @module
 */
import { raiseWords } from '../../core/budgets/raise-words.ts'
import { decisionsWords } from '../../core/decision-words.ts'
import { definedOnly } from '../../core/defined-only.ts'
import type { RunEvent } from '../../core/events.ts'
import type { JsonValue } from '../../core/messages.ts'
import type { EventPort } from '../../core/ports.ts'
import type { PendingApproval } from '../../core/protocol.ts'
import { waitingUntil } from '../../core/words/time-words.ts'
import { recordedEvents } from './recorded-events.ts'
import { type ToolAtWork, toolsAfter } from './tools-at-work.ts'

/** An approval as its event has it. */
export interface DatedApproval extends PendingApproval {
  /** When it was asked for. */
  readonly sinceMs: number
  /** The schema of a question as JSON schema, of which a page can make a form. */
  readonly jsonSchema?: JsonValue
}

export interface RunStanding {
  /** Approvals that were asked for, and on which nobody has decided. */
  readonly pending: readonly DatedApproval[]
  /** Absent if it is working, or only waits for approvals. */
  readonly waits?: RunWaiting
  /** Absent if no tool is under way. */
  readonly tools?: readonly ToolAtWork[]
}

interface RunWaiting {
  readonly step: number
  /** `raise`: for people to raise the run's own limits. `time`: for something that comes by itself. */
  readonly for: 'raise' | 'time'
  /** In words, as the run's state has them. */
  readonly words: string
}

/** @throws SealProblem where the run is sealed and its key is out of reach. */
export async function standingOf(events: Pick<EventPort, 'read'>, run: string): Promise<RunStanding> {
  const reading = createReading()
  for await (const event of recordedEvents(events, run)) reading.take(event)
  return reading.standing()
}

/** {@link standingOf} by events that were read before, of which the first ones may be missing. */
export function standingIn(events: readonly RunEvent[]): RunStanding {
  const reading = createReading()
  for (const event of events) reading.take(event)
  return reading.standing()
}

/** The events that tell what a run waits for: what asks or answers, and what shows that a wait has ended or that the run was reset. */
export const WAITING_KINDS = [
  'approval-ask',
  'approval-decision',
  'approval-withdrawn',
  'budget-ask',
  'budget-raise',
  'wait',
  'step-start',
  'attempt-start',
  // Of a batch, for which a call waits after its attempt's start.
  'attempt-end',
  'unanswered',
] as const satisfies readonly RunEvent['kind'][]

/** What the run waits for, in words; people come first. `undefined` if it is at work. */
export function waitingIn({ pending, waits }: RunStanding): string | undefined {
  return pending.length > 0 ? decisionsWords(pending) : waits?.words
}

function createReading() {
  let standing: RunStanding = { pending: [] }
  let tools: readonly ToolAtWork[] = []
  const begun = new Set<number>()
  return {
    take(event: RunEvent): void {
      if (event.kind === 'step-start') {
        if (begun.has(event.step)) standing = { ...standing, pending: beforeReset(standing.pending, event.step) }
        begun.add(event.step)
      }
      standing = standingAfter(standing, event)
      tools = toolsAfter(tools, event)
    },
    standing: (): RunStanding => ({ ...standing, ...(tools.length > 0 && { tools }) }),
  }
}

/**
 * The approvals that are still open when a step begins a second time. That is the only trace of a reset of an open run, which
 * takes back what was asked after the step. A workflow's own question at this very step stays, because nobody knows on which side
 * of the reset it was asked.
 */
function beforeReset(pending: readonly DatedApproval[], again: number): readonly DatedApproval[] {
  return pending.filter(({ step, answers }) => step < again || (step === again && answers))
}

function standingAfter(standing: RunStanding, event: RunEvent): RunStanding {
  const { pending, waits } = standing
  switch (event.kind) {
    case 'approval-ask':
      return { ...standing, pending: [...without(pending, event), pendingOf(event)] }
    case 'approval-decision':
    case 'approval-withdrawn':
      return { ...standing, pending: without(pending, event) }
    case 'wait':
      return {
        pending,
        waits: { step: event.step, for: 'time', words: waitingUntil(event.atMs + event.ms, event.reason) },
      }
    case 'budget-ask':
      return { pending, waits: { step: event.step, for: 'raise', words: raiseWords(event.message) } }
    case 'budget-raise':
      return waits?.for === 'raise' ? { pending } : standing
    default:
      return waits && endsWait(waits, event) ? { pending } : standing
  }
}

/**
 * Whether an event ends the wait. A wait for money ends only with a raise or the next attempt: other events of its step come from
 * tools and children, which go on meanwhile.
 */
function endsWait(waits: RunWaiting, event: RunEvent): boolean {
  if (!('step' in event) || event.step !== waits.step) return false
  return waits.for === 'time' || event.kind === 'attempt-start'
}

function without(pending: readonly DatedApproval[], asked: Named): readonly DatedApproval[] {
  return pending.filter(approval => !isSame(approval, asked))
}

type Named = Pick<PendingApproval, 'step' | 'toolCallId'>

/** Vendors may use an id again in a later step, and agents that work side by side in one run have steps of their own. */
function isSame(one: Named, other: Named): boolean {
  return one.toolCallId === other.toolCallId && one.step === other.step
}

function pendingOf(event: Extract<RunEvent, { kind: 'approval-ask' }>): DatedApproval {
  const { toolCallId, toolName, inputPreview, answers, schema, jsonSchema, step, deadline, actedIn, priceUsd, atMs } =
    event
  const until = deadline && { atMs: atMs + deadline.withinMs, otherwise: deadline.otherwise }
  const asked = { toolCallId, toolName, inputPreview, step, sinceMs: atMs }
  return { ...asked, ...definedOnly({ answers, schema, jsonSchema, until, actedIn, priceUsd }) }
}
