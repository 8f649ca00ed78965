/**
 * Tool calls in a message.
 *
 * @module
 */
import type { JsonValue } from '../messages.ts'
import type { EventOf, Next, UiMessageState, Whole } from './state.ts'

type CallEvent = EventOf<'tool-start' | 'approval-ask'>

/** Shows a tool call, unless it is shown already: a call that had to be approved was shown then, and starts later. */
export function showCall(state: UiMessageState, event: CallEvent, { input }: Whole): Next {
  const { toolCallId, toolName, inputPreview } = event
  if (state.open.has(toolCallId)) return [state, []]
  const shown = wholeOr(input, inputPreview)
  return [withCall(state, toolCallId, 'works'), [{ type: 'tool-input-available', toolCallId, toolName, input: shown }]]
}

/** Asks people about a tool call. The approval's id is the tool call's, because that is what `run.approve` takes. */
export function askForCall(state: UiMessageState, event: EventOf<'approval-ask'>, whole: Whole): Next {
  const { toolCallId } = event
  const [shown, chunks] = showCall(state, event, whole)
  const request = { type: 'tool-approval-request', approvalId: toolCallId, toolCallId } as const
  const asked = [...state.asked, toolCallId]
  return [{ ...withCall(shown, toolCallId, 'asks'), asked }, [...chunks, request]]
}

/** Shows a decision, or that nobody is asked any more, which the protocol can only show as a denial. */
export function decideOnCall(state: UiMessageState, event: EventOf<'approval-decision' | 'approval-withdrawn'>): Next {
  const { toolCallId } = event
  const { decision, note, deadline } = event.kind === 'approval-decision' ? event : WITHDRAWN
  const approved = decision === 'approve'
  const reason = note ?? (deadline ? 'nobody decided in time' : undefined)
  const response = {
    type: 'tool-approval-response',
    approvalId: toolCallId,
    approved,
    ...(reason !== undefined && { reason }),
  } as const
  // If the id was asked before, the reader would apply the response to that earlier approval, whose tool has ended.
  const isFirst = state.asked.indexOf(toolCallId) === state.asked.lastIndexOf(toolCallId)
  const shown = isFirst ? [response] : []
  if (approved) return [withCall(state, toolCallId, 'works'), shown]
  return [withoutCall(state, toolCallId), [...shown, { type: 'tool-output-denied', toolCallId }]]
}

const WITHDRAWN = { decision: 'deny', note: 'nobody is asked any more', deadline: false } as const

/** Shows a tool's result. A call that began before this message is shown in an earlier one, so it is left out here. */
export function endCall(state: UiMessageState, event: EventOf<'tool-end'>, { output }: Whole): Next {
  const { toolCallId, isError, preview } = event
  if (!state.open.has(toolCallId)) return [state, []]
  const shown = wholeOr(output, preview)
  if (!isError) return [withoutCall(state, toolCallId), [{ type: 'tool-output-available', toolCallId, output: shown }]]
  const errorText = typeof shown === 'string' ? shown : JSON.stringify(shown)
  return [withoutCall(state, toolCallId), [{ type: 'tool-output-error', toolCallId, errorText }]]
}

/** The value of a preview; `undefined` if the preview was cut, since it is no longer JSON then. */
export function shownValue(preview: string | undefined): JsonValue | undefined {
  try {
    return preview === undefined ? undefined : JSON.parse(preview)
  } catch {
    return undefined
  }
}

/** The whole value (which may be `null`), else the preview's value, else the preview's text. */
function wholeOr(whole: JsonValue | undefined, preview: string | undefined): JsonValue | undefined {
  const known = whole === undefined ? shownValue(preview) : whole
  return known === undefined ? preview : known
}

function withCall(state: UiMessageState, toolCallId: string, status: 'asks' | 'works'): UiMessageState {
  return { ...state, open: new Map([...state.open, [toolCallId, status]]) }
}

function withoutCall(state: UiMessageState, toolCallId: string): UiMessageState {
  return { ...state, open: new Map([...state.open].filter(([id]) => id !== toolCallId)) }
}
