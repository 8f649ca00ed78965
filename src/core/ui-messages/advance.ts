/**
 * Turns a run's events into one message of the AI SDK's UI message stream.
 *
 * Several calls may stream at the same time, but a message has one order. So one attempt is the speaker: its text goes out as it comes,
 * and everything else waits in `held` until its answer is there. If the attempt is superseded, `reset-step` removes its whole step from
 * the message, which is why nothing else may have gone into that step.
 *
 * @module
 */
import type { RunEvent } from '../events.ts'
import { addCost, costUsd } from '../money/cost.ts'
import type { EndedRun } from '../runs/ended-run.ts'
import type { Speech, UiMessageChunk, UiMessageMetadata } from './chunk.ts'
import type { EventOf, Next, Speaker, UiMessageState, Whole } from './state.ts'
import { askForCall, decideOnCall, endCall, showCall } from './tools.ts'

/**
 * Adds an event to the message: the next state, and the chunks to send.
 *
 * @param whole - What the event only has the beginning of, if it was looked up in the store.
 */
export function advanceUiMessage(state: UiMessageState, event: RunEvent, whole: Whole = {}): Next {
  const isOwn = event.kind === 'attempt-end' || event.kind === 'tool-start'
  const cost = isOwn && event.cost ? addCost(state.cost, event.cost) : state.cost
  const counted = { ...state, offset: event.offset, cost }
  const step = 'step' in event ? event.step : undefined
  return step !== undefined && state.summaries.includes(step) ? [counted, []] : advance(counted, event, whole)
}

function advance(state: UiMessageState, event: RunEvent, whole: Whole): Next {
  switch (event.kind) {
    case 'step-start':
      return [event.sumsUp ? { ...state, summaries: [...state.summaries, event.step] } : answerable(state), []]
    case 'unanswered':
      return tell([{ ...state, unanswered: event.message }, []], event)
    case 'text-delta':
    case 'reasoning-delta':
      return hear(state, event)
    case 'attempt-end':
      return event.superseded && isSpeaker(state, event) ? supersede(state, event) : [state, []]
    case 'answer':
      return answer(answerable(state), event, whole)
    case 'run-reset':
      return tell(state.speaker ? release(takeBack(answerable(state))) : [answerable(state), []], event)
    case 'tool-start':
      return add(state, showCall(state, event, whole))
    case 'tool-end':
      return add(state, endCall(state, event, whole))
    case 'approval-ask':
      return event.answers ? tell([state, []], event) : add(state, askForCall(state, event, whole))
    case 'approval-decision':
    case 'approval-withdrawn':
      return state.open.get(event.toolCallId) === 'asks'
        ? add(state, decideOnCall(state, event))
        : tell([state, []], event)
    case 'run-start':
    case 'attempt-start':
    case 'run-end':
      return [state, []]
    default:
      return tell([state, []], event)
  }
}

const answerable = (state: UiMessageState): UiMessageState => ({ ...state, unanswered: undefined })

/**
 * The last chunks of the message. A run that ended without an answer ends the message with an error, in the run's words.
 *
 * @param end - How the run ended; absent if the message ends before the run does.
 */
export function closeUiMessage(state: UiMessageState, end?: EndedRun): readonly UiMessageChunk[] {
  const { speaker, held, open, inStep } = state
  const errorText = 'the message ended before it did'
  return [
    ...(speaker ? [{ type: 'reset-step' } as const, ...held] : []),
    ...[...open.keys()].map(toolCallId => ({ type: 'tool-output-error', toolCallId, errorText }) as const),
    ...(inStep ? [{ type: 'finish-step' } as const] : []),
    ...lastChunks({
      ...soFar(state),
      ...(end && { outcome: end.outcome }),
      ...(end?.message && { message: end.message }),
    }),
  ]
}

/**
 * What ends a message without an answer in a run that goes on. If its turn was interrupted, what people have seen of the answer stays; if
 * its call has failed, the message ends with an error, in that call's words.
 */
export function closeCutMessage(state: UiMessageState): readonly UiMessageChunk[] {
  const { speaker, cut, held, unanswered } = state
  if (unanswered !== undefined) return closeUnanswered(state, unanswered)
  if (speaker) return [...seenOf(speaker, speaker), ...held, ...closeUiMessage({ ...state, speaker: undefined })]
  if (!cut) return closeUiMessage(state)
  const { step, attempt } = cut
  const [begun, opening] = begin(state, cut)
  const closing = closeUiMessage({ ...begun, speaker: undefined, inStep: 'begun' })
  return [...opening, ...seenOf(cut, { step, attempt }), ...closing]
}

function closeUnanswered(state: UiMessageState, errorText: string): readonly UiMessageChunk[] {
  const closing = closeUiMessage(state).filter(({ type }) => type !== 'finish')
  const messageMetadata = { ...soFar(state), message: errorText }
  return [...closing, { type: 'message-metadata', messageMetadata }, { type: 'error', errorText }]
}

/** @param shown - The same attempt, with what the message has of it. */
function seenOf({ reasoning, text }: Speaker, shown: Speaker): readonly UiMessageChunk[] {
  return [...conclude('reasoning', shown, reasoning), ...conclude('text', shown, text)]
}

/** Whether this is an answer without tool calls, after which the model has nothing more to do for now. Summaries do not count. */
export function isLastAnswer({ summaries }: UiMessageState, event: RunEvent): boolean {
  return event.kind === 'answer' && event.toolCalls.length === 0 && !summaries.includes(event.step)
}

