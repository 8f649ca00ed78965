/**
 * A run as a message for `useChat` of the AI SDK.
 *
 * @module
 */
import { WorkflowNotFoundError } from '@temporalio/client'
import type { RunEvent } from '../../core/events.ts'
import type { Outcome } from '../../core/protocol.ts'
import { type EndedRun, endAfter } from '../../core/runs/ended-run.ts'
import { advanceUiMessage, closeCutMessage, closeUiMessage, isLastAnswer } from '../../core/ui-messages/advance.ts'
import type { UiMessageChunk } from '../../core/ui-messages/chunk.ts'
import { NEW_UI_MESSAGE } from '../../core/ui-messages/state.ts'
import { closeEndedTurn, startOf } from '../../core/ui-messages/turn.ts'
import { type KeysOf, refuseUnknown } from '../../tools/refuse-unknown.ts'
import { NO_LONGER } from '../temporal/how-ended.ts'
import { eventsOfTurn, NEXT_IS_AWAITED } from './events-of-turn.ts'
import type { EventsOptions } from './recorded-run.ts'
import type { RunHandle } from './run-handle.ts'
import { createAnswers, wholeOf } from './whole-of-event.ts'

/** Which part of a run is the message. */
export interface UiMessageOptions extends EventsOptions {
  /** End the message with the first answer that calls no tool, not with the run: for a conversation that continues. @defaultValue false */
  readonly untilAnswer?: boolean | undefined
  /**
   * The message is the answer to what was said to the run under this id, for a workflow that hears what people say
   * (`run.hear()`). It begins once the workflow has heard that, however long it takes, and ends with the answer; without one, as
   * after an interruption, soon after the workflow waits for the next message, or when it hears that. `after` may be any event before that one, so that less is read.
   */
  readonly answerTo?: string | undefined
}

export const MESSAGE_KEYS: KeysOf<UiMessageOptions> = { after: true, signal: true, untilAnswer: true, answerTo: true }

/** What the message needs of its run. */
export interface ShownRun extends Pick<RunHandle, 'id' | 'exists' | 'events' | 'messages' | 'toolResult' | 'state'> {
  outcome(): Promise<Pick<Outcome, 'kind' | 'message'>>
}

/**
 * The chunks of one message of the AI SDK's UI message stream, as they arrive: of a whole run, or of what comes `after` an event. Read
 * again, the message has the same id and the same content. Needs the store. If `signal` is aborted, the stream stops without an end.
 *
 * @throws WorkflowNotFoundError instead of the first chunk if there is no such run.
 */
export async function* uiMessageChunks(run: ShownRun, options: UiMessageOptions = {}): AsyncGenerator<UiMessageChunk> {
  refuseUnknown(`the message of run ${run.id}`, options, MESSAGE_KEYS)
  const { signal, answerTo } = options
  const untilAnswer = options.untilAnswer === true || answerTo !== undefined
  const all = run.events({ after: options.after ?? 0, ...(signal && { signal }) })
  // Before the message begins: whoever answers by HTTP can still say 404.
  if (!(await run.exists())) throw new WorkflowNotFoundError(`There is no run ${run.id}.`, run.id, undefined)
  const begun = answerTo === undefined ? { after: options.after ?? 0 } : await beginOf(all, options)
  if (begun === undefined) return
  const { after } = begun
  const events = answerTo === undefined ? all : eventsOfTurn(run, { after, ...(signal && { signal }) })
  yield startOf(run.id, after, begun.unheard)
  const answers = createAnswers(run)
  let state = NEW_UI_MESSAGE
  let end: EndedRun | undefined
  for await (const event of events) {
    if (event === NEXT_IS_AWAITED || (answerTo !== undefined && event.kind === 'said'))
      return yield* closeCutMessage(state)
    const [next, chunks] = advanceUiMessage(state, event, await wholeOf({ run, answers }, state, event))
    state = next
    yield* chunks
    if (event.kind === 'run-reset') answers.forget()
    end = endAfter(event, end)
    if (untilAnswer && isLastAnswer(state, event)) return yield* closeUiMessage(state)
  }
  if (signal?.aborted) return
  const ended = end ?? (await untoldEnd(run))
  yield* answerTo === undefined ? closeUiMessage(state, ended) : closeEndedTurn(state, ended)
}

interface Begun {
  /** Behind which event the message begins. */
  readonly after: number
  /** The id of what was said, if the run ended before it heard that: each message of this kind begins behind the run's last event. */
  readonly unheard?: string
}

/** Where the message begins. `undefined` if the reader has left meanwhile. */
async function beginOf(
  events: AsyncIterable<RunEvent>,
  { after = 0, signal, answerTo }: UiMessageOptions,
): Promise<Begun | undefined> {
  let last = after
  for await (const event of events) {
    last = event.offset
    if (event.kind === 'said' && event.id === answerTo) return { after: last }
  }
  return signal?.aborted ? undefined : { after: last, unheard: answerTo }
}

/**
 * The end of a run that its events did not tell while they were followed. That of a terminated run is in no event, so the server is
 * asked. If the server has forgotten the run, its events may tell, unless they were purged. A run that was deleted at the server
 * while it was open has neither.
 */
async function untoldEnd(run: ShownRun): Promise<EndedRun | undefined> {
  try {
    const { kind: outcome, ...end } = await run.outcome()
    return { ...end, outcome }
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error
    return recordedEnd(run).catch(lostEnd)
  }
}

async function recordedEnd(run: ShownRun): Promise<EndedRun | undefined> {
  let last: RunEvent | undefined
  for await (const event of run.events()) last = event
  return last?.kind === 'run-end' ? last : undefined
}

/** The end by which such a run is closed in the store later. */
function lostEnd(error: unknown): EndedRun {
  if (error instanceof WorkflowNotFoundError) return { outcome: 'failed', message: NO_LONGER }
  throw error
}
