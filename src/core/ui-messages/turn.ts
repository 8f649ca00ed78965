/**
 * A message of a chat as it is written from a run's events, whole: the answer to what was said, or what came before anything was.
 *
 * @module
 */
import type { RunEvent } from '../events.ts'
import { type EndedRun, endAfter } from '../runs/ended-run.ts'
import { advanceUiMessage, closeCutMessage, closeUiMessage, isLastAnswer } from './advance.ts'
import type { UiMessageChunk } from './chunk.ts'
import { addChunk, type UiMessage } from './message.ts'
import { type EventOf, NEW_UI_MESSAGE, type UiMessageState, type Whole } from './state.ts'

export interface Turn {
  readonly message: UiMessage
  readonly state: UiMessageState
  /** What the message answers; absent if it came before anything was said. */
  readonly said?: EventOf<'said'>
  /** The steps that have begun in it. */
  readonly steps: ReadonlySet<number>
  /** It has its last answer. What its run does behind that is not in the message. */
  readonly isOver: boolean
  readonly end?: EndedRun
}

/** A turn without an event. @param said - What began it. */
export function beginTurn(runId: string, said?: EventOf<'said'>): Turn {
  const start = said ? startOf(runId, said.offset) : startOf(runId, 0)
  const message = addChunk({ id: runId, role: 'assistant', parts: [] }, start)
  return { message, state: NEW_UI_MESSAGE, ...(said && { said }), steps: new Set(), isOver: false }
}

/** The first chunk of a message that begins after an event. @param name - What its id ends with. */
export function startOf(runId: string, after: number, name: string | number = after): UiMessageChunk {
  return after === 0
    ? { type: 'start', messageId: runId, messageMetadata: { runId } }
    : { type: 'start', messageId: `${runId}-${name}`, messageMetadata: { runId, after } }
}

/** The turn with one more event, which is not the next `said`. @param whole - As of {@link advanceUiMessage}. */
export function advanceTurn(turn: Turn, event: RunEvent, whole: Whole): Turn {
  const steps = event.kind === 'step-start' ? new Set([...turn.steps, event.step]) : turn.steps
  if (turn.isOver || (turn.said && isOfEarlierTurn(event, steps))) return turn
  const [state, chunks] = advanceUiMessage(turn.state, event, whole)
  const isOver = turn.said !== undefined && isLastAnswer(state, event)
  const written = { ...turn, state, steps, isOver, end: endAfter(event, turn.end) }
  return say(written, [...chunks, ...(isOver ? closeUiMessage(state) : [])])
}

/** The turn's message, once something else was said. */
export function cutTurn(turn: Turn): UiMessage {
  return (turn.isOver ? turn : say(turn, closeCutMessage(turn.state))).message
}

/**
 * The message of the last turn, as it is now. Of a turn that was interrupted in the middle of an answer, or whose call has failed, nobody
 * knows whether it goes on, so it is shown as if it did not. What is open in other turns stays open.
 */
export function turnNow(turn: Turn): UiMessage {
  const { said, state, isOver, end } = turn
  if (isOver) return turn.message
  if (end) return say(turn, said ? closeEndedTurn(state, end) : closeUiMessage(state, end)).message
  const hasStopped = state.cut !== undefined || state.unanswered !== undefined
  return hasStopped && !state.speaker && state.open.size === 0 ? cutTurn(turn) : turn.message
}

/** The last chunks of a turn whose run has ended. One that had failed before ends as if the run went on, unless that failed too. */
export function closeEndedTurn(state: UiMessageState, end: EndedRun | undefined): readonly UiMessageChunk[] {
  const isOtherEnd = ['answered', 'stopped', 'cancelled'].includes(end?.outcome ?? 'answered')
  return state.unanswered !== undefined && isOtherEnd ? closeCutMessage(state) : closeUiMessage(state, end)
}

/** A turn that another one has interrupted may stream for a moment longer. @param steps - Those of the other. */
export function isOfEarlierTurn(event: RunEvent, steps: ReadonlySet<number>): boolean {
  return (event.kind === 'text-delta' || event.kind === 'reasoning-delta') && !steps.has(event.step)
}

function say(turn: Turn, chunks: readonly UiMessageChunk[]): Turn {
  return { ...turn, message: chunks.reduce(addChunk, turn.message) }
}