function lastChunks(messageMetadata: UiMessageMetadata): readonly UiMessageChunk[] {
  const { outcome, message } = messageMetadata
  const words = message ?? `the run has ended: ${outcome}`
  if (outcome === undefined || outcome === 'answered')
    return [{ type: 'finish', finishReason: 'stop', messageMetadata }]
  if (outcome === 'stopped') return [{ type: 'finish', finishReason: 'other', messageMetadata }]
  const last: UiMessageChunk =
    outcome === 'cancelled' ? { type: 'abort', reason: words } : { type: 'error', errorText: words }
  return [{ type: 'message-metadata', messageMetadata }, last]
}

function soFar({ offset, cost }: UiMessageState): UiMessageMetadata {
  return { ...(offset !== undefined && { offset }), costUsd: costUsd(cost) }
}

/** Sends the event itself, beside the message. */
const tell = ([state, chunks]: Next, data: RunEvent): Next => [
  state,
  [...chunks, { type: 'data-event', data, transient: true }],
]

/** Adds chunks to the message, or holds them while an attempt is speaking. */
function add({ speaker, held }: UiMessageState, [state, chunks]: Next): Next {
  if (speaker) return [{ ...state, held: [...held, ...chunks] }, []]
  return [chunks.length > 0 && state.inStep ? { ...state, inStep: 'begun' } : state, chunks]
}

/** Adds the held chunks, once nobody speaks any more. */
function release([state, chunks]: Next): Next {
  const [released, held] = add(state, [{ ...state, held: [] }, state.held])
  return [released, [...chunks, ...held]]
}

type Attempt = Pick<Speaker, 'step' | 'attempt'>

const isSpeaker = ({ speaker }: UiMessageState, { step, attempt }: Attempt) =>
  speaker?.step === step && speaker.attempt === attempt

/** Adds streamed text. Of calls that are not the speaker nothing is streamed; their whole answer follows when it is there. */
function hear(state: UiMessageState, event: EventOf<'text-delta' | 'reasoning-delta'>): Next {
  if (state.speaker && state.speaker.step !== event.step) return [state, []]
  const [begun, opening] = isSpeaker(state, event) ? [state, []] : begin(state, event)
  const speech = event.kind === 'text-delta' ? 'text' : 'reasoning'
  const speaker = { ...begun.speaker!, [speech]: `${begun.speaker?.[speech] ?? ''}${event.text}` }
  return [{ ...begun, speaker, inStep: 'begun' }, [...opening, ...piece(speech, begun.speaker!, event.text)]]
}

/** Makes an attempt the speaker. What another attempt of the same step has said is taken back. */
function begin(state: UiMessageState, { step, attempt }: Attempt): Next {
  const [clear, taken] = state.speaker ? takeBack(state) : [state, []]
  const finish = clear.inStep ? [{ type: 'finish-step' } as const] : []
  const opening = clear.inStep === 'empty' ? [] : [...finish, { type: 'start-step' } as const]
  return [{ ...clear, cut: undefined, inStep: 'empty', speaker: { step, attempt } }, [...taken, ...opening]]
}

function supersede(state: UiMessageState, { outcome }: EventOf<'attempt-end'>): Next {
  const [clear, chunks] = release(takeBack(state))
  return [outcome === 'cancelled' ? { ...clear, cut: state.speaker } : clear, chunks]
}

/** Removes the current step from the message. */
function takeBack(state: UiMessageState): Next {
  return [{ ...state, speaker: undefined, inStep: 'empty' }, [{ type: 'reset-step' }]]
}

/** Completes what was streamed of the answer, or adds the whole answer if nothing was, and releases what was held. */
function answer(state: UiMessageState, event: EventOf<'answer'>, { reasoning }: Whole): Next {
  const { speaker } = state
  if (speaker && speaker.step !== event.step)
    return add(state, [state, answer({ ...state, speaker: undefined, held: [] }, event, { reasoning })[1]])
  const fits = isSpeaker(state, event) && event.text.startsWith(speaker?.text ?? '')
  const [begun, opening] = fits ? [state, []] : begin(state, event)
  const thought = (isSpeaker(state, event) ? speaker?.reasoning : undefined) ?? reasoning
  const parts = [...conclude('reasoning', begun.speaker!, thought), ...conclude('text', begun.speaker!, event.text)]
  const said = [...opening, ...parts]
  const [ended, chunks] = release([{ ...begun, speaker: undefined, inStep: 'begun' }, said])
  return [ended, [...chunks, { type: 'message-metadata', messageMetadata: soFar(ended) }]]
}

/** The rest of the whole text that was not streamed, and its end. Nothing if there is neither. */
function conclude(speech: Speech, speaker: Speaker, whole = ''): readonly UiMessageChunk[] {
  const said = speaker[speech]
  if (said === undefined && whole === '') return []
  const rest = whole.slice(said?.length ?? 0)
  return [...(rest === '' ? [] : piece(speech, speaker, rest)), { type: `${speech}-end`, id: idOf(speech, speaker) }]
}

/** One delta, after its start if it is the first. */
function piece(speech: Speech, speaker: Speaker, delta: string): readonly UiMessageChunk[] {
  const id = idOf(speech, speaker)
  const start = { type: `${speech}-start`, id } as const
  return [...(speaker[speech] === undefined ? [start] : []), { type: `${speech}-delta`, id, delta }]
}

const idOf = (speech: Speech, { step, attempt }: Attempt) => `${speech}-${step}-${attempt}`
