/**
 * Tool calls in a message.
 *
 * @module
 */
import type { JsonValue } from '../messages.ts'
import type { EventOf, Next, UiMessageState, Whole } from './state.ts'

type Call = EventOf<'tool-start' | 'approval-ask'>

/** Once: a tool that people were asked for begins when they have agreed. */
export function showCall(state: UiMessageState, event: Call, { input }: Whole): Next {
  const { toolCallId, toolName, inputPreview } = event
  if (state.open.has(toolCallId)) return [state, []]
  const shown = wholeOr(input, inputPreview)
  return [withCall(state, toolCallId, 'works'), [{ type: 'tool-input-available', toolCallId, toolName, input: shown }]]
}

/** The id of an approval is that of its tool call: it is what `run.approve` takes. */
export function askForCall(state: UiMessageState, event: EventOf<'approval-ask'>, whole: Whole): Next {
  const { toolCallId } = event
  const [shown, chunks] = showCall(state, event, whole)
  const request = { type: 'tool-approval-request', approvalId: toolCallId, toolCallId } as const
  const asked = [...state.asked, toolCallId]
  return [{ ...withCall(shown, toolCallId, 'asks'), asked }, [...chunks, request]]
}

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
  // The reader would take it for one on the first approval of that id, whose tool has ended.
  const isTold = state.asked.indexOf(toolCallId) === state.asked.lastIndexOf(toolCallId)
  const told = isTold ? [response] : []
  if (approved) return [withCall(state, toolCallId, 'works'), told]
  return [withoutCall(state, toolCallId), [...told, { type: 'tool-output-denied', toolCallId }]]
}

const WITHDRAWN = { decision: 'deny', note: 'nobody is asked any more', deadline: false } as const

/** What began before this message has its place in an earlier one. */
export function endCall(state: UiMessageState, event: EventOf<'tool-end'>, { output }: Whole): Next {
  const { toolCallId, isError, preview } = event
  if (!state.open.has(toolCallId)) return [state, []]
  const given = wholeOr(output, preview)
  if (!isError) return [withoutCall(state, toolCallId), [{ type: 'tool-output-available', toolCallId, output: given }]]
  const errorText = typeof given === 'string' ? given : JSON.stringify(given)
  return [withoutCall(state, toolCallId), [{ type: 'tool-output-error', toolCallId, errorText }]]
}

/** What a preview shows, where it shows all; `undefined` where it is cut, and therefore no JSON. */
export function shownValue(preview: string | undefined): JsonValue | undefined {
  try {
    return preview === undefined ? undefined : JSON.parse(preview)
  } catch {
    return undefined
  }
}

/** What was given may be `null`. */
function wholeOr(whole: JsonValue | undefined, preview: string | undefined): JsonValue | undefined {
  const known = whole === undefined ? shownValue(preview) : whole
  return known === undefined ? preview : known
}

function withCall(state: UiMessageState, toolCallId: string, stands: 'asks' | 'works'): UiMessageState {
  return { ...state, open: new Map([...state.open, [toolCallId, stands]]) }
}

function withoutCall(state: UiMessageState, toolCallId: string): UiMessageState {
  return { ...state, open: new Map([...state.open].filter(([id]) => id !== toolCallId)) }
}
