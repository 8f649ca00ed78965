/**
 * What the store tells of one run, as a client reads it.
 *
 * @module
 */
import { type Client, type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client'
import type { RunEvent } from '../../core/events.ts'
import type { JsonValue, Message } from '../../core/messages.ts'
import type { RunState } from '../../core/protocol.ts'
import type { UiMessage } from '../../core/ui-messages/message.ts'
import { kindOf } from '../../core/words/kind-of.ts'
import type { Store } from '../../store/index.ts'
import { type KeysOf, refuseUnknown } from '../../tools/refuse-unknown.ts'
import { eventsSoFar } from '../events/events-so-far.ts'
import { followEvents } from '../events/follow-events.ts'
import { followTree } from '../events/follow-tree.ts'
import type { TreeEvent, TreePosition } from '../events/tree-events.ts'
import { keyOfRun } from '../finding/key-of-run.ts'
import { keyMeant } from '../finding/meant-run.ts'
import type { FirstAnswer } from '../temporal/first-answer.ts'
import { grpcAnswer } from '../temporal/grpc-answer.ts'
import { type PendingAsk, pendingAsks } from './pending-asks.ts'
import { type MessagesOptions, messagesOf } from './run-messages.ts'
import { uiMessagesOf } from './ui-messages-of.ts'

/** Which events are read, and for how long. */
export interface EventsOptions {
  /** Only events after this offset, a whole number from 0 on. @defaultValue all */
  readonly after?: number | undefined
  /**
   * Ends the reading when aborted. Pass one if the reader may leave while nothing happens: a generator's `return` waits for the next
   * event.
   */
  readonly signal?: AbortSignal | undefined
}

/** Which events of a run and of those below it are read, and for how long. */
export interface TreeEventsOptions extends Pick<EventsOptions, 'signal'> {
  /** Only events after this position: the last offset of each run, by its key. @defaultValue all */
  readonly after?: Readonly<TreePosition> | undefined
}

/** A run as it is read. All of it needs the store. */
export interface RecordedRun<Ask = PendingAsk> {
  /**
   * Its events, until the run's end. Needs the store. Waits for a Temporal server that is away.
   *
   * @throws StoreProblem if the store goes out of reach: pass the last offset that you have as `after` to go on. Also if it has nothing of
   * a run that a worker has opened.
   */
  events(options?: EventsOptions): AsyncGenerator<RunEvent>
  /**
   * The events of the run and of all runs below it, until all of them have ended. A child's events come after the `child-start` of the run
   * above it. To resume later, keep `position[key] = event.offset` of each, and pass that as `after`. Needs the store, and throws as `events` does.
   */
  treeEvents(options?: TreeEventsOptions): AsyncGenerator<TreeEvent>
  /**
   * What its model was told and has said until the answer of a step, including tool results, in the AI SDK's form. Needs the store.
   *
   * @throws NoSuchStep if that step has no answer, or its content was purged; StoreProblem if the store does not have the run
   */
  messages(of?: MessagesOptions): Promise<readonly Message[]>
  /**
   * The chat so far, for `useChat` of the AI SDK: what was said to the run and what became of it, each message with the id that it was
   * said under, and each answer as `uiMessageChunks(run, { answerTo })` gives it. An answer that is under way is there as far as it is;
   * that stream brings it again, whole. What the run was started with is not in it, nor what it has not heard yet. Files are there
   * once a call that was asked with them was answered; until then, words stand for them. Needs the store, and no worker.
   *
   * @throws WorkflowNotFoundError if there is no such run; StoreProblem if it is in another store
   */
  uiMessages(): Promise<UiMessage[]>
  /**
   * What it and the runs below it ask people now, with whole inputs. Its own come first, from the run itself; those of the runs below come
   * from the store. Empty once the run has ended. Needs the store.
   *
   * @throws RunUnheard if no worker answers for the run
   */
  pending(): Promise<readonly Ask[]>
  /** A tool's whole result, by its event `tool-end`, whose preview is short; `undefined` if the tool has not ended. Needs the store. */
  toolResult(call: { readonly step: number; readonly toolCallId: string }): Promise<JsonValue | undefined>
}

interface Recorded {
  readonly client: Client
  readonly workflow: WorkflowHandle
  readonly server: Pick<FirstAnswer, 'require'>
  readonly store: () => Promise<Store>
  state(): Promise<RunState>
}

/** The first event has offset 1. */
const BEFORE_ALL = 0

const EVENTS_KEYS: KeysOf<EventsOptions> = { after: true, signal: true }

const TREE_KEYS: KeysOf<TreeEventsOptions> = { after: true, signal: true }

export function recordedRun({ client, workflow, server, store, state }: Recorded): RecordedRun {
  const id = workflow.workflowId
  // Readers wait for a server that is away, but not where there never was one.
  const storeOnceReached = async () => {
    const opened = await store()
    await server.require()
    return opened
  }
  // The server says which run of this id is meant, for other namespaces may have one; if it no longer knows, the store does.
  const keyIn = async ({ reports }: Store) =>
    (await keyOfRun(workflow, reports).catch(unknownKey)) || keyMeant(reports, id, client)
  const reading = (keyOf: typeof keyIn): Pick<RecordedRun, 'messages' | 'toolResult'> => ({
    messages: async (of = {}) => {
      const opened = await store()
      return messagesOf(opened, { id, key: await keyOf(opened) }, of)
    },
    toolResult: async ({ step, toolCallId }) => {
      const opened = await store()
      return opened.tools.latest(await keyOf(opened), step, toolCallId)
    },
  })
  return {
    ...reading(keyIn),
    events: (options = {}) => {
      refuseUnknown(`the events of run ${id}`, options, EVENTS_KEYS)
      const { after = BEFORE_ALL, signal } = options
      requireOffset(id, after)
      return followEvents({ workflow, store: storeOnceReached, after, signal })
    },
    treeEvents: (options = {}) => {
      const what = `the events of run ${id} and those below it`
      refuseUnknown(what, options, TREE_KEYS)
      const { after = {}, signal } = options
      requirePosition(what, after)
      // The reader may keep its position in the very object that it hands over.
      return followTree({ workflow, store: storeOnceReached, after: { ...after }, signal })
    },
    uiMessages: async () => {
      const { key, events } = await eventsSoFar(workflow, await store())
      return uiMessagesOf({ id, ...reading(async () => key) }, events)
    },
    pending: async () => {
      const opened = await store()
      return pendingAsks(opened, { workflow, key: await keyIn(opened), state })
    },
  }
}

/** A plain offset, which the events of one run take, would skip nothing. */
function requirePosition(what: string, after: object | null): void {
  const isPosition = typeof after === 'object' && after !== null && !Array.isArray(after)
  if (isPosition && Object.values(after).every(Number.isSafeInteger)) return
  throw new TypeError(
    `${what} were asked for after ${kindOf(after)}; a position has the last offset of each run by its key, as { [key]: event.offset }`,
  )
}

/** `NaN`, as from a page's query, has no event after it: the run would seem to have said nothing. */
function requireOffset(id: string, after: number): void {
  if (Number.isSafeInteger(after) && after >= BEFORE_ALL) return
  const given = typeof after === 'number' ? after : JSON.stringify(after)
  throw new RangeError(
    `the events of run ${id} were asked for after ${given}; give an event's offset, a whole number, or 0 for all`,
  )
}

/** No key, while the server is out of reach or if it has forgotten the run. @throws any other error */
export function unknownKey(error: unknown): string {
  if (grpcAnswer(error) || error instanceof WorkflowNotFoundError) return ''
  throw error
}
