/**
 * The entry point `signalbox/client`: starts runs, reads them, and talks to them.
 *
 * @module
 */
export type { Configuration } from './catalog/index.ts'
export type { AppTypes } from './core/app-types.ts'
export type { RunEvent } from './core/events.ts'
export type { JsonValue, Message } from './core/messages.ts'
export type {
  AgentOutcome,
  Budget,
  Cost,
  DecisionResult,
  Labels,
  Outcome,
  OutcomeWithValue,
  PendingApproval,
  RaisedBudget,
  RunState,
  Terms,
} from './core/protocol.ts'
export type { UiMessageChunk, UiMessageMetadata } from './core/ui-messages/chunk.ts'
export type { UiMessage, UiMessagePart } from './core/ui-messages/message.ts'
export { type ConnectOptions, connect, type Signalbox, type SignalboxOf, type StartOptions } from './runtime/client.ts'
export type { TreeEvent, TreePosition } from './runtime/events/tree-events.ts'
export type { GivenPart } from './runtime/given/given-parts.ts'
export { RunUnheard } from './runtime/hearing/run-unheard.ts'
export type { CallsQuery, ListedCall } from './runtime/lists/list-calls.ts'
export type { ListedRun, RunsQuery } from './runtime/lists/list-runs.ts'
export type { Spendings, SpendOptions } from './runtime/lists/spendings.ts'
export { NoSuchStep } from './runtime/runs/answered-step.ts'
export { NotAccepted } from './runtime/runs/not-accepted.ts'
export type { PendingAsk } from './runtime/runs/pending-asks.ts'
export type { EventsOptions, TreeEventsOptions } from './runtime/runs/recorded-run.ts'
export { RunEnded } from './runtime/runs/run-ended.ts'
export type { RunHandle, Verdict } from './runtime/runs/run-handle.ts'
export type { MessagesOptions } from './runtime/runs/run-messages.ts'
export type { Terminated } from './runtime/runs/terminate-run.ts'
export { type UiMessageOptions, uiMessageChunks } from './runtime/runs/ui-message-chunks.ts'
export { uiMessageResponse } from './runtime/runs/ui-message-response.ts'
export type { ForkOptions } from './runtime/starting/fork-run.ts'
export { TemporalUnreachable } from './runtime/temporal/unreachable.ts'
export type { UnopenedList, UnopenedQuery, UnopenedRun } from './runtime/unopened/unopened-runs.ts'
export type { ListedWait, WaitingList, WaitingQuery } from './runtime/waiting/list-waiting.ts'
export { WrongStart } from './runtime/wrong-start.ts'
export type { Store } from './store/index.ts'
export { StoreProblem, type StoreProblemKind } from './store/store-problem.ts'
